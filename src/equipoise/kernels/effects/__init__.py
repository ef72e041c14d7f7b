"""Estimates and sampling variances of single studies, one module a family of measures."""
