"""How much two groups differ in spread rather than in level, and the spread of one group.

Logarithms of standard deviations carry Nakagawa's correction 1 / (2 (n − 1)); means and standard
deviations are taken as independent, as they are for normal data.
Nakagawa and others 2015, doi:10.1111/2041-210X.12309.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import Groups


def log_sd(sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log s + 1/(2(n−1)) and its variance 1/(2(n−1)); the R call is ``escalc("SDLN")``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(n > 1.0, 0.5 / (n - 1.0), np.nan)
        return np.log(sd) + half, half


def log_cv(mean: Floats, sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log(s/m) + 1/(2(n−1)) and its variance 1/(2(n−1)) + s²/(n m²).

    ``nan`` where the mean is not above zero. The R call is ``escalc("CVLN")``.
    """
    spread, variance = log_sd(sd, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return spread - np.log(mean), variance + (sd / mean) ** 2 / n


def log_variability_ratio(g: Groups) -> tuple[Floats, Floats]:
    """Return the log ratio of standard deviations and its variance; the R call is ``escalc("VR")``.

    log(s₁/s₂) + 1/(2(n₁−1)) − 1/(2(n₂−1)), with variance 1/(2(n₁−1)) + 1/(2(n₂−1)).
    """
    (y1, v1), (y2, v2) = log_sd(g.sd_1, g.n_1), log_sd(g.sd_2, g.n_2)
    return y1 - y2, v1 + v2


def log_cv_ratio(g: Groups) -> tuple[Floats, Floats]:
    """Return the log ratio of coefficients of variation and its variance.

    The difference of both groups' log CV as in `log_cv`, less half of s₁²/(n₁m₁²) − s₂²/(n₂m₂²)
    for the bias of the log means. ``nan`` where a mean is not above zero. The R call is
    ``escalc("CVR")`` of metafor 5 (before, without the last term). Senior, Viechtbauer and
    Nakagawa 2020, doi:10.1002/jrsm.1423.
    """
    (y1, v1), (y2, v2) = log_cv(g.mean_1, g.sd_1, g.n_1), log_cv(g.mean_2, g.sd_2, g.n_2)
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = (g.sd_1 / g.mean_1) ** 2 / g.n_1 - (g.sd_2 / g.mean_2) ** 2 / g.n_2
        return y1 - y2 - bias / 2.0, v1 + v2
