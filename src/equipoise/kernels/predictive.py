r"""The predictive distribution of a new study's effect from the confidence distribution of τ².

With :math:`F(q; \tau^2)` the exact distribution of Cochran's Q, :math:`H(\tau^2) = 1 - F(q_{obs};
\tau^2)` is a confidence distribution of τ² with a mass at zero. Given τ² the mean has Hartung's
distribution, :math:`\hat\mu(\tau^2) - t_{k-1} \, se(\tau^2)`, and the effect of a new study is that
plus :math:`\tau z`. Nagashima, Noma and Furukawa 2019, doi:10.1177/0962280218773520, draw τ², t and
z; here the mixture is integrated, which is what infinitely many draws give.

A t variable is a normal one with a random scale, so that the new effect is a mixture of normal
distributions over two variables: τ², and :math:`c = \chi^2_{k-1} / (k-1)`. Both integrals are taken
on a logarithmic scale, where the integrands are analytic and fall off exponentially at both ends:
the trapezoidal rule then converges geometrically.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.quadratic_forms import distribution
from equipoise.kernels.roots import safeguarded_newton

_STEP = 0.1
_NEGLIGIBLE = 36.0
"""The integrands are cut where they have fallen by this power of e, about 2e-16."""
_SCALE_NODES = 121


@dataclass(frozen=True, slots=True, eq=False)
class Predictive:
    """A mixture of normal distributions: ``weights`` of components at ``mean`` with ``sd``.

    ``at_zero`` is the confidence that τ² is zero.
    """

    weights: Floats
    mean: Floats
    sd: Floats
    at_zero: float

    def probability(self, value: float) -> float:
        """Return the probability that a new effect is at most ``value``."""
        return float((self.weights * special.ndtr((value - self.mean) / self.sd)).sum())

    def density(self, value: float) -> float:
        """Return the density of a new effect."""
        z = (value - self.mean) / self.sd
        share = self.weights * np.exp(-0.5 * z**2) / self.sd
        return float(share.sum()) / math.sqrt(2.0 * math.pi)

    def quantile(self, probability: float) -> float:
        """Return the value a new effect stays below with this probability."""
        centre = float((self.weights * self.mean).sum())
        reach = float((self.weights * self.sd).sum())
        low, high = centre - reach, centre + reach
        while self.probability(low) > probability:
            low = centre - 2.0 * (centre - low)
        while self.probability(high) < probability:
            high = centre + 2.0 * (high - centre)

        def function(at: Floats, _: Ints) -> tuple[Floats, Floats]:
            short = probability - self.probability(float(at[0]))
            slope = self.density(float(at[0]))
            return np.array([short]), np.array([short / slope if slope > 0.0 else math.inf])

        ends = (np.array([low]), np.array([high]))
        start, scale = np.array([centre]), np.array([reach])
        return float(safeguarded_newton(function, *ends, start=start, scale=scale).x[0])


def confidence_predictive(batch: Batch) -> Predictive:
    """Return the predictive distribution of a batch of one, of three or more studies.

    The estimates must not all be equal.
    """
    tau2, mass = _tau2_nodes(batch)
    scale, density = _scale_nodes(batch.k[0] - 1.0)
    rows = batch.rows(np.zeros(tau2.size, dtype=np.intp))
    fit = weighted_mean(rows, tau2)
    # Hartung's standard error at each τ².
    se2 = fit.se**2 * fit.q / (batch.k[0] - 1.0)
    variance = tau2[:, None] + se2[:, None] / scale[None, :]
    weights = mass[:, None] * density[None, :]
    mean = np.broadcast_to(fit.estimate[:, None], weights.shape)
    weights = weights / weights.sum()
    return Predictive(weights.ravel(), mean.ravel(), np.sqrt(variance).ravel(), float(mass[0]))


def _tau2_nodes(batch: Batch) -> tuple[Floats, Floats]:
    """Return values of τ² and their confidence masses, zero first.

    In t = log τ² the density falls like exp(t) to the left and, Q being a form of k - 1 squares,
    like exp(-(k - 1) t / 2) to the right of where τ² outgrows everything else.
    """
    q = weighted_mean(batch, np.zeros(1)).q
    df = batch.k[0] - 1.0
    weights = np.where(batch.present, 1.0 / batch.vi, 0.0)
    within = np.where(batch.present, batch.vi, 0.0)
    spread = float(((batch.yi - batch.yi[batch.present].mean()) ** 2)[batch.present].sum())
    low = math.log(batch.vi[batch.present].min()) - _NEGLIGIBLE
    high = math.log(spread + float(within.max())) + 2.0 * _NEGLIGIBLE / df
    tau2 = np.exp(np.arange(low, high + _STEP, _STEP))
    n = tau2.size + 1
    every = np.concatenate(([0.0], tau2))
    variances = np.where(batch.present, within + every[:, None], 0.0)
    at = distribution(np.repeat(q, n), np.repeat(weights, n, axis=0), variances)
    mass = -at.slope * every * _STEP
    mass[0] = 1.0 - at.probability[0]
    return every, np.asarray(np.maximum(mass, 0.0), dtype=np.float64)


def _scale_nodes(df: float) -> tuple[Floats, Floats]:
    """Return values of chi-square over its degrees of freedom, and their probabilities.

    In r = log c the density is that of exp(df / 2 (r - exp(r))), highest at zero.
    """
    depth = 2.0 * _NEGLIGIBLE / df
    low, high = -1.0 - depth, math.log(1.0 + depth + math.sqrt(2.0 * depth)) + 0.1
    r = np.linspace(low, high, _SCALE_NODES)
    exponent = 0.5 * df * (r - np.exp(r) + 1.0)
    density = np.exp(exponent)
    return np.exp(r), np.asarray(density / density.sum(), dtype=np.float64)
