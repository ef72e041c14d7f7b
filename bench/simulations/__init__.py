"""How often intervals hold what they promise, and how wide they are."""
