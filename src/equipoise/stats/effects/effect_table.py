"""A table of effect sizes: what each trial says, on the scale where they are pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.stats import printing
from equipoise.stats.effects import _display, route_words
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import ONE_GROUP, RATIO, SUPERIORITY, Measure, check_fraction

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True, eq=False)
class EffectSizes:
    """Estimates and variances of trials, on the analysis scale (log for ratio measures).

    Args:
        measure: The effect measure.
        study: Labels, one a trial.
        yi: Estimates, ``nan`` where a trial is not estimable.
        vi: Sampling variances, ``nan`` where a trial is not estimable.
        reasons: Why a trial is not estimable, in words; ``None`` where it is.
        columns: The numbers the estimates were computed from.
        options: The options they were computed with.
        notes: Remarks about rows.
        backend: The kind of frame the data came in, for `tidy`.
        route: The code of the way each row took from what was reported; `explain` says what it means.
        settings: The options of these ways: ``level``, ``medians``, ``mean_ci``, ``yates``, ``j``.
    """

    measure: Measure
    study: tuple[str, ...]
    yi: Floats
    vi: Floats
    reasons: tuple[str | None, ...]
    columns: Mapping[str, Floats]
    options: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    backend: str | None = None
    route: tuple[str | None, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def k(self) -> int:
        """Number of trials that can be estimated."""
        return int(np.count_nonzero(self.estimable))

    @property
    def sei(self) -> Floats:
        """Standard errors on the analysis scale."""
        return np.sqrt(self.vi)

    @property
    def shown_sei(self) -> Floats:
        """Standard errors in units of the display scale, from the width of the intervals there."""
        if not _display.is_transformed(self.measure):
            return self.sei
        _, low, high = self.transformed()
        return (high - low) / (2.0 * normal_critical(0.95))

    @property
    def estimable(self) -> Bools:
        """Which trials can be estimated."""
        return np.isfinite(self.yi)

    @property
    def ratio(self) -> bool:
        """Whether the measure is a ratio, analysed as a logarithm."""
        return self.measure in RATIO

    @property
    def null(self) -> float | None:
        """The value of no effect on the display scale; ``None`` for single groups."""
        if self.measure in ONE_GROUP:
            return None
        if self.measure in SUPERIORITY:
            return 0.5
        return 1.0 if self.ratio else 0.0

    @property
    def zero_is_no_effect(self) -> bool:
        """Whether zero on the analysis scale means no effect, as a test of zero supposes."""
        return self.measure not in ONE_GROUP | SUPERIORITY

    def __len__(self) -> int:
        return len(self.study)

    def intervals(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the trials' Wald limits on the analysis scale."""
        check_fraction("level", level)
        half = normal_critical(level) * self.sei
        return self.yi - half, self.yi + half

    def transformed(self, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return estimates and limits on the display scale (ratios as ratios, logits as risks)."""
        low, high = self.intervals(level)
        if not _display.is_transformed(self.measure):
            return self.yi, low, high
        yi, low, high = (
            _display.of_studies(self.measure, values, self.columns)
            for values in (self.yi, low, high)
        )
        return yi, low, high

    def pooled_transformed(self, values: Floats) -> Floats:
        """Return pooled values on the display scale.

        Freeman-Tukey transforms go back by the harmonic mean of the sizes of the trials that can
        be estimated, also for values pooled from fewer of them.
        """
        return _display.of_pooled(self.measure, values, self.columns, self.estimable)

    def subset(self, mask: Any) -> EffectSizes:
        """Keep some trials: a boolean for each, or positions.

        Raises:
            DataError: If a boolean mask has another length than there are trials.
        """
        index = np.asarray(mask)
        if index.dtype == np.bool_:
            if index.shape != (len(self),):
                raise DataError(
                    f"the mask must have {len(self)} values, not {index.size}", rule="mask length"
                )
            index = np.flatnonzero(index)
        index = index.astype(np.intp)
        return replace(
            self,
            study=tuple(self.study[i] for i in index),
            yi=self.yi[index],
            vi=self.vi[index],
            reasons=tuple(self.reasons[i] for i in index),
            columns=MappingProxyType({name: c[index] for name, c in self.columns.items()}),
            notes=(),
            route=tuple(self._routes()[i] for i in index),
        )

    def tidy(self, level: float = 0.95) -> Any:
        """Return a row a trial, as the kind of frame that came in (else a dict of lists)."""
        low, high = self.intervals(level)
        shown = self.transformed(level)
        columns: dict[str, list[Any]] = {"study": list(self.study)}
        columns |= {name: _plain(values) for name, values in self.columns.items()}
        columns |= {
            "yi": _plain(self.yi),
            "vi": _plain(self.vi),
            "se": _plain(self.sei),
            "ci_low": _plain(low),
            "ci_high": _plain(high),
            "effect": _plain(shown[0]),
            "effect_low": _plain(shown[1]),
            "effect_high": _plain(shown[2]),
            "reason": list(self.reasons),
            "route": list(self._routes()),
        }
        return to_frame(columns, self.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: no NaN, no infinity."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "effect-sizes",
            "measure": self.measure,
            "options": dict(self.options),
            "study": list(self.study),
            "yi": _plain(self.yi),
            "vi": _plain(self.vi),
            "reasons": list(self.reasons),
            "route": list(self._routes()),
            "settings": dict(self.settings),
            "columns": {name: _plain(values) for name, values in self.columns.items()},
            "notes": [note.to_dict() for note in self.notes],
        }

    def explain(self) -> str:
        """Return how each row came to its effect size: the formula in words, and what it supposes."""
        return route_words.explanation(self.study, self._routes(), self.reasons, self.settings)

    def _routes(self) -> tuple[str | None, ...]:
        """Return the routes; ``None`` for rows put together elsewhere."""
        return self.route if len(self.route) == len(self) else (None,) * len(self)

    def __str__(self) -> str:
        return printing.effect_sizes_text(self)


def _plain(values: Floats) -> list[float | None]:
    """Return Python floats, ``None`` where not finite."""
    return [float(v) if np.isfinite(v) else None for v in values]
