"""Changes from baseline: their spread, and differences between groups in change."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import Groups, hedges_correction


def change_sd(sd_baseline: Floats, sd_final: Floats, r: Floats) -> Floats:
    """Return the SD of changes, √(s_b² + s_f² − 2 r s_b s_f) (written so that it stays ≥ 0).

    ``r`` is the correlation of baseline and final values. Cochrane Handbook 6.5.2.8.
    """
    return np.sqrt((sd_baseline - sd_final) ** 2 + 2.0 * (1.0 - r) * sd_baseline * sd_final)


def difference_standardised_by(
    changes: Groups, sd_1: Floats, sd_2: Floats, *, revman: bool
) -> tuple[Floats, Floats]:
    """Return the difference in mean change in units of other standard deviations.

    ``changes`` has mean changes and their SDs; ``sd_1`` and ``sd_2`` are those of the final values,
    pooled to s with N − 2 degrees of freedom. g = J (c₁ − c₂)/s, comparable with trials that report
    final values. Its variance by the delta method (under normality mean changes are independent of
    s): (s_c1²/n₁ + s_c2²/n₂)/s² + g²/(2N). With ``revman`` J is 1 − 3/(4N − 9) and the last term
    g²/(2(N − 3.94)), as for the parallel trials it is to be pooled with. ``nan`` for too few people.
    Morris 2008, doi:10.1177/1094428106291059, with the SD of the final values for that at baseline.
    """
    n = changes.n_1 + changes.n_2
    df, offset = n - 2.0, 3.94 if revman else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        square = ((changes.n_1 - 1.0) * sd_1**2 + (changes.n_2 - 1.0) * sd_2**2) / df
        factor = 1.0 - 3.0 / (4.0 * n - 9.0) if revman else hedges_correction(df)
        yi = factor * (changes.mean_1 - changes.mean_2) / np.sqrt(square)
        first = (changes.sd_1**2 / changes.n_1 + changes.sd_2**2 / changes.n_2) / square
        vi = first + yi**2 / (2.0 * (n - offset))
    enough = (df > 1.0) & (n > offset)
    return np.where(enough, yi, np.nan), np.where(enough, vi, np.nan)
