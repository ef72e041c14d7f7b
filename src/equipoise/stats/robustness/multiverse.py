"""Many defensible analyses of the same trials at once: how far the answer hangs on the analyst."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.kernels.variation import conditional_entropy, variance_shares
from equipoise.stats.effects.effect_table import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.presets import MethodSpec, resolve_methods
from equipoise.stats.robustness._multiverse_text import multiverse_text, reasons
from equipoise.stats.subsets import pool_subsets

if TYPE_CHECKING:
    from equipoise.figures.model import Figure

Verdict = Literal["lower", "unclear", "higher"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
NOT_ASKED: Final = "–"
"""The option of a choice that does not arise: a common effect has no estimator of τ²."""

METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("random", "common"),
    "tau2": ("DL", "PM", "REML", "ML", "SJ"),
    "ci": ("wald", "t", "hksj", "hksj-floor"),
}
"""The choices of methods when none are given."""

_RANDOM_ONLY: Final = frozenset({"tau2"})
_TIED_BITS: Final = 12
_COLUMNS: Final = ("estimate", "ci_low", "ci_high", "p", "tau2")


@dataclass(frozen=True, slots=True)
class Explained:
    """What one choice explains of the variation among the analyses.

    ``first`` and ``total`` are its shares of the variance of the estimates: by itself, and with all
    that it does together with other choices; ``None`` where the estimates do not vary, and the second
    also where the other choices settle this one. ``verdict``
    is the share of the uncertainty about the verdict (in bits) that knowing the option removes;
    ``None`` where all analyses agree.
    """

    choice: str
    first: float | None
    total: float | None
    verdict: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse:
    """Analyses of the same trials, one for each combination of options.

    ``choices`` names the dimensions; ``options`` has a row an analysis with its option of each.
    Estimates are on the analysis scale. ``skipped`` are combinations that are not defined, with the
    reason; nothing is dropped without one.
    """

    effects: EffectSizes
    preset: str
    choices: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    estimate: Floats
    ci_low: Floats
    ci_high: Floats
    p: Floats
    tau2: Floats
    k: Ints
    verdict: tuple[Verdict, ...]
    threshold: float
    explained: tuple[Explained, ...]
    skipped: tuple[tuple[tuple[str, ...], str], ...]

    def __len__(self) -> int:
        return len(self.options)

    def share(self, verdict: Verdict) -> float:
        """Return the share of analyses with this verdict."""
        return self.verdict.count(verdict) / len(self.verdict)

    @property
    def shares(self) -> dict[Verdict, float]:
        """The share of analyses with each verdict."""
        return {verdict: self.share(verdict) for verdict in VERDICTS}

    @property
    def agreement(self) -> float:
        """The share of analyses that have the most frequent verdict."""
        return max(self.shares.values())

    @property
    def deciding(self) -> str | None:
        """The choice that tells most about the verdict; ``None`` where all analyses agree."""
        known = [each for each in self.explained if each.verdict is not None]
        if not known:
            return None
        return max(known, key=lambda each: round(each.verdict or 0.0, _TIED_BITS)).choice

    def tidy(self) -> Any:
        """Return a row an analysis, as the user's kind of frame (else a dict of lists)."""
        return to_frame(self._columns(), self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        explained = [
            {"choice": e.choice, "first": e.first, "total": e.total, "verdict": e.verdict}
            for e in self.explained
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "multiverse",
            "preset": self.preset,
            "choices": list(self.choices),
            "threshold": self.threshold,
            "shares": self.shares,
            "deciding": self.deciding,
            "explained": explained,
            "analyses": {name: list(values) for name, values in self._columns().items()},
            "skipped": [{"options": list(o), "reason": reason} for o, reason in self.skipped],
        }

    def _columns(self) -> dict[str, Sequence[Any]]:
        columns: dict[str, Sequence[Any]] = {
            f"choice_{name}": [row[i] for row in self.options]
            for i, name in enumerate(self.choices)
        }
        columns |= {name: _plain(getattr(self, name)) for name in _COLUMNS}
        return columns | {"k": [int(k) for k in self.k], "verdict": list(self.verdict)}

    def specification_curve(self, **labels: Any) -> Figure:
        """Draw the specification curve; see `equipoise.stats.plots.specification_curve`."""
        from equipoise.stats.plots.specification_curve import specification_curve  # noqa: PLC0415  # figures load when drawn

        return specification_curve(self, **labels)

    def __str__(self) -> str:
        return multiverse_text(self)


def multiverse(
    effects: EffectSizes,
    *,
    methods: Mapping[str, Sequence[Any]] | None = None,
    trials: Mapping[str, Mapping[str, Any]] | None = None,
    leave_one_out: bool = False,
    preset: str = "cochrane-2025",
    threshold: float = 0.0,
) -> Multiverse:
    """Pool the same trials in every combination of options, as one batch.

    The verdict of an analysis says on which side of ``threshold`` its confidence interval lies:
    ``lower``, ``higher``, or ``unclear`` where it holds the threshold. Steegen and others 2016,
    doi:10.1177/1745691616658637; Simonsohn and others 2020, doi:10.1038/s41562-020-0912-z. The
    choice that decides the verdict is the one whose option leaves the least uncertainty about it.

    Args:
        effects: The trials.
        methods: Options to combine, by the names of `resolve_methods`: ``{"tau2": ["DL", "REML"],
            "ci": [...]}``; by default `METHODS`. Options that do not bear on a model (an estimator
            of τ² with ``model="common"``) make no further analyses.
        trials: Sets of trials to combine with them: ``{"risk of bias": {"all": None, "low only":
            mask}}``, a mask being booleans, one a trial, and ``None`` all of them. Sets of several
            choices are intersected.
        leave_one_out: Whether to leave out each trial in turn as well, as a choice ``left out``.
        preset: The methods of whatever is not combined.
        threshold: The value on the analysis scale that verdicts are about; no effect by default.

    Raises:
        DataError: If a mask has the wrong shape, or no analysis at all can be made.
        MethodError: For options that do not exist.

    Example:
        >>> from equipoise.stats import effect_sizes
        >>> some = effect_sizes("GENERIC", estimate=[0.1, 0.5, 0.4], se=[0.1, 0.2, 0.2])
        >>> many = multiverse(some, methods={"model": ["common", "random"], "tau2": ["DL", "ML"]})
        >>> len(many), many.share("higher") > 0.3
        (3, True)
    """
    wanted = METHODS if methods is None else methods
    specs, skipped = _specs(preset, effects, wanted)
    names, labels, keep = _sets(effects, trials or {}, leave_one_out=leave_one_out)
    if not specs:
        raise DataError("no analysis could be made: " + reasons(skipped), rule="analyses")
    fits = pool_subsets(effects, keep, list(specs.values()))
    made = np.flatnonzero(np.isfinite(fits.estimate)).tolist()
    sizes = np.broadcast_to(fits.k, fits.estimate.shape).ravel()
    rows = [(*one, *trial_set) for one in specs for trial_set in labels]
    lost = sorted(set(range(len(rows))) - set(made))
    skipped += [(rows[i], _no_estimate(int(sizes[i]))) for i in lost]
    if not made:
        raise DataError("no analysis could be made: " + reasons(skipped), rule="analyses")
    columns = {name: getattr(fits, name).ravel()[made] for name in _COLUMNS}
    verdict = tuple(_verdicts(columns["ci_low"], columns["ci_high"], threshold))
    choices, options = (*wanted, *names), tuple(rows[i] for i in made)
    return Multiverse(
        effects=effects,
        preset=preset,
        choices=choices,
        options=options,
        k=sizes[made],
        verdict=verdict,
        threshold=threshold,
        explained=_explain(choices, options, columns["estimate"], verdict),
        skipped=tuple(skipped),
        **columns,
    )


def _specs(
    preset: str, effects: EffectSizes, wanted: Mapping[str, Sequence[Any]]
) -> tuple[dict[tuple[str, ...], MethodSpec], list[tuple[tuple[str, ...], str]]]:
    """Resolve every combination of options; those that differ in nothing that counts are one."""
    found: dict[tuple[str, ...], MethodSpec] = {}
    skipped: dict[tuple[str, ...], str] = {}
    for values in product(*wanted.values()):
        asked = dict(zip(wanted, values, strict=True))
        common = asked.get("model") == "common"
        given = {name: v for name, v in asked.items() if not (common and name in _RANDOM_ONLY)}
        labels = tuple(str(v) if name in given else NOT_ASKED for name, v in asked.items())
        if labels in found or labels in skipped:
            continue
        try:
            found[labels] = resolve_methods(preset, effects.measure, **given)
        except MethodError as error:
            if error.reason == "there is no such option":
                raise
            skipped[labels] = error.reason or str(error)
    return found, list(skipped.items())


def _sets(
    effects: EffectSizes, trials: Mapping[str, Mapping[str, Any]], *, leave_one_out: bool
) -> tuple[tuple[str, ...], list[tuple[str, ...]], Bools]:
    """Return the names of the choices of trials, their combinations, and a mask for each."""
    everything = np.ones(len(effects), dtype=np.bool_)
    choices = {
        name: {label: _mask(effects, name, label, mask) for label, mask in options.items()}
        for name, options in trials.items()
    }
    if leave_one_out:
        each = {"none": everything}
        for row in np.flatnonzero(effects.estimable):
            without = everything.copy()
            without[row] = False
            each[effects.study[row]] = without
        choices["left out"] = each
    labels, masks = [], []
    for combination in product(*(options.items() for options in choices.values())):
        labels.append(tuple(label for label, _ in combination))
        masks.append(np.logical_and.reduce([everything, *(mask for _, mask in combination)]))
    return tuple(choices), labels, np.array(masks, dtype=np.bool_)


def _mask(effects: EffectSizes, name: str, label: str, mask: Any) -> Bools:
    if mask is None:
        return np.ones(len(effects), dtype=np.bool_)
    values = np.asarray(mask)
    if values.dtype != np.bool_ or values.shape != (len(effects),):
        raise DataError(
            f"trials[{name!r}][{label!r}] must be {len(effects)} booleans, one a trial, or None "
            f"for all; it is {values.dtype} of shape {values.shape}",
            rule="a mask of trials",
        )
    return values


def _verdicts(low: Floats, high: Floats, threshold: float) -> Iterator[Verdict]:
    for bottom, top in zip(low, high, strict=True):
        if bottom > threshold:
            yield "higher"
        else:
            yield "lower" if top < threshold else "unclear"


def _explain(
    choices: Sequence[str],
    options: Sequence[tuple[str, ...]],
    estimate: Floats,
    verdict: Sequence[Verdict],
) -> tuple[Explained, ...]:
    if not choices:
        return ()
    coded = np.column_stack(
        [
            np.unique([row[d] for row in options], return_inverse=True)[1]
            for d in range(len(choices))
        ]
    ).astype(np.intp)
    shares = variance_shares(estimate, coded)
    results = np.array([VERDICTS.index(each) for each in verdict], dtype=np.intp)
    before = conditional_entropy(results, np.zeros_like(results))
    return tuple(
        Explained(
            choice=name,
            first=_finite(shares.first[d]),
            total=None if _settled(coded, d) else _finite(shares.total[d]),
            verdict=1.0 - conditional_entropy(results, coded[:, d]) / before if before else None,
        )
        for d, name in enumerate(choices)
    )


def _no_estimate(k: int) -> str:
    return "no trial is left" if k == 0 else "it is not defined for these trials"


def _settled(coded: Ints, d: int) -> bool:
    """Whether the other choices settle this one: an estimator of τ² says that effects are random."""
    others = np.delete(coded, d, axis=1)
    return np.unique(others, axis=0).shape[0] == np.unique(coded, axis=0).shape[0] and bool(
        np.unique(coded[:, d]).size > 1
    )


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain(values: Floats) -> list[float | None]:
    return [_finite(value) for value in values]
