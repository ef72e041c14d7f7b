"""Multimodel inference: every subset of the moderators, weighed by how well it predicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.regression import Design
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.fit_statistics import full_log_likelihood
from equipoise.stats.moderators.engine import (
    block,
    check_converged,
    fit_rows,
)
from equipoise.stats.moderators.meta_regression import model_matrix
from equipoise.stats.moderators.model_matrix import ModelMatrix, check_rank
from equipoise.stats.moderators.options import (
    Averaging,
    Criterion,
    RegressionOptions,
    check_choice,
    resolve,
)
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction

_MOST_TERMS = 14
_BLOCK = 400_000


@dataclass(frozen=True, slots=True)
class CandidateModel:
    """One subset of the terms: its criterion, the distance to the best, and its Akaike weight."""

    terms: tuple[str, ...]
    parameters: int
    log_likelihood: float
    criterion: float
    delta: float
    weight: float
    tau2: float


@dataclass(frozen=True, slots=True)
class AveragedCoefficient:
    """A coefficient averaged over models; ``importance`` is the weight of the models that have it.

    The standard error is unconditional: it has the models' disagreement in it.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    importance: float


@dataclass(frozen=True, slots=True, eq=False)
class Multimodel:
    """All candidate models, best first, with averaged coefficients and the terms' importance.

    ``importance`` pairs each term with the summed weight of the models that contain it.
    """

    effects: EffectSizes
    matrix: ModelMatrix
    criterion: Criterion
    averaging: Averaging
    level: float
    models: tuple[CandidateModel, ...]
    coefficients: tuple[AveragedCoefficient, ...]
    importance: tuple[tuple[str, float], ...]
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a model, best first, as the user's kind of frame."""
        rows = [asdict(model) | {"terms": " + ".join(model.terms) or "1"} for model in self.models]
        columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns, self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "multimodel",
            "criterion": self.criterion,
            "averaging": self.averaging,
            "level": self.level,
            "models": [asdict(model) | {"terms": list(model.terms)} for model in self.models],
            "coefficients": [asdict(row) for row in self.coefficients],
            "importance": [list(pair) for pair in self.importance],
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        shown: list[tuple[str, ...]] = [("Model", self.criterion, "Δ", "Weight")]
        shown += [
            (
                " + ".join(m.terms) or "1", printing.number(m.criterion), printing.number(m.delta),
                printing.number(m.weight, 3),
            )
            for m in self.models[:8]
        ]  # fmt: skip
        averaged = [("Coefficient", "Estimate", "SE", f"{100 * self.level:g}% CI", "Importance")]
        for row in self.coefficients:
            digits = printing.decimals(row.se)
            low, high = (printing.number(v, digits) for v in (row.ci_low, row.ci_high))
            averaged.append((
                row.name, printing.number(row.estimate, digits), printing.number(row.se, digits),
                printing.interval(low, high), printing.number(row.importance),
            ))  # fmt: skip
        head = (
            f"Multimodel inference: {len(self.models)} models of {self.matrix.rows.size} trials, by "
            f"ML and {self.criterion}, {self.averaging} averages"
        )
        return "\n".join([
            head,
            *printing.table(shown),
            "",
            *printing.table(averaged),
            *(f"  Caution: {note.text}" for note in self.caution),
        ])  # fmt: skip


def multimodel(
    effects: EffectSizes,
    moderators: Any,
    *,
    data: Any = None,
    names: Sequence[str] | None = None,
    criterion: Criterion = "AICc",
    averaging: Averaging = "full",
    level: float = 0.95,
) -> Multimodel:
    r"""Fit every subset of the terms by maximum likelihood and average over the models.

    Weights are :math:`e^{-\Delta/2}`, scaled to add up to one. An interaction enters only with its
    main effects. ``full`` averages take a coefficient as zero where its term is absent, ``natural``
    ones average over the models that have it. Standard errors are
    :math:`\sqrt{\sum w (se^2 + (b - \bar b)^2)}`, intervals normal. All models see the same trials.
    In R: ``glmulti`` or ``MuMIn::dredge`` with ``metafor::rma(..., method = "ML")``. Burnham and
    Anderson 2004, doi:10.1177/0049124104268644.

    Args:
        effects: The trials.
        moderators: The largest model, as in `meta_regression`; it must have an intercept.
        data: As in `meta_regression`.
        names: As in `meta_regression`.
        criterion: ``AICc``, ``AIC`` or ``BIC``.
        averaging: ``full`` or ``natural``.
        level: The level of the intervals.

    Raises:
        MethodError: For more than 14 terms, no intercept, and as `meta_regression`.
    """
    check_choice("criterion", criterion)
    check_choice("averaging", averaging)
    check_fraction("level", level)
    matrix = model_matrix(effects, moderators, data=data, names=names)
    check_rank(matrix)
    _check_terms(matrix)
    subsets = _subsets(matrix)
    options = resolve("random", "ML", "wald", "none", level)
    fits = _fit_all(effects, matrix, subsets, options)
    return _averaged(effects, matrix, subsets, fits, (criterion, averaging, level))


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """Fits of all subsets: coefficients and errors ``(M, p)``, zero where a term is absent."""

    coefficients: Floats
    se: Floats
    present: Floats
    log_likelihood: Floats
    tau2: Floats


def _check_terms(matrix: ModelMatrix) -> None:
    if not matrix.intercept:
        raise MethodError(
            "multimodel inference keeps the intercept in every model; do not leave it out",
            spec="moderators",
            reason="no intercept",
        )
    if not 1 <= len(matrix.terms) <= _MOST_TERMS:
        raise MethodError(
            f"multimodel inference takes 1 to {_MOST_TERMS} terms, not {len(matrix.terms)}; "
            "choose moderators before looking at the results",
            spec="moderators",
            reason="number of terms",
        )


def _subsets(matrix: ModelMatrix) -> list[tuple[int, ...]]:
    """Return all sets of terms in which an interaction comes with the terms it is made of."""
    parts = [frozenset(term.name.split(":")) for term in matrix.terms]
    below = [{j for j, other in enumerate(parts) if other < part} for part in parts]
    every = range(len(parts))
    return [
        chosen
        for size in range(len(parts) + 1)
        for chosen in combinations(every, size)
        if all(below[i] <= set(chosen) for i in chosen)
    ]


def _columns(matrix: ModelMatrix, subset: tuple[int, ...]) -> Ints:
    inside = [column for i in subset for column in matrix.terms[i].columns]
    return np.array([0, *sorted(inside)], dtype=np.intp)


def _fit_all(
    effects: EffectSizes,
    matrix: ModelMatrix,
    subsets: list[tuple[int, ...]],
    options: RegressionOptions,
) -> _Fits:
    """Fit the subsets in batches of models with the same number of columns."""
    m, p = len(subsets), matrix.values.shape[1]
    found = _Fits(np.zeros((m, p)), np.zeros((m, p)), np.zeros((m, p)), np.zeros(m), np.zeros(m))
    columns = [_columns(matrix, subset) for subset in subsets]
    yi, vi = effects.yi[matrix.rows], effects.vi[matrix.rows]
    for size in sorted({part.size for part in columns}):
        alike = [i for i, part in enumerate(columns) if part.size == size]
        step = max(1, _BLOCK // (matrix.rows.size * size))
        for start in range(0, len(alike), step):
            which = np.array(alike[start : start + step])
            inside = np.stack([columns[i] for i in which.tolist()])
            blocks = np.swapaxes(matrix.values.T[inside], 1, 2)
            batch, design = block(yi[None], vi[None], blocks, intercept=True)
            _put(found, which, inside, (batch, design), options)
    return found


def _put(
    found: _Fits,
    which: Ints,
    inside: Ints,
    problem: tuple[Batch, Design],
    options: RegressionOptions,
) -> None:
    """Fit a batch of models with as many columns each, and write them in their rows."""
    fits = fit_rows(*problem, options)
    check_converged(fits.between, options.tau2)
    place = (which[:, None], inside)
    found.coefficients[place] = fits.fit.coefficients
    found.se[place] = fits.se
    found.present[place] = 1.0
    found.tau2[which] = fits.between.tau2
    found.log_likelihood[which] = full_log_likelihood(*problem, fits.between.tau2, restricted=False)


def _averaged(
    effects: EffectSizes,
    matrix: ModelMatrix,
    subsets: list[tuple[int, ...]],
    fits: _Fits,
    chosen: tuple[Criterion, Averaging, float],
) -> Multimodel:
    criterion, averaging, level = chosen
    count = fits.present.sum(axis=1) + 1.0
    values = _criterion(criterion, fits.log_likelihood, count, matrix.rows.size)
    delta = values - values.min()
    weight = np.exp(-0.5 * delta)
    weight /= weight.sum()
    importance = tuple(
        (term.name, float(sum(weight[m] for m, s in enumerate(subsets) if i in s)))
        for i, term in enumerate(matrix.terms)
    )
    order = np.argsort(values, kind="stable").tolist()
    models = tuple(
        CandidateModel(
            terms=tuple(matrix.terms[i].name for i in subsets[m]),
            parameters=int(count[m]),
            log_likelihood=float(fits.log_likelihood[m]),
            criterion=float(values[m]),
            delta=float(delta[m]),
            weight=float(weight[m]),
            tau2=float(fits.tau2[m]),
        )
        for m in order
    )
    rows = _coefficients(matrix, fits, weight, averaging, level)
    caution = _cautions(matrix, len(subsets))
    return Multimodel(
        effects, matrix, criterion, averaging, level, models, rows, importance, caution
    )


def _coefficients(
    matrix: ModelMatrix, fits: _Fits, weight: Floats, averaging: Averaging, level: float
) -> tuple[AveragedCoefficient, ...]:
    critical, rows = normal_critical(level), []
    for column, name in enumerate(matrix.names):
        inside = fits.present[:, column]
        used = weight * inside if averaging == "natural" else weight
        share = used / used.sum()
        mean = float(share @ fits.coefficients[:, column])
        spread = fits.se[:, column] ** 2 + (fits.coefficients[:, column] - mean) ** 2
        se = float(np.sqrt(share @ spread))
        rows.append(
            AveragedCoefficient(
                name, mean, se, mean - critical * se, mean + critical * se, float(weight @ inside)
            )
        )
    return tuple(rows)


def _criterion(criterion: Criterion, value: Floats, count: Floats, k: int) -> Floats:
    """Return the criterion as ``metafor::fitstats`` defines it."""
    if criterion == "BIC":
        return np.asarray(-2.0 * value + count * math.log(k), dtype=np.float64)
    if criterion == "AIC":
        return np.asarray(-2.0 * value + 2.0 * count, dtype=np.float64)
    enough = np.maximum(float(k), count + 2.0)
    return np.asarray(-2.0 * value + 2.0 * count * enough / (enough - count - 1.0), np.float64)


def _cautions(matrix: ModelMatrix, models: int) -> tuple[Note, ...]:
    k, p = matrix.rows.size, matrix.values.shape[1] - 1
    notes = [
        Note(
            "exploratory",
            f"{models} models were compared on the same trials: a search, whose intervals and "
            "weights cannot be read like those of one model planned beforehand",
        )
    ]
    if k < 10 * p:
        text = f"{k} trials for {p} moderator columns: fewer than ten each; weights will often be chance"
        notes.append(Note("few-trials", text))
    return tuple(notes)
