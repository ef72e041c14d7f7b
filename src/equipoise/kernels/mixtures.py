r"""Groups in a cloud of points in the plane: a mixture of normal distributions, joined into modes.

The number of normal components is chosen by BIC. A cloud that is merely not normal needs several of
them, so components are then joined unless the density has a clear dip between them: what remains
are groups one can see. All is deterministic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernels.batches import Floats

Labels = NDArray[np.int8]

_MOST_COMPONENTS = 6
_ROUNDS = 300
_PRECISION = 1e-6
_FLOOR = 1e-4
"""The least variance of a component, as a share of that of all points."""
_DIP = 0.25
"""Components are joined if the density between them stays above this share of the lower end."""
_ROAD = np.linspace(0.0, 1.0, 41)
_CHUNK = 100_000
_TINY = 1e-12
_FEWEST_EACH = 10


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Normal components: ``weights`` ``(C,)``, ``means`` ``(C, 2)``, ``covariances`` ``(C, 2, 2)``.

    ``bic`` is smaller for a better mixture.
    """

    weights: Floats
    means: Floats
    covariances: Floats
    bic: float


def fit_mixture(points: Floats) -> Mixture:
    """Fit mixtures of one, two, … up to six components to ``(N, 2)`` points while BIC falls.

    Each number of components is started from equal slices along three directions: both axes and the
    longest extent. Points should be standardised.
    """
    directions = _directions(points)
    best = _maximise(points, [np.arange(points.shape[0])])
    for count in range(2, _MOST_COMPONENTS + 1):
        if points.shape[0] < _FEWEST_EACH * count:
            break
        tries = (
            _maximise(points, np.array_split(np.argsort(points @ d, kind="stable"), count))
            for d in directions
        )
        found = min(tries, key=lambda mixture: mixture.bic)
        if found.bic >= best.bic:
            break
        best = found
    return best


def modes(mixture: Mixture) -> Labels:
    """Return the group of each component: components without a dip between them share one.

    Along the ridgeline of two components lie all modes and dips of their mixture (Ray and Lindsay
    2005, doi:10.1214/009053605000000417); the density looked at is that of the whole mixture.
    Groups are numbered from the heaviest.
    """
    count = mixture.weights.size
    group = list(range(count))
    for a in range(count):
        for b in range(a + 1, count):
            if group[a] != group[b] and not _dips(mixture, a, b):
                old, new = group[b], group[a]
                group = [new if g == old else g for g in group]
    mass = {g: float(mixture.weights[np.array(group) == g].sum()) for g in set(group)}
    order = sorted(mass, key=lambda g: (-mass[g], g))
    return np.array([order.index(g) for g in group], dtype=np.int8)


def assign(mixture: Mixture, points: Floats) -> Labels:
    """Return the most probable component of each point, a block of points at a time."""
    parts = [
        _log_densities(mixture, points[i : i + _CHUNK]).argmax(axis=1)
        for i in range(0, points.shape[0], _CHUNK)
    ]
    return np.concatenate([*parts, np.empty(0)]).astype(np.int8)


def _directions(points: Floats) -> list[Floats]:
    _, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    longest = vectors[:, -1]
    # The sign of an eigenvector is arbitrary; slices must not depend on it.
    longest = longest * (1.0 if longest[np.abs(longest).argmax()] > 0.0 else -1.0)
    return [np.array([1.0, 0.0]), np.array([0.0, 1.0]), longest]


def _maximise(points: Floats, slices: list[NDArray[np.intp]]) -> Mixture:
    """Climb to a maximum of the likelihood from hard slices, by expectation-maximisation."""
    n, count = points.shape[0], len(slices)
    share = np.zeros((n, count))
    for c, rows in enumerate(slices):
        share[rows, c] = 1.0
    terms, floor = _terms(points), _FLOOR * float(points.var(axis=0).mean())
    before, mixture = -math.inf, _from_shares(terms, share, floor)
    for _ in range(_ROUNDS):
        logs = terms @ _coefficients(mixture)
        peak = logs.max(axis=1, keepdims=True)
        raw = np.exp(logs - peak)
        total = raw.sum(axis=1, keepdims=True)
        height = float((peak + np.log(total)).sum())
        mixture = _from_shares(terms, raw / total, floor)
        if abs(height - before) <= _PRECISION * n:
            break
        before = height
    parameters = 6 * count - 1
    bic = -2.0 * height + parameters * math.log(n)
    return Mixture(mixture.weights, mixture.means, mixture.covariances, bic)


def _terms(points: Floats) -> Floats:
    """Return the terms of a quadratic in the plane, ``(N, 6)``: 1, x, y, x², xy, y²."""
    x, y = points.T
    return np.stack((np.ones(x.size), x, y, x * x, x * y, y * y), axis=1)


def _from_shares(terms: Floats, share: Floats, floor: float) -> Mixture:
    """Return the mixture of points shared out among components, ``share`` of shape ``(N, C)``."""
    sums = share.T @ terms
    mass = sums[:, 0] + _TINY
    means = sums[:, 1:3] / mass[:, None]
    squares = sums[:, [3, 4, 4, 5]].reshape(-1, 2, 2) / mass[:, None, None]
    covariances = squares - means[:, :, None] * means[:, None, :] + floor * np.eye(2)
    return Mixture(mass / mass.sum(), means, covariances, math.nan)


def _coefficients(mixture: Mixture) -> Floats:
    """Return log weight plus log density of each component as a quadratic, ``(6, C)``."""
    inverse = np.linalg.inv(mixture.covariances)
    pull = (inverse @ mixture.means[:, :, None])[:, :, 0]
    constant = np.log(mixture.weights) - 0.5 * np.log(np.linalg.det(mixture.covariances))
    constant = constant - math.log(2.0 * math.pi) - 0.5 * (pull * mixture.means).sum(axis=1)
    return np.stack((
        constant, pull[:, 0], pull[:, 1],
        -0.5 * inverse[:, 0, 0], -inverse[:, 0, 1], -0.5 * inverse[:, 1, 1],
    ))  # fmt: skip


def _log_densities(mixture: Mixture, points: Floats) -> Floats:
    """Return the log of weight times density of each component, ``(N, C)``."""
    return np.asarray(_terms(points) @ _coefficients(mixture), dtype=np.float64)


def _dips(mixture: Mixture, a: int, b: int) -> bool:
    inverse_a = np.linalg.inv(mixture.covariances[a])
    inverse_b = np.linalg.inv(mixture.covariances[b])
    pull_a, pull_b = inverse_a @ mixture.means[a], inverse_b @ mixture.means[b]
    road = np.stack(
        [
            np.linalg.solve((1.0 - s) * inverse_a + s * inverse_b, (1.0 - s) * pull_a + s * pull_b)
            for s in _ROAD
        ]
    )
    density = np.exp(_log_densities(mixture, road)).sum(axis=1)
    lower_end = min(density[: _ROAD.size // 2].max(), density[_ROAD.size // 2 :].max())
    return bool(density.min() < _DIP * lower_end)
