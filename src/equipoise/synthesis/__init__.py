"""Synthesis: from a review to its findings."""

from equipoise.synthesis.cells import Cell, planned_cells
from equipoise.synthesis.combining import Counts, Means, combine_counts, combine_means
from equipoise.synthesis.synthesise import synthesise

__all__ = [
    "Cell",
    "Counts",
    "Means",
    "combine_counts",
    "combine_means",
    "planned_cells",
    "synthesise",
]
