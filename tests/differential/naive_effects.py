"""Effect sizes one study at a time, from the formulas of the textbooks.

Formulas: Cochrane Handbook, chapters 6 and 10; Deeks and Higgins, Statistical algorithms in Review
Manager 5 (2010); Hedges and Olkin, Statistical Methods for Meta-Analysis (1985); Sweeting, Sutton
and Lambert (2004), doi:10.1002/sim.1761. A study that has no estimate is ``None``.
"""

from __future__ import annotations

from collections.abc import Sequence

from differential.naive_distributions import Real, mp, mpf, normal_quantile

Table = Sequence[float]
"""Events and size of group 1, events and size of group 2."""
Effect = tuple[Real, Real]
"""An estimate on the analysis scale and its variance."""


def cells(table: Table) -> tuple[Real, Real, Real, Real]:
    """Turn events and sizes into the four cells a, b, c, d."""
    a, n1, c, n2 = (mpf(x) for x in table)
    return a, n1 - a, c, n2 - c


def has_zero_cell(table: Table) -> bool:
    return 0 in cells(table)


def is_double_zero(table: Table) -> bool:
    """Say whether nobody, or everybody, had the event in both groups."""
    a, b, c, d = cells(table)
    return bool((a == 0 and c == 0) or (b == 0 and d == 0))


def corrections(table: Table, rule: str, add: float, *, any_zero: bool) -> tuple[Real, Real]:
    """Give what is added to each cell of group 1 and of group 2."""
    _, n1, _, n2 = (mpf(x) for x in table)
    nothing, constant = (mpf(0), mpf(0)), (mpf(add), mpf(add))
    if rule == "treatment-arm":
        share = (1 / n2) / (1 / n1 + 1 / n2)
        return (2 * add * share, 2 * add * (1 - share)) if has_zero_cell(table) else nothing
    applies = {
        "none": False,
        "only-zero": has_zero_cell(table),
        "if-any-zero": any_zero,
        "all": True,
    }[rule]
    return constant if applies else nothing


def binary(
    measure: str,
    tables: Sequence[Table],
    *,
    zero_cells: str = "only-zero",
    add: float = 0.5,
    double_zero: str = "drop",
) -> list[Effect | None]:
    """Give RR, OR (log scale), RD or Peto's log OR of each two-by-two table."""
    any_zero = any(has_zero_cell(table) for table in tables)
    effects: list[Effect | None] = []
    for table in tables:
        if measure in ("RR", "OR") and double_zero == "drop" and is_double_zero(table):
            effects.append(None)
        else:
            k1, k2 = corrections(table, zero_cells, add, any_zero=any_zero)
            a, b, c, d = cells(table)
            effects.append(_BINARY[measure](a + k1, b + k1, c + k2, d + k2))
    return effects


def risk_ratio(a: Real, b: Real, c: Real, d: Real) -> Effect | None:
    if a == 0 or c == 0:
        return None
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return (mp.log((a / (a + b)) / (c / (c + d))), variance) if variance > 0 else None


def odds_ratio(a: Real, b: Real, c: Real, d: Real) -> Effect | None:
    if 0 in (a, b, c, d):
        return None
    return mp.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def risk_difference(a: Real, b: Real, c: Real, d: Real) -> Effect | None:
    n1, n2 = a + b, c + d
    variance = a * b / n1**3 + c * d / n2**3
    return (a / n1 - c / n2, variance) if variance > 0 else None


def peto_o_minus_e(table: Table) -> tuple[Real, Real]:
    """Give observed minus expected events in group 1 and the hypergeometric variance."""
    a, n1, c, n2 = (mpf(x) for x in table)
    total, events = n1 + n2, a + c
    expected = events * n1 / total
    variance = events * (total - events) * n1 * n2 / (total**2 * (total - 1))
    return a - expected, variance


def peto_odds_ratio(a: Real, b: Real, c: Real, d: Real) -> Effect | None:
    o_minus_e, variance = peto_o_minus_e((a, a + b, c, c + d))
    return (o_minus_e / variance, 1 / variance) if variance > 0 else None


def peto(table: Table) -> Effect | None:
    """Give Peto's log odds ratio without any correction."""
    return peto_odds_ratio(*cells(table))


_BINARY = {
    "RR": risk_ratio,
    "OR": odds_ratio,
    "RD": risk_difference,
    "PETO": peto_odds_ratio,
}


def mean_difference(row: Sequence[float]) -> Effect | None:
    """Give the difference of means of (mean, sd, size) of both groups."""
    m1, sd1, n1, m2, sd2, n2 = row
    variance = mpf(sd1) ** 2 / n1 + mpf(sd2) ** 2 / n2
    return (mpf(m1) - mpf(m2), variance) if variance > 0 else None


def standardised_mean_difference(row: Sequence[float], *, variant: str) -> Effect | None:
    """Give Hedges' g: exact correction and large-sample variance, or RevMan's approximations."""
    m1, sd1, n1, m2, sd2, n2 = row
    total, df = mpf(n1) + mpf(n2), mpf(n1) + mpf(n2) - 2
    pooled = mp.sqrt(((n1 - 1) * mpf(sd1) ** 2 + (n2 - 1) * mpf(sd2) ** 2) / df)
    if pooled == 0:
        return None
    d = (mpf(m1) - mpf(m2)) / pooled
    if variant == "revman":
        g = d * (1 - 3 / (4 * total - 9))
        return g, total / (mpf(n1) * n2) + g**2 / (2 * (total - mpf("3.94")))
    g = d * mp.gamma(df / 2) / (mp.sqrt(df / 2) * mp.gamma((df - 1) / 2))
    return g, 1 / mpf(n1) + 1 / mpf(n2) + g**2 / (2 * total)


def rate_ratio(row: Sequence[float], *, add: float = 0.5) -> Effect | None:
    """Give the log incidence rate ratio; ``add`` goes to both counts where one of them is zero."""
    x1, time_1, x2, time_2 = corrected_rates(row, add)
    return mp.log((x1 / time_1) / (x2 / time_2)), 1 / x1 + 1 / x2


def rate_difference(row: Sequence[float], *, add: float = 0.5) -> Effect | None:
    x1, time_1, x2, time_2 = corrected_rates(row, add)
    return x1 / time_1 - x2 / time_2, x1 / time_1**2 + x2 / time_2**2


def corrected_rates(row: Sequence[float], add: float) -> tuple[Real, Real, Real, Real]:
    x1, time_1, x2, time_2 = (mpf(x) for x in row)
    extra = add if 0 in (x1, x2) else 0
    return x1 + extra, time_1, x2 + extra, time_2


def from_interval(estimate: float, low: float, high: float, level: float = 0.95) -> Effect:
    """Give an estimate (analysis scale) with the variance its confidence interval implies."""
    se = (mpf(high) - mpf(low)) / (2 * normal_quantile(level))
    return mpf(estimate), se**2
