"""Covariances of correlations of the same people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels import covariances as kernel
from equipoise.kernels.batches import Floats
from equipoise.stats.covariance_blocks import Block, Covariances
from equipoise.stats.effects.effect_sizes import effect_sizes
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word

CorrelationMeasure = Literal["COR", "ZCOR"]
_FEWEST: Final = 5
_SYMMETRIC: Final = 1e-8


def correlation_covariances(
    matrices: Sequence[Any],
    n: Sequence[float],
    *,
    measure: CorrelationMeasure = "COR",
    variables: Sequence[str] | Sequence[Sequence[str]] | None = None,
    study: Sequence[str] | None = None,
) -> Covariances:
    """Compute the correlations of each study's variables with their covariances.

    Each study gives the correlation matrix of its variables; every pair of variables becomes an effect
    (``effects`` of the result, labelled ``study: a × b``), and the effects of one study a block. For
    normal variables n Cov(rᵢⱼ, rₖₗ) is

    ½ rᵢⱼ rₖₗ (rᵢₖ² + rᵢₗ² + rⱼₖ² + rⱼₗ²) + rᵢₖ rⱼₗ + rᵢₗ rⱼₖ
    − (rᵢⱼ rᵢₖ rᵢₗ + rᵢⱼ rⱼₖ rⱼₗ + rᵢₖ rⱼₖ rₖₗ + rᵢₗ rⱼₗ rₖₗ),

    here over n − 1, so that the diagonal is the variance of ``effect_sizes("COR")``. For ``ZCOR`` it
    is divided by (1 − rᵢⱼ²)(1 − rₖₗ²), and over n − 3. In R: ``metafor::rcalc``. Steiger 1980,
    doi:10.1037/0033-2909.87.2.245; Olkin and Finn 1990, doi:10.1037/0033-2909.108.2.330.

    Args:
        matrices: A correlation matrix for each study.
        n: The people each was computed from (their fewest, if pairs differ).
        measure: ``COR``, or ``ZCOR`` for Fisher's z.
        variables: The variables' names, the same for all studies or a list for each; numbered if not
            given.
        study: Labels; numbered from 1 if not given.

    Raises:
        DataError: For what is no correlation matrix, or fewer than five people.
        MethodError: For another measure.

    Example:
        >>> found = correlation_covariances([[[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]]], [101])
        >>> round(float(found.blocks[0].matrix[0, 1]), 6)
        0.000855
    """
    check_word("measure", measure, get_args(CorrelationMeasure))
    if not len(matrices) or len(matrices) != len(n):
        raise DataError(f"{len(matrices)} matrices need as many n, not {len(n)}", rule="one n each")
    names = [str(i + 1) for i in range(len(matrices))] if study is None else list(map(str, study))
    if len(names) != len(matrices):
        raise DataError("study must have one label a matrix", rule="one label each")
    found = [_checked(matrix, float(size), name) for matrix, size, name in zip(matrices, n, names, strict=True)]  # fmt: skip
    labels = [_variables(variables, i, r.shape[0]) for i, r in enumerate(found)]
    return _assemble(measure, found, [float(size) for size in n], names, labels)


def _assemble(
    measure: CorrelationMeasure,
    found: Sequence[Floats],
    n: Sequence[float],
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
) -> Covariances:
    values: list[float] = []
    sizes: list[float] = []
    rows: list[str] = []
    blocks = []
    for r, size, name, variables in zip(found, n, names, labels, strict=True):
        first, second = np.tril_indices(r.shape[0], -1)[::-1]
        order = np.lexsort((second, first))
        first, second = first[order], second[order]
        block = _scaled(measure, size, kernel.correlation_covariances(r, first, second))
        blocks.append(Block(name, tuple(range(len(values), len(values) + first.size)), block))
        values += r[first, second].tolist()
        sizes += [size] * first.size
        rows += [f"{name}: {a} × {b}" for a, b in combinations(variables, 2)]
    effects = effect_sizes(measure, r=values, n=sizes, study=rows)
    text = "covariances of correlations suppose normal variables and large samples"
    return Covariances(effects, tuple(blocks), (Note("large-sample", text),))


def _scaled(measure: str, n: float, covariance: Floats) -> Floats:
    if measure == "COR":
        return covariance / (n - 1.0)
    # The diagonal of ``covariance`` is (1 − r²)².
    slope = 1.0 / np.sqrt(np.diag(covariance))
    return np.asarray(covariance * np.outer(slope, slope) / (n - 3.0), dtype=np.float64)


def _checked(matrix: Any, n: float, name: str) -> Floats:
    try:
        r = np.array(matrix, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"the matrix of {name} is not one of numbers", rule="numbers") from error
    problem = _problem(r, n)
    if problem is not None:
        raise DataError(f"the matrix of {name} {problem}", rule="a correlation matrix")
    return (r + r.T) / 2.0


def _problem(r: Floats, n: float) -> str | None:
    """Return what is wrong with a matrix of correlations, ``None`` if nothing is."""
    if r.ndim != 2 or r.shape[0] != r.shape[1] or r.shape[0] < 2:  # noqa: PLR2004  # a square
        return "must be square, with two variables or more"
    if not np.isfinite(r).all():
        return "has missing values; leave out the variables concerned"
    if np.abs(r - r.T).max() > _SYMMETRIC or np.abs(np.diag(r) - 1.0).max() > _SYMMETRIC:
        return "must be symmetric with ones on the diagonal"
    if not kernel.is_positive_definite(r):
        return "is not positive definite: its correlations are impossible together"
    if not n >= _FEWEST:
        return f"needs {_FEWEST} people or more"
    return None


def _variables(variables: Any, study: int, size: int) -> list[str]:
    if variables is None:
        return [str(i + 1) for i in range(size)]
    listed = list(variables)
    names = listed if all(isinstance(name, str) for name in listed) else list(listed[study])
    if len(names) != size or len(set(names)) != size:
        raise DataError(
            f"variables must name each of {size} variables once, not {names}", rule="variables"
        )
    return names
