"""Figures of results: numbers of a fit laid out as rows for `equipoise.figures`."""
