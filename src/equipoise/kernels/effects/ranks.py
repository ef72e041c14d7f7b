"""The probability of superiority without a distribution: the area under the curve."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def superiority(auc: Floats, n_1: Floats, n_2: Floats) -> tuple[Floats, Floats]:
    """Return the share A of pairs in which arm 1 has more, and its variance.

    A is Mann and Whitney's U over n₁ n₂, ties counted a half. With N the mean of the two sizes the
    variance is A (1 − A) (1 + (N − 1) ((1 − A)/(2 − A) + A/(1 + A))) / ((n₁ − 1)(n₂ − 1)): Hanley and
    McNeil's, from exponential distributions, with N in the numerator for both sizes, which does not
    change when the arms change places (Newcombe), and less one in the denominator (Cho and others).
    It is zero where the arms do not overlap, and ``nan`` with one person in an arm.

    The R call is ``escalc("CLES")`` of metafor 4.8. Hanley and McNeil 1982,
    doi:10.1148/radiology.143.1.7063747; Newcombe 2006, doi:10.1002/sim.2324; Cho, Matthews and
    Harel 2019.
    """
    more = (n_1 + n_2) / 2.0 - 1.0
    twice = (1.0 - auc) / (2.0 - auc) + auc / (1.0 + auc)
    pairs = np.where((n_1 > 1.0) & (n_2 > 1.0), (n_1 - 1.0) * (n_2 - 1.0), np.nan)
    return auc, auc * (1.0 - auc) * (1.0 + more * twice) / pairs
