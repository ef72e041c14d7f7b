"""The resolved options of every estimate, as a table beside the methods in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.findings import Findings, Methods
from equipoise.report.effects import preset_name
from equipoise.report.options import option_name
from equipoise.words import numbers, phrases


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One set of options and how many estimates were made with it."""

    preset: str
    measure: str
    model: str
    weighting: str
    tau2: str
    interval: str
    prediction: str
    tau2_interval: str
    i2: str
    zero_cells: str
    level: str
    estimates: str


def method_rows(findings: Findings) -> tuple[MethodRow, ...]:
    """List the distinct sets of options in use, in the order of presets and measures."""
    used: dict[MethodRow, int] = {}
    for finding in findings.findings:
        for estimate in finding.estimates.values():
            row = _row(estimate.methods)
            used[row] = used.get(row, 0) + 1
    ordered = sorted(used.items(), key=lambda item: (item[0].preset, item[0].measure))
    return tuple(_with_count(row, count) for row, count in ordered)


def _row(methods: Methods) -> MethodRow:
    return MethodRow(
        preset=phrases.name_start(preset_name(methods.preset)),
        measure=phrases.name_start(phrases.measure(methods.measure)),
        model=option_name(methods.model),
        weighting=option_name(methods.method),
        tau2=option_name(methods.tau2),
        interval=option_name(methods.ci),
        prediction=option_name(methods.pi),
        tau2_interval=option_name(methods.tau2_ci),
        i2=option_name(methods.i2),
        zero_cells=option_name(methods.zero_cells),
        level=numbers.share(methods.level),
        estimates="",
    )


def _with_count(row: MethodRow, count: int) -> MethodRow:
    return replace(row, estimates=numbers.count(count))
