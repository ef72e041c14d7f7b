"""E-values by a normal mixture, and the confidence sequence that goes with them."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def log_e_values(score: Floats, information: Floats, precision: float) -> Floats:
    r"""Return the logs of the e-values against no effect.

    The likelihood ratio of ``score`` :math:`S \sim N(\theta I, I)` against :math:`\theta = 0`, averaged
    over :math:`\theta \sim N(0, 1 / \varphi)`, is
    :math:`\sqrt{\varphi / (\varphi + I)} \exp(S^2 / (2 (\varphi + I)))`.
    """
    total = precision + information
    log_ratio = -0.5 * np.log1p(information / precision)
    return np.asarray(log_ratio + score**2 / (2.0 * total), dtype=np.float64)


def sequence_half_width(information: Floats, precision: float, alpha: float) -> Floats:
    r"""Return the half-width of the confidence sequence around the mean ``S / I``.

    :math:`\sqrt{(\varphi + I) (\log(1 + I / \varphi) + 2 \log(1 / \alpha))} / I`.
    """
    inside = np.log1p(information / precision) - 2.0 * np.log(alpha)
    return np.asarray(np.sqrt((precision + information) * inside) / information, dtype=np.float64)
