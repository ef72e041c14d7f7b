"""Look things of the findings up by their ids, and call them what readers call them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.findings import ComparisonInfo, Finding, Findings, GapCell, OutcomeInfo


@dataclass(frozen=True, slots=True)
class Directory:
    """The members of ``Findings`` by their ids."""

    all: Findings
    findings: dict[str, Finding]
    outcomes: dict[str, OutcomeInfo]
    comparisons: dict[str, ComparisonInfo]
    times: dict[str, str]

    def of(self, comparison: ComparisonInfo) -> Iterator[Finding]:
        """Go through a comparison's findings: benefits before harms, else in the given order."""
        own = [f for f in self.all.findings if f.comparison == comparison.id]
        yield from (f for f in own if f.domain == "benefit")
        yield from (f for f in own if f.domain == "harm")

    def gaps_of(self, comparison: ComparisonInfo) -> Iterator[GapCell]:
        """Go through a comparison's planned cells that no trial gave numbers for."""
        own = [g for g in self.all.gaps if g.comparison == comparison.id and g.status == "no data"]
        yield from (g for g in own if self.outcomes[g.outcome].domain == "benefit")
        yield from (g for g in own if self.outcomes[g.outcome].domain == "harm")

    def time(self, identifier: str | None) -> str | None:
        """Name a time window."""
        return None if identifier is None else self.times.get(identifier, identifier)

    def short_title(self, finding: Finding) -> str:
        """Name a finding where its comparison is known: the outcome and when."""
        return self.cell_title(finding.outcome, finding.time)

    def cell_title(self, outcome: str, time: str | None) -> str:
        """Name a planned cell where its comparison is known: the outcome and when."""
        when = self.time(time)
        name = self.outcomes[outcome].name
        return name if when is None else f"{name}, {when}"


def directory(findings: Findings) -> Directory:
    """Build the directory of ``findings``."""
    return Directory(
        all=findings,
        findings={f.id: f for f in findings.findings},
        outcomes={o.id: o for o in findings.outcomes},
        comparisons={c.id: c for c in findings.comparisons},
        times={t.id: t.name for t in findings.times},
    )
