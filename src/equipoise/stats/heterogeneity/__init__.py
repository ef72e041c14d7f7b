"""What drives heterogeneity: all subsets of the trials, trials that do not fit, normality."""
