"""Inference by resampling: permutation tests, bootstrap intervals, a prediction distribution."""
