"""Covariances of effect sizes that come from the same people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels import covariances as kernel
from equipoise.kernels.batches import Floats, Ints
from equipoise.stats._dependence_rules import (
    check_correlations,
    check_phi,
    check_same_control,
    labels_of,
    outcome_correlations,
    times_of,
)
from equipoise.stats.covariance_blocks import Block, Covariances
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word

TimeStructure = Literal["CAR", "AR"]
"""φ to the power of the time between two effects, or of the number of occasions between them."""


def covariances(
    effects: EffectSizes,
    *,
    data: Any = None,
    cluster: Any = None,
    shared_control: bool = False,
    control: Any = None,
    treatment: Any = None,
    outcome: Any = None,
    rho: float | Mapping[tuple[str, str], float] | None = None,
    time: Any = None,
    phi: float | None = None,
    time_structure: TimeStructure = "CAR",
) -> Covariances:
    """Compute the covariances of the sampling errors of effects from the same people.

    Rows of one ``cluster`` (by default: of one study label) are dependent, others are not. The
    variances are those of ``effects``. Correlations are products of up to three parts:

    - ``shared_control``: comparisons with the same comparator. The covariance is what the comparator
      adds to both variances, from the counts, means or times of ``effects``, and is not an assumption.
      Rows with one ``control`` label share it (all of a cluster, if there is none). With several
      outcomes or times, ``treatment`` says which rows compare the same two arms.
    - ``outcome`` and ``rho``: outcomes of the same people. ``rho`` is one correlation, or one for
      each pair of outcome labels. Without ``outcome`` all rows of a cluster have correlation ``rho``.
    - ``time`` and ``phi``: the same outcome at several times, φ^|t − t′| (``CAR``), or φ to the number
      of occasions between them (``AR``).

    ``rho`` and ``phi`` are correlations of sampling errors, for which those of the measurements
    themselves are used as a rule. For SMD they are taken as such: the means' part of the covariance is
    multiplied by them, the standardiser's part by their square (Gleser and Olkin 2009).

    In R: ``metafor::vcalc``, whose ``w1`` and ``w2`` approximate the shared comparator by group
    sizes. Gleser and Olkin 2009, Stochastically dependent effect sizes, in The Handbook of Research
    Synthesis and Meta-Analysis, 2nd edition; Lajeunesse 2011, doi:10.1890/11-0423.1.

    Args:
        effects: The effect sizes.
        data: The table that column names refer to.
        cluster: The study, or independent part of one, each row belongs to.
        shared_control: Whether rows share their comparator.
        control: The comparator of each row, where clusters have several.
        treatment: Arm 1 of each row.
        outcome: The outcome of each row.
        rho: The correlation of outcomes.
        time: The time of each row.
        phi: The correlation of effects one unit of time apart.
        time_structure: ``CAR`` or ``AR``.

    Raises:
        DataError: For columns that do not fit ``effects``, and controls that differ in their numbers.
        MethodError: For options that do not go together, correlations that are impossible together
            (with the share of them that would not be), and measures whose shared-comparator
            covariance is not known.

    Example:
        >>> from equipoise.stats.effects.effect_sizes import effect_sizes
        >>> two = effect_sizes(
        ...     "RD", study=["A", "A"], events_1=[10, 20], n_1=[50, 50], events_2=[15, 15], n_2=[50, 50]
        ... )
        >>> round(float(covariances(two, shared_control=True).blocks[0].matrix[0, 1]), 6)
        0.0042
    """
    check_word("time_structure", time_structure, get_args(TimeStructure))
    plan = _Plan(
        effects,
        _labels(effects, data, "control", control),
        _labels(effects, data, "treatment", treatment),
        _labels(effects, data, "outcome", outcome),
        None if time is None else times_of(effects, data, time, ordered=time_structure == "AR"),
        shared_control or control is not None,
        rho,
        phi,
    )
    _check(plan, structure=time_structure)
    clusters = effects.study if cluster is None else labels_of(effects, data, "cluster", cluster)
    blocks = []
    for name in dict.fromkeys(clusters):
        member = np.array([label == name for label in clusters])
        rows = np.flatnonzero(member & effects.estimable)
        if rows.size:
            blocks.append(_block(plan, name, rows))
    return Covariances(effects, tuple(blocks), _notes(plan))


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What the rows share, and the correlations that go with it."""

    effects: EffectSizes
    control: tuple[str, ...] | None
    treatment: tuple[str, ...] | None
    outcome: tuple[str, ...] | None
    time: Floats | None
    shared: bool
    rho: float | Mapping[tuple[str, str], float] | None
    phi: float | None

    @property
    def participants(self) -> bool:
        """Whether a correlation between outcomes or times is assumed."""
        return self.rho is not None or self.phi is not None


def _labels(effects: EffectSizes, data: Any, name: str, value: Any) -> tuple[str, ...] | None:
    return None if value is None else labels_of(effects, data, name, value)


def _check(plan: _Plan, *, structure: str) -> None:
    if not plan.shared and not plan.participants:
        raise _wrong("say what rows share: shared_control=True, rho= or phi=", "nothing is shared")
    if plan.outcome is not None and plan.rho is None:
        raise _wrong("outcomes need rho, their correlation", "no rho")
    if (plan.time is None) != (plan.phi is None):
        raise _wrong("time and phi go together", "one without the other")
    if plan.shared and plan.participants and plan.treatment is None:
        raise _wrong(
            "with a shared comparator and several outcomes or times, treatment= must say which rows "
            "compare the same two arms",
            "no treatment",
        )
    if plan.treatment is not None and not plan.shared:
        raise _wrong("treatment= goes with shared_control=True", "nothing to use it for")
    check_correlations(plan.rho, plan.outcome)
    check_phi(plan.phi, structure)
    if plan.shared:
        _check_measure(plan.effects)


def _check_measure(effects: EffectSizes) -> None:
    if effects.measure not in kernel.SHARED_CONTROL:
        raise _wrong(
            f"the covariance by a shared comparator is known for "
            f"{', '.join(kernel.SHARED_CONTROL)}, not for {effects.measure}; use rho=0.5 if arms are "
            "of one size",
            "not known for this measure",
        )
    missing = [name for name in _NEEDED[effects.measure] if name not in effects.columns]
    if missing:
        raise DataError(
            f"the covariance by a shared comparator needs {', '.join(missing)} of every row",
            rule="numbers of the comparator",
        )


_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("RR", "OR", "RD"), ("events_2", "n_2")),
    "MD": ("sd_2", "n_2"),
    "ROM": ("mean_2", "sd_2", "n_2"),
    "SMD": ("n_1", "n_2"),
    "IRR": ("events_2",),
    "IRD": ("events_2", "time_2"),
}


def _wrong(message: str, reason: str) -> MethodError:
    return MethodError(message, spec="covariances", reason=reason)


def _block(plan: _Plan, name: str, rows: Ints) -> Block:
    """Return the block of one cluster, after making sure that it can be one."""
    if rows.size == 1:
        return Block(name, (int(rows[0]),), plan.effects.vi[rows][:, None])
    if plan.shared:
        check_same_control(plan.effects, _sharers(plan, rows), rows)

    def build(share: float) -> Floats:
        return _matrix(plan, rows, share)

    matrix = build(1.0)
    if not kernel.is_positive_definite(matrix):
        raise _impossible(plan, name, rows, kernel.admissible_share(build), matrix)
    return Block(name, tuple(int(row) for row in rows), matrix)


def _sharers(plan: _Plan, rows: Ints) -> list[tuple[Any, ...]]:
    """Return the comparator, outcome and time of each row."""
    parts = (plan.control, plan.outcome, plan.time)
    return [tuple(None if part is None else part[row] for part in parts) for row in rows]


def _matrix(plan: _Plan, rows: Ints, share: float) -> Floats:
    """Return the covariances with all assumed correlations multiplied by ``share``."""
    same = _assumed(plan, rows, share)
    variances = plan.effects.vi[rows]
    if plan.effects.measure == "SMD" and "n_1" in plan.effects.columns:
        matrix = _standardised(plan, rows, same)
    elif plan.shared:
        matrix = same * _shared_part(plan, rows, kernel.outer_root(_comparator(plan, rows)))
    else:
        matrix = same * kernel.outer_root(variances)
    np.fill_diagonal(matrix, variances)
    return matrix


def _assumed(plan: _Plan, rows: Ints, share: float) -> Floats:
    """Return the product of the correlations between outcomes and between times."""
    same = np.ones((rows.size, rows.size))
    if plan.rho is not None:
        names = None if plan.outcome is None else [plan.outcome[row] for row in rows]
        same *= _shrunk(outcome_correlations(plan.rho, names, rows.size), share)
    if plan.time is not None and plan.phi is not None:
        same *= _shrunk(kernel.autocorrelation(plan.time[rows], plan.phi), share)
    return same


def _shrunk(correlations: Floats, share: float) -> Floats:
    """Multiply what is not 1 by ``share``."""
    return np.where(correlations == 1.0, 1.0, correlations * share)


def _comparator(plan: _Plan, rows: Ints) -> Floats:
    """Return the comparator's part of each variance, from the counts that were used."""
    effects = plan.effects
    values = {name: effects.columns[name][rows] for name in _NEEDED[effects.measure]}
    if effects.measure in {"RR", "OR", "RD", "IRR", "IRD"}:
        values = _corrected(effects, rows, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = kernel.comparator_variance(effects.measure, values)
    if not np.isfinite(part).all():
        raise DataError(
            f"the comparator's numbers are not known in {_listed(effects, rows, part)}",
            rule="numbers of the comparator",
        )
    return part


def _listed(effects: EffectSizes, rows: Ints, part: Floats) -> str:
    return ", ".join(f"row {row} ({effects.study[row]})" for row in rows[~np.isfinite(part)])


def _corrected(
    effects: EffectSizes, rows: Ints, values: dict[str, Floats]
) -> dict[str, Floats]:  # fmt: skip
    """Add to the comparators of rows whose own estimate was corrected for an empty cell."""
    corrected = {r for n in effects.notes if n.code == "zero-cells-corrected" for r in n.rows}
    add = np.array(
        [float(effects.options.get("add", 0.0)) if r in corrected else 0.0 for r in rows]
    )
    if not add.any():
        return values
    if effects.options.get("zero_cells") == "treatment-arm":
        raise _wrong("not known with zero_cells='treatment-arm'; use 'only-zero'", "not known")
    changed = values | {"events_2": values["events_2"] + add}
    return changed | ({"n_2": values["n_2"] + 2.0 * add} if "n_2" in values else {})


def _shared_part(plan: _Plan, rows: Ints, by_comparator: Floats) -> Floats:
    """Return the covariance of comparisons at one time in one outcome."""
    whole = kernel.outer_root(plan.effects.vi[rows])
    same_control = _equal(plan.control, rows)
    if plan.treatment is None:
        return np.where(same_control, by_comparator, 0.0)
    both = same_control & _equal(plan.treatment, rows)
    return np.where(both, whole, np.where(same_control, by_comparator, 0.0))


def _equal(labels: Sequence[str] | None, rows: Ints) -> Any:
    if labels is None:
        return np.ones((rows.size, rows.size), dtype=np.bool_)
    names = np.array([labels[row] for row in rows])
    return names[:, None] == names[None, :]


def _standardised(plan: _Plan, rows: Ints, same: Floats) -> Floats:
    """Return covariances of SMD: that of the means times r, that of the standardisers times r²."""
    c, effects = plan.effects.columns, plan.effects
    n_1, n_2, g = c["n_1"][rows], c["n_2"][rows], effects.yi[rows]
    means = 1.0 / n_1 + 1.0 / n_2
    if not np.isfinite(means).all():
        raise DataError(
            f"the covariance of SMD needs n_1 and n_2 in {_listed(effects, rows, means)}",
            rule="sizes of both arms",
        )
    spread = np.sign(g) * np.sqrt(np.maximum(effects.vi[rows] - means, 0.0))
    deviations = np.outer(spread, spread)
    if plan.shared:
        part = kernel.shared_deviation(n_1, n_2)
        together = _sharing(plan, rows)
        root = np.where(together, kernel.outer_root(means), kernel.outer_root(1.0 / n_2))
        overlap = np.where(together, 1.0, np.outer(part, part))
        control = _equal(plan.control, rows)
        return np.where(control, same * root + same**2 * deviations * overlap, 0.0)
    return same * kernel.outer_root(means) + same**2 * deviations


def _sharing(plan: _Plan, rows: Ints) -> Any:
    """Return which pairs of rows compare the same two arms."""
    if plan.treatment is None:
        return np.zeros((rows.size, rows.size), dtype=np.bool_)
    return _equal(plan.control, rows) & _equal(plan.treatment, rows)


def _impossible(
    plan: _Plan, name: str, rows: Ints, share: float, matrix: Floats
) -> MethodError:  # fmt: skip
    labels = ", ".join(str(int(row)) for row in rows)
    start = f"the covariances of {name} (rows {labels}) are impossible together"
    least = kernel.smallest_eigenvalue(matrix)
    if share == 0.0:
        return MethodError(
            f"{start}: two of its rows are the same comparison at one time in one outcome, or have no "
            "variance but the comparator's; keep one, or name what distinguishes them",
            spec=f"cluster={name}",
            reason=f"smallest eigenvalue of the correlations {least:.3g}",
        )
    bound = (
        f"rho can be up to {share * float(plan.rho):.4g}"
        if isinstance(plan.rho, (int, float)) and plan.phi is None and plan.rho > 0.0
        else f"multiplied by up to {share:.4g} they would not be"
    )
    if isinstance(plan.rho, (int, float)) and plan.phi is None and plan.rho < 0.0:
        bound = f"rho can be down to {share * float(plan.rho):.4g}"
    return MethodError(
        f"{start}; {bound}",
        spec=f"cluster={name}",
        reason=f"smallest eigenvalue of the correlations {least:.3g}",
    )


def _notes(plan: _Plan) -> tuple[Note, ...]:
    """Say what is known and what is assumed."""
    notes = []
    if plan.shared:
        text = "covariances by a shared comparator follow from its numbers"
        notes.append(Note("shared-comparator", text))
    if isinstance(plan.rho, Mapping):
        notes.append(Note("rho-assumed", "correlations of outcomes were assumed for each pair"))
    elif plan.rho is not None:
        notes.append(Note("rho-assumed", f"a correlation of {plan.rho:g} was assumed"))
    if plan.phi is not None:
        text = f"a correlation of {plan.phi:g} at a distance of one in time was assumed"
        notes.append(Note("phi-assumed", text))
    return tuple(notes)
