"""How effects depend on what is known of the trials: regression, its tests, and its cautions."""
