"""What a result says about itself: a methods paragraph, and the R script that gives its numbers."""
