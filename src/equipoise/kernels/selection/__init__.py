"""Significance as a filter: p-curve, p-uniform, and weights for unequal publication; arrays only."""
