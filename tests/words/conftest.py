"""Fixtures of the tests of sentences."""

from __future__ import annotations

import pytest

from equipoise.findings import Finding, Findings
from support.findings_factory import example_findings, without_data


@pytest.fixture(scope="session")
def findings() -> Findings:
    return example_findings()


@pytest.fixture(scope="session")
def empty() -> Findings:
    return without_data()


@pytest.fixture(scope="session")
def by_id(findings: Findings) -> dict[str, Finding]:
    return {finding.id: finding for finding in findings.findings}
