r"""Limit meta-analysis: what random effects leave when every study becomes boundlessly precise.

The model is :math:`y_i = \beta + \sqrt{v_i + \tau^2} (\alpha + \epsilon_i)` with standard normal
errors: ``alpha`` is the bias of small studies. In the generalised radial plot, with :math:`x_i = 1 /
\sqrt{v_i + \tau^2}`, it is the line :math:`x_i y_i = \alpha + \beta x_i` with unit variance about
it: a weighted regression of the effects on :math:`\sqrt{v_i + \tau^2}`. Rücker and others 2011,
doi:10.1093/biostatistics/kxq046.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels import regression
from equipoise.kernels.batches import Batch, Bools, Floats, from_block
from equipoise.kernels.inverse_variance import weighted_mean


@dataclass(frozen=True, slots=True, eq=False)
class LimitMeta:
    """Limit meta-analyses of a batch: shape ``(B,)``, but ``shrunken`` ``(B, k)``.

    ``beta0``, ``betalim`` and ``mulim`` with their standard errors are the three adjusted
    estimates; ``q_small`` is what a line through the radial plot takes of Cochran's Q, ``q_residual``
    what it leaves; ``g2`` is nan where the shrunken studies show no spread there. ``full_rank`` is
    false, and all the rest nan, where all studies have one precision.
    """

    alpha: Floats
    beta: Floats
    beta0: Floats
    beta0_se: Floats
    betalim: Floats
    betalim_se: Floats
    mulim: Floats
    mulim_se: Floats
    q_small: Floats
    q_residual: Floats
    g2: Floats
    shrunken: Floats
    full_rank: Bools


def limit_meta(batch: Batch, tau2: Floats) -> LimitMeta:
    r"""Fit the bias model at ``tau2``, shrink the studies to their limits, and pool these.

    - The limits: :math:`\beta + (y_i - \beta) \tau / \sqrt{v_i + \tau^2}`.
    - ``beta0`` is :math:`\beta + \tau \alpha`, the expectation of a study without sampling error.
    - ``betalim`` is the slope of the radial plot of the limits with their ``vi``, ``mulim`` their
      common-effect mean.
    - ``g2`` is one less the squared correlation of that plot.
    """
    tau = np.sqrt(tau2)
    within = np.where(batch.present, batch.vi, 0.0)
    scale = np.where(batch.present, np.sqrt(within + tau2[:, None]), 1.0)
    # Counted from tau, the intercept is beta0 itself, and √(v + τ²) − τ loses no digits.
    beyond = within / (scale + tau[:, None])
    model = regression.weighted_regression(batch, _on(batch, beyond), tau2)
    beta0, alpha = model.coefficients.T
    beta = beta0 - tau * alpha
    shrunken = _shrink(batch, beta, tau, scale)
    limits = from_block(shrunken, batch.vi, batch.present)
    none = np.zeros(tau.shape)
    line = regression.weighted_regression(limits, _on(limits, _root(limits)), none)
    plain = regression.weighted_regression(batch, _on(batch, _root(batch)), none)
    mean = weighted_mean(limits, none)
    return LimitMeta(
        alpha=alpha,
        beta=beta,
        beta0=beta0,
        beta0_se=np.sqrt(model.covariance[:, 0, 0]),
        betalim=line.coefficients[:, 0],
        betalim_se=np.sqrt(line.covariance[:, 0, 0]),
        mulim=mean.estimate,
        mulim_se=mean.se,
        q_small=plain.coefficients[:, 1] ** 2 / plain.covariance[:, 1, 1],
        q_residual=plain.q,
        g2=_unexplained(limits, line.q),
        shrunken=shrunken,
        full_rank=plain.full_rank & model.full_rank,
    )


def _root(batch: Batch) -> Floats:
    return np.sqrt(np.where(batch.present, batch.vi, 0.0))


def _on(batch: Batch, column: Floats) -> regression.Design:
    return regression.with_intercept(batch, column[:, :, None])


def _shrink(batch: Batch, beta: Floats, tau: Floats, scale: Floats) -> Floats:
    """Draw each study towards the line's intercept; places without a study get the intercept."""
    distance = batch.yi - (beta - batch.centre)[:, None]
    share = np.where(batch.present, tau[:, None] / scale, 0.0)
    return np.asarray(beta[:, None] + share * distance, dtype=np.float64)


def _unexplained(limits: Batch, residual: Floats) -> Floats:
    """Return the share of the radial plot's vertical spread that its line leaves unexplained."""
    with np.errstate(invalid="ignore", divide="ignore"):
        height = np.where(
            limits.present, (limits.yi + limits.centre[:, None]) / np.sqrt(limits.vi), 0.0
        )
        middle = height.sum(axis=1) / limits.k
        spread = (np.where(limits.present, height - middle[:, None], 0.0) ** 2).sum(axis=1)
        return np.where(spread > 0.0, np.minimum(residual / spread, 1.0), np.nan)
