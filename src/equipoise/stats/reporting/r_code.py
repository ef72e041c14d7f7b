"""The R script that gives the same numbers, so that a result can be checked by other software."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from equipoise._version import __version__
from equipoise.kernels.batches import Floats, from_block
from equipoise.stats._weights import pooling_weights
from equipoise.stats.options import ONE_GROUP, RATE, TABLE, check_word
from equipoise.stats.reporting._r_intervals import fit_lines, prediction_lines

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_table import EffectSizes
    from equipoise.stats.presets import MethodSpec
    from equipoise.stats.results import MetaAnalysis

Language = Literal["R"]

_TABLE_ARGUMENTS: Final = {"events_1": "ai", "n_1": "n1i", "events_2": "ci", "n_2": "n2i"}
_RATE_ARGUMENTS: Final = {"events_1": "x1i", "time_1": "t1i", "events_2": "x2i", "time_2": "t2i"}
_MEAN_ARGUMENTS: Final = {
    "mean_1": "m1i", "sd_1": "sd1i", "n_1": "n1i", "mean_2": "m2i", "sd_2": "sd2i", "n_2": "n2i",
}  # fmt: skip
_CORRELATION_ARGUMENTS: Final = {"r": "ri", "n": "ni"}
_PROPORTION_ARGUMENTS: Final = {"events": "xi", "n": "ni"}
_SINGLE_RATE_ARGUMENTS: Final = {"events": "xi", "time": "ti"}
_ARGUMENTS: Final[dict[str, dict[str, str]]] = {
    **dict.fromkeys(("RR", "OR", "RD", "AS", "PHI", "YUQ", "YUY"), _TABLE_ARGUMENTS),
    **dict.fromkeys(("IRR", "IRD", "IRSD"), _RATE_ARGUMENTS),
    **dict.fromkeys(("MD", "SMD"), _MEAN_ARGUMENTS),
    **dict.fromkeys(("COR", "ZCOR"), _CORRELATION_ARGUMENTS),
    **dict.fromkeys(("PR", "PLN", "PLO", "PAS", "PFT"), _PROPORTION_ARGUMENTS),
    **dict.fromkeys(("IR", "IRLN", "IRS", "IRFT"), _SINGLE_RATE_ARGUMENTS),
    "MN": {"mean": "mi", "sd": "sdi", "n": "ni"},
}
"""What `escalc` calls the columns, for measures it has computed alike in all its versions."""

_ADDED_TO: Final = {"none": "none", "only-zero": "only0", "if-any-zero": "if0all", "all": "all"}
_CONTROL: Final = "control = list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)"
_NO_MH_RANDOM: Final = (
    "# metafor has no Mantel-Haenszel random-effects model: Q is taken around the Mantel-Haenszel",
    "# estimate here, and tau2 follows from it by DerSimonian and Laird's formula.",
)


def code(fit: MetaAnalysis, language: Language = "R") -> str:
    """Return an R script that gives the numbers of ``fit`` with the package metafor.

    The script holds the data, and ends by printing the numbers next to which those of ``fit``
    stand as a comment. Trials enter as what they reported where `escalc` computes their effects
    alike, and else as effects and variances, to the last digit.

    Raises:
        MethodError: For a language other than R.
    """
    check_word("language", language, ("R",))
    effects, spec = fit.effects, fit.methods
    head = [
        f"# Written by Equipoise {__version__}. The numbers of its result are at the end.",
        "library(metafor)",
        *(["library(CompQuadForm)  # metafor asks for it"] if spec.tau2 == "GENQM" else []),
        "",
    ]
    return "\n".join([*head, *_fit_lines(effects, spec), *_result_lines(fit), ""])


def _fit_lines(effects: EffectSizes, spec: MethodSpec) -> list[str]:
    if spec.method == "Peto" and "events_1" in effects.columns:
        return [*_data(effects, _TABLE_ARGUMENTS), *_peto(spec)]
    if spec.method == "MH":
        return [*_data(effects, _arguments(effects)), *_mantel_haenszel(effects, spec)]
    if spec.method == "Peto":
        return [*_estimates(effects), *_inverse_variance(spec, [])]
    names = _ARGUMENTS[effects.measure] if _computed_alike(effects) else None
    data = _estimates(effects) if names is None else [*_data(effects, names), *_escalc(effects)]
    return [*data, *_inverse_variance(spec, _weights(effects, spec))]


def _arguments(effects: EffectSizes) -> dict[str, str]:
    return _RATE_ARGUMENTS if effects.measure in RATE else _TABLE_ARGUMENTS


def _computed_alike(effects: EffectSizes) -> bool:
    """Whether `escalc` computes these effects from the same columns in the same way."""
    names = _ARGUMENTS.get(effects.measure)
    options = effects.options
    if names is None or any(not _complete(effects, column) for column in names):
        return False
    if options.get("zero_cells", "none") not in _ADDED_TO:
        return False
    if options.get("double_zero") == "revman":
        return False
    return effects.measure != "SMD" or options.get("smd_variance") == "hedges-ls"


def _complete(effects: EffectSizes, column: str) -> bool:
    return column in effects.columns and bool(np.isfinite(effects.columns[column]).all())


def _data(effects: EffectSizes, names: dict[str, str]) -> list[str]:
    columns = {short: effects.columns[column] for column, short in names.items()}
    return _frame(effects.study, columns)


def _estimates(effects: EffectSizes) -> list[str]:
    why = f"# Effects ({effects.measure}) and variances as Equipoise computed them."
    return [why, *_frame(effects.study, {"yi": effects.yi, "vi": effects.vi})]


def _frame(study: Sequence[str], columns: dict[str, Floats]) -> list[str]:
    cells = {"study": [_quoted(name) for name in study]}
    cells |= {name: [_number(value) for value in values] for name, values in columns.items()}
    lines = [f"  {name} = c({', '.join(values)})" for name, values in cells.items()]
    return ["dat <- data.frame(", ",\n".join(lines), ")"]


def _escalc(effects: EffectSizes) -> list[str]:
    names = _ARGUMENTS[effects.measure]
    parts = [f'measure = "{effects.measure}"', *(f"{short} = {short}" for short in names.values())]
    options = effects.options
    if options.get("zero_cells") is not None:
        add = _number(options.get("add", 0.5))
        parts += [f"add = {add}", f'to = "{_ADDED_TO[options["zero_cells"]]}"']
    if options.get("double_zero") is not None and effects.measure not in ONE_GROUP | {"RD", "IRD"}:
        parts.append(f"drop00 = {_logical(yes=options['double_zero'] == 'drop')}")
    return [f"dat <- escalc({', '.join(parts)}, data = dat)"]


def _weights(effects: EffectSizes, spec: MethodSpec) -> list[str]:
    """Return the argument that gives trials other weights than the inverse of their variances."""
    if spec.weighting == "inverse-variance":
        return []
    if spec.weighting == "equal":
        return ["weighted = FALSE"]
    if spec.weighting == "ivhet":
        return ["weights = 1 / vi"]
    batch = from_block(effects.yi, effects.vi, effects.estimable[None, :])
    return [f"weights = {_vector(pooling_weights(effects, batch, spec)[0])}"]


def _inverse_variance(spec: MethodSpec, weights: list[str]) -> list[str]:
    parts = ["yi", "vi", "data = dat", "slab = study", f"level = {_number(100.0 * spec.level)}"]
    if spec.model == "common":
        return fit_lines(spec, ", ".join([*parts, 'method = "EE"', *weights]))
    lines: list[str] = []
    if spec.tau2_value is not None:
        parts.append(f"tau2 = {_number(spec.tau2_value)}")
    elif spec.tau2_weights is not None:
        of_q = f"weights = {_vector(spec.tau2_weights)}"
        general_q = [*parts, f'method = "{spec.tau2}"', of_q, _CONTROL]
        lines = [f"general_q <- rma({', '.join(general_q)})"]
        parts.append("tau2 = general_q$tau2")
    else:
        parts += [f'method = "{spec.tau2}"', _CONTROL]
    return [*lines, *fit_lines(spec, ", ".join([*parts, *weights])), *prediction_lines(spec)]


def _mantel_haenszel(effects: EffectSizes, spec: MethodSpec) -> list[str]:
    names = _arguments(effects)
    parts = [f'measure = "{effects.measure}"', *(f"{short} = {short}" for short in names.values())]
    parts += ["data = dat", "slab = study", "correct = FALSE", f"level = {_number(100 * spec.level)}"]  # fmt: skip
    add = _number(spec.add)
    if spec.mh_counts == "corrected":
        parts += [f"add = c({add}, {add})", 'to = c("only0", "only0")', "drop00 = c(TRUE, TRUE)"]
    else:
        parts += [f"add = c({add}, 0)", 'to = c("only0", "none")']
    lines = [f"fit <- rma.mh({', '.join(parts)})"]
    if spec.model == "random":
        return [*_NO_MH_RANDOM, *lines]
    if effects.measure in TABLE and spec.measure == "RD" and spec.mh_rd_variance != "sato":
        note = "# metafor has the variance of Sato; that of Greenland and Robins differs a little."
        return [note, *lines]
    return lines


def _peto(spec: MethodSpec) -> list[str]:
    level = _number(100 * spec.level)
    arguments = ", ".join(f"{short} = {short}" for short in _TABLE_ARGUMENTS.values())
    options = f'data = dat, slab = study, level = {level}, add = 0, to = "none"'
    return [f"fit <- rma.peto({arguments}, {options})"]


def _result_lines(fit: MetaAnalysis) -> list[str]:
    """Print R's numbers, and say what they should be."""
    lines = [
        "print(fit)",
        "numbers <- c(estimate = as.numeric(fit$beta), se = fit$se, ci_low = fit$ci.lb,",
        "             ci_high = fit$ci.ub, tau2 = fit$tau2, q = fit$QE)",
        "if (exists('pi_limits')) numbers <- c(numbers, pi_limits)",
        "print(numbers, digits = 10)",
    ]
    named = {
        "estimate": fit.estimate, "se": fit.se, "ci_low": fit.ci_low, "ci_high": fit.ci_high,
        "tau2": fit.tau2, "q": fit.q, "pi_low": fit.pi_low, "pi_high": fit.pi_high,
    }  # fmt: skip
    known = [f"{name} {value:.10g}" for name, value in named.items() if value is not None]
    return [*lines, f"# Equipoise: {', '.join(known)}"]


def _vector(values: Iterable[float]) -> str:
    return f"c({', '.join(_number(value) for value in values)})"


def _number(value: float) -> str:
    """Return a number as R reads it back to the same bits; ``NA`` where there is none."""
    number = float(value)
    if not math.isfinite(number):
        return "NA"
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)  # noqa: PLR2004  # integers up to here are exact


def _logical(*, yes: bool) -> str:
    return "TRUE" if yes else "FALSE"


def _quoted(text: str) -> str:
    """Return an R string; control characters are written as their code points."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
