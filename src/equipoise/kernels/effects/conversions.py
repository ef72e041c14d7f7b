"""From odds ratios to standardised mean differences and back.

Both directions suppose a continuous variable that was cut in two: normal, or logistic.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.proportions import probit
from equipoise.kernels.effects.two_by_two import Tables, log_odds_ratio
from equipoise.kernels.effects.two_means import Groups

NORMAL_FACTOR: Final = 1.65
"""Log odds ratio per standard deviation of normal variables; Cox and Snell's rounded figure."""
LOGISTIC_FACTOR: Final = math.pi / math.sqrt(3.0)
"""The standard deviation of the logistic distribution."""


def odds_ratio_to_difference(t: Tables, factor: float) -> tuple[Floats, Floats]:
    """Return log OR / factor, a standardised mean difference, and its variance.

    The R calls are ``escalc("OR2DN")`` with `NORMAL_FACTOR` and ``escalc("OR2DL")``, the same as
    ``"OR2D"``, with `LOGISTIC_FACTOR`. Chinn 2000,
    doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M; Sánchez-Meca, Marín-Martínez
    and Chacón-Moscoso 2003, doi:10.1037/1082-989X.8.4.448.
    """
    yi, vi = log_odds_ratio(t)
    return yi / factor, vi / factor**2


def probit_difference(t: Tables) -> tuple[Floats, Floats]:
    """Return Φ⁻¹(p₁) − Φ⁻¹(p₂), a standardised mean difference, and its variance.

    The variance is the sum of p (1 − p) / (n φ(z)²) over the arms. The R call is
    ``escalc("PBIT")``. Glass, McGaw and Smith 1981; Sánchez-Meca and others 2003,
    doi:10.1037/1082-989X.8.4.448.
    """
    z1, v1 = probit(t.a, t.n1)
    z2, v2 = probit(t.c, t.n2)
    return z1 - z2, v1 + v2


def difference_to_odds_ratio(g: Groups, factor: float) -> tuple[Floats, Floats]:
    """Return factor × d, a log odds ratio, and its variance.

    d is the mean difference over the pooled standard deviation, without Hedges' correction (as in
    metafor): the factor belongs to the population's difference and the correction would have to be
    undone to compare with odds ratios of tables. Its variance is 1/n₁ + 1/n₂ + d² / (2N).

    The R calls are ``escalc("D2ORN")`` with `NORMAL_FACTOR` and ``escalc("D2ORL")``, the same as
    ``"D2OR"``, with `LOGISTIC_FACTOR`. Chinn 2000, as above.
    """
    d = cohens_d(g)
    vi = 1.0 / g.n_1 + 1.0 / g.n_2 + d**2 / (2.0 * (g.n_1 + g.n_2))
    return factor * d, factor**2 * vi


def cohens_d(g: Groups) -> Floats:
    """Return the mean difference over the pooled standard deviation; ``nan`` below 3 people."""
    df = g.n_1 + g.n_2 - 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt(((g.n_1 - 1.0) * g.sd_1**2 + (g.n_2 - 1.0) * g.sd_2**2) / df)
        d = (g.mean_1 - g.mean_2) / pooled
    return np.asarray(np.where(df > 0.0, d, np.nan), dtype=np.float64)
