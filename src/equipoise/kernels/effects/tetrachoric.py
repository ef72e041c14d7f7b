"""The tetrachoric correlation: two continuous variables behind a two-by-two table."""

from __future__ import annotations

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.effects.two_by_two import Tables
from equipoise.kernels.roots import safeguarded_newton

_QUARTER_TURN = np.pi / 2.0


def tetrachoric_correlation(t: Tables) -> tuple[Floats, Floats]:
    """Return the tetrachoric correlation and its large-sample variance.

    The table is taken as two standard normal variables with correlation r, each cut at a
    threshold. The thresholds z₁ and z₂ give the observed margins, and r solves
    Φ₂(z₁, z₂; r) = a / n, which is the maximum-likelihood estimate. The variance is the delta
    method's under cross-sectional sampling, with the thresholds estimated. ``nan`` where a cell is
    empty: r is then 1 or −1 and has no variance.

    The R call is ``escalc("RTET")``. Pearson 1900, doi:10.1098/rsta.1900.0022; Kirk 1973,
    doi:10.1007/BF02291118.
    """
    full = (t.a > 0.0) & (t.b > 0.0) & (t.c > 0.0) & (t.d > 0.0)
    yi, vi = np.full(full.shape, np.nan), np.full(full.shape, np.nan)
    rows = np.flatnonzero(full)
    if rows.size:
        used = Tables(t.a[rows], t.b[rows], t.c[rows], t.d[rows])
        z1, z2 = special.ndtri(used.n1 / used.n), special.ndtri((used.a + used.c) / used.n)
        yi[rows] = _solve(used.a / used.n, z1, z2)
        vi[rows] = _variance(used, z1, z2, yi[rows])
    return yi, vi


def normal_orthant(h: Floats, k: Floats, r: Floats) -> Floats:
    """Return P(X < h, Y < k) for standard normals with correlation r, by Owen's T function.

    Owen 1956, doi:10.1214/aoms/1177728074. ``|r|`` must be below 1.
    """
    rest = np.sqrt((1.0 - r) * (1.0 + r))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_h = np.where(h == 0.0, np.copysign(np.inf, k), (k - r * h) / (h * rest))
        slope_k = np.where(k == 0.0, np.copysign(np.inf, h), (h - r * k) / (k * rest))
    both = (h == 0.0) & (k == 0.0)
    opposite = np.where((h * k > 0.0) | ((h * k == 0.0) & (h + k >= 0.0)), 0.0, 0.5)
    tails = special.owens_t(h, slope_h) + special.owens_t(k, slope_k) + opposite
    value = 0.5 * (special.ndtr(h) + special.ndtr(k)) - tails
    return np.asarray(np.where(both, 0.25 + np.arcsin(r) / (2.0 * np.pi), value), dtype=np.float64)


def _density(z1: Floats, z2: Floats, r: Floats) -> Floats:
    """Return the bivariate normal density times √(1 − r²): the slope of the orthant in arcsin r."""
    rest = (1.0 - r) * (1.0 + r)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = -(z1**2 - 2.0 * r * z1 * z2 + z2**2) / (2.0 * rest)
    return np.asarray(np.exp(exponent) / (2.0 * np.pi), dtype=np.float64)


def _solve(target: Floats, z1: Floats, z2: Floats) -> Floats:
    """Solve for r through its arcsine, in which the orthant is smooth up to the ends."""

    def distance(angle: Floats, rows: Ints) -> tuple[Floats, Floats]:
        r = np.sin(angle)
        value = target[rows] - normal_orthant(z1[rows], z2[rows], r)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = value / _density(z1[rows], z2[rows], r)
        return value, step

    end = np.full(target.shape, _QUARTER_TURN)
    roots = safeguarded_newton(
        distance, -end, end, start=np.zeros(target.shape), scale=np.ones(target.shape)
    )
    return np.asarray(np.where(roots.converged, np.sin(roots.x), np.nan), dtype=np.float64)


def _variance(t: Tables, z1: Floats, z2: Floats, r: Floats) -> Floats:
    """Return the variance: what each person's cell adds to r, squared, over n.

    Moving a person into a cell moves a / n and both margins; each margin moves its threshold and
    through it the orthant, by the probability that the other variable is below its threshold there.
    """
    inside = np.where(np.abs(r) < 1.0, r, np.nan)
    rest = np.sqrt((1.0 - inside) * (1.0 + inside))
    by_row = special.ndtr((z2 - r * z1) / rest)
    by_column = special.ndtr((z1 - r * z2) / rest)
    shares = [cell / t.n for cell in (t.a, t.b, t.c)]
    gains = [1.0 - by_row - by_column, -by_row, -by_column]
    mean = sum(p * g for p, g in zip(shares, gains, strict=True))
    square = sum(p * g**2 for p, g in zip(shares, gains, strict=True))
    slope = _density(z1, z2, r) / rest
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.asarray((square - mean**2) / (t.n * slope**2), dtype=np.float64)
