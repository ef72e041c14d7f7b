"""Tests of coefficients: some of them, linear combinations, one model against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels import regression_tests
from equipoise.kernels.batches import Floats
from equipoise.kernels.distributions import chi2_upper
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators import text
from equipoise.stats.moderators.linear import (
    Estimate,
    JointTest,
    estimates_of,
    joint_test,
    plain,
)
from equipoise.stats.notes import Note

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Linear combinations of coefficients: a row each, and the test of all of them together.

    ``statistic`` and ``p`` of a row test it against its ``right`` side. ``joint`` is ``None`` where
    the combinations repeat each other.
    """

    fit: MetaRegression
    rows: tuple[Estimate, ...]
    right: tuple[float, ...]
    joint: JointTest | None

    def tidy(self) -> Any:
        """Return a row a combination, as the user's kind of frame (else a dict of lists)."""
        rows = [asdict(row) for row in self.rows]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns | {"right": list(self.right)}, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "contrasts",
            "rows": [asdict(row) for row in self.rows],
            "right": list(self.right),
            "joint": None if self.joint is None else self.joint.to_dict(),
        }

    def __str__(self) -> str:
        lines = ["Linear combinations of coefficients"]
        lines += text.estimate_rows(self.rows, self.fit.options.level, "")
        if self.joint is not None and len(self.rows) > 1:
            lines.append(f"  {self.joint}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test of a smaller model within a larger one."""

    statistic: float
    df: int
    p: float | None
    larger: str
    smaller: str
    restricted: bool
    caution: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        caution = [note.to_dict() for note in self.caution]
        head = {"schema_version": SCHEMA_VERSION, "kind": "likelihood-ratio"}
        return head | asdict(self) | {"caution": caution}

    def __str__(self) -> str:
        shown = printing.number(self.statistic)
        lines = [
            f"Likelihood-ratio test: {self.larger} against {self.smaller}",
            f"  χ² = {shown} ({self.df} df), {printing.p_value(self.p)}",
        ]
        return "\n".join([*lines, *text.note_lines(self.caution, "Caution")])


def test(fit: MetaRegression, what: Any) -> JointTest:
    """Test terms or columns together against zero.

    ``what`` is a term (``"C(allocation)"``), a column, a position counted from zero, a span
    ``"1:2"`` (both ends), or a list of these. The R call is ``metafor::anova(fit, btt = )``.

    Raises:
        MethodError: If the model has no such term or column.
    """
    which = np.array(fit.matrix.positions(what), dtype=np.intp)
    df = np.array([np.inf if fit.df is None else fit.df])
    found = regression_tests.subset(fit.estimates[None], fit.covariance[None], which, df)
    return joint_test([fit.matrix.names[i] for i in which], found)


def contrast(
    fit: MetaRegression, weights: Any, right: Any = 0.0, *, names: Sequence[str] | None = None
) -> Contrasts:
    r"""Test the hypotheses :math:`L \beta = r`.

    ``weights`` is a row ``L`` with a number a coefficient, several rows, or a mapping from
    coefficients to numbers. The R call is ``metafor::anova(fit, X = L, rhs = r)``.

    Raises:
        DataError: If the shape does not fit the coefficients.
    """
    block = _rows(fit, weights)
    values = block @ fit.estimates
    target = np.broadcast_to(np.asarray(right, dtype=np.float64), values.shape)
    covariance = block @ fit.covariance @ block.T
    labels = tuple(names) if names is not None else tuple(_label(fit, row) for row in block)
    if len(labels) != values.size:
        raise DataError(f"names must be {values.size}, not {len(labels)}", rule="a name a row")
    rows = combination(fit, labels, values, covariance, target)
    return Contrasts(
        fit, rows, tuple(target.tolist()), _joint(fit, labels, values, covariance, target)
    )


def combination(
    fit: MetaRegression, names: Sequence[str], values: Floats, covariance: Floats, target: Floats
) -> tuple[Estimate, ...]:
    """Return a row for each combination, tested against its target, bounded around itself."""
    se = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    tested = estimates_of(names, values - target, se, fit.df, fit.options.level)
    return tuple(
        Estimate(
            row.name, float(value), row.se, row.statistic, row.df, row.p,
            row.ci_low + float(aim), row.ci_high + float(aim),
        )
        for row, value, aim in zip(tested, values, target, strict=True)
    )  # fmt: skip


def likelihood_ratio(one: MetaRegression, other: MetaRegression) -> LikelihoodRatio:
    r"""Test a smaller model within a larger one by twice the difference of log-likelihoods.

    Both must be fitted to the same trials. Models with other moderators must be fitted by maximum
    likelihood (``tau2="ML"``): restricted likelihoods of different designs are of different data.
    The R call is ``metafor::anova(fit1, fit2)``.

    Raises:
        MethodError: If the trials differ, if neither model contains the other, or for restricted
            likelihoods of different moderators.
    """
    larger, smaller = (one, other) if _parameters(one) >= _parameters(other) else (other, one)
    _check_same_trials(larger, smaller)
    _check_nested(larger, smaller)
    restricted = _check_likelihood(larger, smaller)
    values = [(fit.reml if restricted else fit.ml).log_likelihood for fit in (larger, smaller)]
    df = _parameters(larger) - _parameters(smaller)
    statistic = max(0.0, 2.0 * (values[0] - values[1]))
    p = plain(chi2_upper(np.array([statistic]), np.array([float(df)]))[0])
    caution: tuple[Note, ...] = ()
    if (larger.tau2 is None) != (smaller.tau2 is None):
        told = "tau2 = 0 lies on the boundary: this p-value is too large, up to twice"
        caution = (Note("boundary", told),)
    return LikelihoodRatio(statistic, df, p, _title(larger), _title(smaller), restricted, caution)


def _parameters(fit: MetaRegression) -> int:
    return fit.ml.parameters


def _check_same_trials(larger: MetaRegression, smaller: MetaRegression) -> None:
    same = larger.k == smaller.k and (
        np.array_equal(larger.yi, smaller.yi) and np.array_equal(larger.vi, smaller.vi)
    )
    if not same:
        raise _not_comparable(
            "the models are fitted to different trials; leave out the trials with missing "
            "moderators from both"
        )


def _check_nested(larger: MetaRegression, smaller: MetaRegression) -> None:
    if _parameters(larger) == _parameters(smaller):
        raise _not_comparable("the models have the same number of parameters; nothing to test")
    big, small = larger.matrix.values, smaller.matrix.values
    shares = np.linalg.lstsq(big, small, rcond=None)[0]
    size = np.abs(small).max(axis=0, initial=1.0)
    if (np.abs(big @ shares - small) / size > 1e-8).any():  # noqa: PLR2004  # rounding of a projection
        raise _not_comparable("the smaller model is not part of the larger one")


def _check_likelihood(larger: MetaRegression, smaller: MetaRegression) -> bool:
    """Return whether the restricted likelihood is to be used."""
    used = {fit.options.tau2 for fit in (larger, smaller)} - {None, "fixed"}
    if used - {"ML", "REML"} or len(used) > 1:
        raise _not_comparable(
            "a likelihood-ratio test needs both models fitted by tau2='ML' (or both by 'REML', if "
            "only tau2 differs)"
        )
    if used == {"REML"} and larger.p != smaller.p:
        raise _not_comparable(
            "REML likelihoods of models with different moderators cannot be compared; fit both "
            "with tau2='ML'"
        )
    return used == {"REML"}


def _not_comparable(reason: str) -> MethodError:
    return MethodError(reason, spec="likelihood_ratio", reason="models that cannot be compared")


def _title(fit: MetaRegression) -> str:
    return fit.matrix.formula or " + ".join(fit.matrix.names)


def _rows(fit: MetaRegression, weights: Any) -> Floats:
    if isinstance(weights, dict):
        row = np.zeros(fit.p)
        for name, value in weights.items():
            row[list(fit.matrix.positions(name))] = float(value)
        return row[None]
    block = np.asarray(weights, dtype=np.float64)
    block = block[None] if block.ndim == 1 else block
    if block.ndim != 2 or block.shape[1] != fit.p or not np.isfinite(block).all():  # noqa: PLR2004  # rows and columns
        raise DataError(
            f"a contrast has {fit.p} numbers, one a coefficient: {', '.join(fit.matrix.names)}",
            rule="a number for each coefficient",
        )
    return block


def _joint(
    fit: MetaRegression, names: Sequence[str], values: Floats, covariance: Floats, target: Floats
) -> JointTest | None:
    if np.linalg.matrix_rank(covariance, hermitian=True) < values.size:
        return None
    df = np.array([np.inf if fit.df is None else fit.df])
    found = regression_tests.wald((values - target)[None], covariance[None], df)
    return joint_test(names, found)


def _label(fit: MetaRegression, row: Floats) -> str:
    parts: list[str] = []
    for name, value in zip(fit.matrix.names, row.tolist(), strict=True):
        if value == 0.0:
            continue
        factor = "" if abs(value) == 1.0 else f"{abs(value):g} "
        sign = "−" if value < 0 else ("+" if parts else "")
        parts.append(f"{sign} {factor}{name}".strip() if parts else f"{sign}{factor}{name}")
    return " ".join(parts) or "0"
