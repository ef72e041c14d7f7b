"""Departure from Hardy and Weinberg's equilibrium, from counts of the three genotypes."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def relative_excess(aa: Floats, ab: Floats, bb: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the relative excess heterozygosity, and its variance.

    log(ab / (2 √(aa bb))), zero in equilibrium and above it where the heterozygous are too many.
    Its variance by the delta method for multinomial counts is 1/ab + 1/(4 aa) + 1/(4 bb): the terms
    of the fixed sum cancel. Infinite where a genotype is missing; there is no correction.

    The R call is ``escalc("REH")``. Ziegler, Van Steen and Wellek 2011, Breast Cancer Research and
    Treatment.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(ab) - np.log(2.0) - (np.log(aa) + np.log(bb)) / 2.0
        return yi, 1.0 / ab + (1.0 / aa + 1.0 / bb) / 4.0
