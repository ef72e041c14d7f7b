r"""Repeated looks at accumulating data: chances to cross boundaries, and boundaries for given chances.

With information :math:`I_j` the score :math:`S_j = Z_j \sqrt{I_j}` has independent normal increments.
The density of Z among paths that have not stopped is carried from look to look by numerical
integration (Armitage, McPherson and Rowe 1969, doi:10.2307/2343787), here with twenty Gauss-Legendre
nodes on panels two standard deviations of the increment wide: the error is that of rounding, as
long as a look adds at least a hundred-thousandth of the information.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.roots import safeguarded_newton

_NODES: Final = 20
_REACH: Final = 12.0
"""The density of Z beyond this many standard deviations of its mean is not distinguishable from 0."""
_WIDTH: Final = 2.0
"""The width of a panel, in standard deviations of the increment."""
_MOST_PANELS: Final = 4000
_FLATTEST: Final = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """The density of Z at a look among paths that go on: nodes, weights times density."""

    z: Floats
    mass: Floats
    information: float


def carry(
    before: Density | None,
    information: float,
    drift: float,
    interval: tuple[float, float],
    following: float | None = None,
) -> Density:
    r"""Return the density of Z at a look, among paths that go on inside ``interval``.

    ``drift`` is the true effect: Z has the mean :math:`drift \sqrt I`. ``following`` is the
    information at the next look, which says how fine the nodes must be.
    """
    spread = 1.0 if before is None else _spread(before.information, information)
    fine = spread if following is None else min(spread, _spread(information, following))
    z, weights = _nodes(interval, drift * np.sqrt(information), fine)
    if before is None:
        return Density(z, weights * _normal(z - drift * np.sqrt(information)), information)
    return Density(z, weights * _convolved(before, information, drift, z, spread), information)


def _spread(before: float, information: float) -> float:
    """Return the standard deviation of Z at a look, given its value at the look before."""
    return float(np.sqrt((information - before) / information))


def _convolved(
    before: Density, information: float, drift: float, z: Floats, spread: float
) -> Floats:
    """Sum over where paths come from; only those within reach of a panel are looked at."""
    means, out = _carried(before, information, drift), np.zeros(z.size)
    for start in range(0, z.size, _NODES):
        at = z[start : start + _NODES]
        near = slice(*np.searchsorted(means, (at[0] - _REACH * spread, at[-1] + _REACH * spread)))
        kernel = _normal((at[:, None] - means[near]) / spread)
        out[start : start + _NODES] = kernel @ before.mass[near] / spread
    return out


def chance_above(before: Density | None, information: float, drift: float, bound: float) -> float:
    """Return the chance to be above ``bound`` at a look, not having stopped before."""
    if before is None:
        return float(special.ndtr(drift * np.sqrt(information) - bound))
    spread = np.sqrt((information - before.information) / information)
    tails = special.ndtr((_carried(before, information, drift) - bound) / spread)
    return float(tails @ before.mass)


def chance_below(before: Density | None, information: float, drift: float, bound: float) -> float:
    """Return the chance to be below ``bound`` at a look, not having stopped before."""
    return chance_above(_mirror(before), information, -drift, -bound)


def chances(
    information: Sequence[float] | Floats, bounds: Sequence[tuple[float, float]], drift: float
) -> tuple[Floats, Floats]:
    """Return the chances to cross the upper, and the lower, bound first at each look.

    ``bounds`` are (lower, upper) on the scale of Z; infinite bounds are never crossed.
    """
    upper, lower = [], []
    density: Density | None = None
    for look, (amount, (low, high)) in enumerate(zip(information, bounds, strict=True)):
        upper.append(chance_above(density, amount, drift, high))
        lower.append(chance_below(density, amount, drift, low))
        density = carry(density, amount, drift, (low, high), _following(information, look))
    return np.array(upper), np.array(lower)


def symmetric_bounds(
    information: Sequence[float] | Floats, spent: Sequence[float] | Floats
) -> Floats:
    """Return the bounds ±b that spend a two-sided error so that ``spent`` is gone by each look.

    Half of each new share is the chance, without an effect, to cross the upper bound first at this
    look. A look at which nothing new may be spent has an infinite bound.
    """
    bounds, density, gone = [], None, 0.0
    for look, (amount, total) in enumerate(zip(information, spent, strict=True)):
        new = 0.5 * (total - gone)
        bound = _bound_for(density, amount, 0.0, new) if new > _FLATTEST else np.inf
        gone = total if np.isfinite(bound) else gone
        bounds.append(bound)
        density = carry(density, amount, 0.0, (-bound, bound), _following(information, look))
    return np.array(bounds)


def futility_bounds(
    information: Sequence[float] | Floats,
    upper: Floats,
    spent: Sequence[float] | Floats,
    drift: float,
) -> Floats:
    """Return inner bounds: below them a type II error of ``spent`` is gone by each look.

    ``drift`` is the effect that should not be missed. A bound below zero would stop for futility
    while the result points the other way or nowhere: there is none (``nan``), and its share of the
    error is kept for later looks. ``upper`` does not depend on these bounds: they may be ignored.
    """
    bounds, density, gone = [], None, 0.0
    looks = zip(information, upper, spent, strict=True)
    for look, (amount, high, total) in enumerate(looks):
        new = total - gone
        bound = np.nan
        if new > _FLATTEST:
            found = -_bound_for(_mirror(density), amount, -drift, new)
            bound = min(found, float(high)) if found >= 0.0 else np.nan
        low = -float(high)
        if np.isfinite(bound):
            gone, low = total, float(bound)
        bounds.append(bound)
        if low >= high:
            bounds += [np.nan] * (len(information) - len(bounds))
            break
        interval = (low, float(high))
        density = carry(density, amount, drift, interval, _following(information, look))
    return np.array(bounds)


def _following(information: Sequence[float] | Floats, look: int) -> float | None:
    return float(information[look + 1]) if look + 1 < len(information) else None


def _mirror(density: Density | None) -> Density | None:
    """Return the density of −Z."""
    if density is None:
        return None
    return Density(-density.z[::-1], density.mass[::-1], density.information)


def _bound_for(before: Density | None, information: float, drift: float, chance: float) -> float:
    """Return the bound that is first exceeded at this look with the given chance."""
    centre = drift * np.sqrt(information)

    def function(z: Floats, _index: Ints) -> tuple[Floats, Floats]:
        found = chance_above(before, information, drift, float(z[0]))
        return np.array([found - chance]), np.array([np.inf])

    low, high = np.array([centre - 4.0 * _REACH]), np.array([centre + 4.0 * _REACH])
    if chance_above(before, information, drift, float(low[0])) <= chance:
        return float(low[0])
    root = safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=np.ones(1))
    return float(root.x[0])


def _carried(before: Density, information: float, drift: float) -> Floats:
    """Return the means of Z at this look, given its values at the look before."""
    step = information - before.information
    root = np.sqrt(information)
    return np.asarray(before.z * np.sqrt(before.information) / root + drift * step / root)


def _nodes(interval: tuple[float, float], mean: float, spread: float) -> tuple[Floats, Floats]:
    """Return nodes and weights on the interval, cut where the density has vanished."""
    low, high = (float(np.clip(end, mean - _REACH, mean + _REACH)) for end in interval)
    panels = int(np.clip(np.ceil((high - low) / (_WIDTH * spread)), 1, _MOST_PANELS))
    edges = np.linspace(low, high, panels + 1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = 0.5 * np.diff(edges)[:, None]
    z = edges[:-1, None] + half + half * nodes
    return z.ravel(), (half * weights).ravel()


def _normal(z: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi), dtype=np.float64)


def obrien_fleming_spending(fraction: Floats, error: float) -> Floats:
    r"""Return what is spent by an information fraction: :math:`2 (1 - \Phi(z / \sqrt t))` a side.

    Lan and DeMets 1983, doi:10.1093/biomet/70.3.659; ``error`` is one-sided.
    """
    t = np.minimum(fraction, 1.0)
    z = -special.ndtri(error / 2.0)
    return np.asarray(2.0 * special.ndtr(-z / np.sqrt(t)), dtype=np.float64)


def pocock_spending(fraction: Floats, error: float) -> Floats:
    r"""Return what is spent by an information fraction: :math:`\alpha \log(1 + (e - 1) t)`."""
    t = np.minimum(fraction, 1.0)
    return np.asarray(error * np.log1p((np.e - 1.0) * t), dtype=np.float64)


SPENDING: Final[dict[str, Callable[[Floats, float], Floats]]] = {
    "obrien-fleming": obrien_fleming_spending,
    "pocock": pocock_spending,
}
