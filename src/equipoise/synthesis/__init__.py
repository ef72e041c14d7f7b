"""Synthesis: from a review to its findings."""

from equipoise.synthesis.cells import Cell, planned_cells
from equipoise.synthesis.combining import Counts, Means, combine_counts, combine_means
from equipoise.synthesis.method_problems import method_problems
from equipoise.synthesis.synthesise import synthesise

__all__ = [
    "Cell",
    "Counts",
    "Means",
    "combine_counts",
    "combine_means",
    "method_problems",
    "planned_cells",
    "synthesise",
]
