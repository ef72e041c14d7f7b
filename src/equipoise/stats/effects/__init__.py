"""Effect sizes: from what trials reported to estimates and variances on one scale."""
