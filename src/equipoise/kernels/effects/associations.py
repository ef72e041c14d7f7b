"""How strongly two yes-or-no variables go together: φ, Yule's Q and Y, from two-by-two tables.

Rows are one variable, columns the other. Fisher's z of any correlation is here as well, for
measures whose variance it does not stabilise.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_by_two import Tables, log_odds_ratio


def phi_coefficient(t: Tables) -> tuple[Floats, Floats]:
    """Return φ, the correlation of the two variables, and its large-sample variance.

    φ = (ad − bc) / √(n₁ n₂ m₁ m₂) with row totals n and column totals m. The variance is that of
    cross-sectional sampling, where only the number of people is fixed. With row shares p, column
    shares q, δ_p = p₁ − p₂ and σ_p² = p₁ p₂ (the same for q) it is
    (1 − φ² + φ (1 + φ²/2) δ_p δ_q / (σ_p σ_q) − ¾ φ² (δ_p²/σ_p² + δ_q²/σ_q²)) / n.
    ``nan`` where a row or a column is empty. No cell needs a correction.

    The R call is ``escalc("PHI")``. Yule 1912, doi:10.2307/2340126; Bishop, Fienberg and Holland,
    Discrete Multivariate Analysis, 1975, chapter 11.
    """
    n = t.n
    with np.errstate(divide="ignore", invalid="ignore"):
        m1, m2 = (t.a + t.c) / n, (t.b + t.d) / n
        p1, p2 = t.n1 / n, t.n2 / n
        spread_p, spread_q = np.sqrt(p1 * p2), np.sqrt(m1 * m2)
        yi = (t.a / n * (t.d / n) - t.b / n * (t.c / n)) / (spread_p * spread_q)
        skew_p, skew_q = (p1 - p2) / spread_p, (m1 - m2) / spread_q
        square = yi**2
        vi = 1.0 - square + yi * (1.0 + square / 2.0) * skew_p * skew_q
        vi = (vi - 0.75 * square * (skew_p**2 + skew_q**2)) / n
    return yi, vi


def yules_q(t: Tables) -> tuple[Floats, Floats]:
    """Return Yule's Q = (ad − bc) / (ad + bc) and its variance ¼ (1 − Q²)² Σ 1/cell.

    The R call is ``escalc("YUQ")``. Yule 1912, doi:10.2307/2340126.
    """
    return _colligation(t, 2.0)


def yules_y(t: Tables) -> tuple[Floats, Floats]:
    """Return Yule's Y = (√ad − √bc) / (√ad + √bc) and its variance (1 − Y²)² Σ 1/cell / 16.

    The R call is ``escalc("YUY")``. Yule 1912, doi:10.2307/2340126.
    """
    return _colligation(t, 4.0)


def fisher_z(yi: Floats, vi: Floats) -> tuple[Floats, Floats]:
    """Return Fisher's z = artanh r and its variance by the delta method, vi / (1 − r²)².

    For correlations other than Pearson's z does not stabilise the variance, which is therefore
    carried over. ``nan`` where |r| is 1 or more. The R calls are ``escalc("ZPHI")``, ``"ZTET"``,
    ``"ZPB"`` and ``"ZBIS"``. Fisher 1921, Metron 1, 3–32.
    """
    inside = np.where(np.abs(yi) < 1.0, yi, np.nan)
    return np.arctanh(inside), vi / (1.0 - inside**2) ** 2


def _colligation(t: Tables, power: float) -> tuple[Floats, Floats]:
    """Return tanh(log OR / power), which is Q for 2 and Y for 4, and its variance."""
    log_or, variance = log_odds_ratio(t)
    yi = np.tanh(log_or / power)
    return yi, (1.0 - yi**2) ** 2 * variance / power**2
