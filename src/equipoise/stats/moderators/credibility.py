"""How credible a claim is that effects differ between subgroups: ICEMAN's items.

The Instrument for assessing the Credibility of Effect Modification Analyses, in its form for
meta-analyses: Schandelmaier and others 2020, doi:10.1503/cmaj.200077. The data answer some items;
the others need a person, and say so. Nothing here is an overall rating: that is a person's too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from equipoise.errors import MethodError
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.moderators.regression_result import MetaRegression
from equipoise.stats.options import check_word
from equipoise.stats.subgroup_analysis import SubgroupAnalysis

Answer = Literal["definitely no", "probably no or unclear", "probably yes", "definitely yes"]
Comparison = Literal["between", "mostly between", "mostly within", "within"]

_GRADES: Final[tuple[Answer, ...]] = (
    "definitely no", "probably no or unclear", "probably yes", "definitely yes",
)  # fmt: skip
_COMPARED: Final[tuple[str, ...]] = ("between", "mostly between", "mostly within", "within")
# The upper limits of the instrument's lower three grades: trials in the smallest subgroup, trials
# for a continuous modifier; and p-values above which each of the lower grades holds.
_SMALLEST_GROUP: Final = (2, 4, 9)
_CONTINUOUS: Final = (5, 10, 15)
_CHANCE: Final = (0.05, 0.01, 0.005)
_MODIFIERS: Final = (10, 3)


@dataclass(frozen=True, slots=True)
class CredibilityItem:
    """An item: its number and question, the answer (``None``: a person must answer), and why.

    ``by`` is ``data``, ``person`` for an answer that was given, or ``open``.
    """

    number: int
    question: str
    answer: Answer | None
    by: Literal["data", "person", "open", "not applicable"]
    basis: str


@dataclass(frozen=True, slots=True)
class SubgroupCredibility:
    """The items of one claim; `open` lists those that need a person's answer."""

    subject: str
    items: tuple[CredibilityItem, ...]

    @property
    def open(self) -> tuple[int, ...]:
        """Numbers of the items that need a person's answer."""
        return tuple(item.number for item in self.items if item.by == "open")

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "subgroup-credibility",
            "subject": self.subject,
            "items": [asdict(item) for item in self.items],
            "open": list(self.open),
        }

    def __str__(self) -> str:
        lines = [f"Credibility of a subgroup effect (ICEMAN): {self.subject}"]
        for item in self.items:
            answer = item.answer or ("not applicable" if item.by == "not applicable" else "open")
            lines += [f"  {item.number}. {item.question}", f"     {answer}: {item.basis}"]
        return "\n".join(lines)


def subgroup_credibility(
    analysis: SubgroupAnalysis | MetaRegression,
    *,
    comparison: Comparison = "between",
    similar_within: Answer | None = None,
    direction_anticipated: Answer | None = None,
    modifiers_tested: int | None = None,
    continuous: bool | None = None,
    cut_points_arbitrary: bool | None = None,
) -> SubgroupCredibility:
    """Answer ICEMAN's items that the data can answer, and name those a person must.

    Args:
        analysis: A subgroup analysis, or a meta-regression on one modifier.
        comparison: Whether trials or patients within trials are compared: ``between`` for aggregate
            data, unless told otherwise.
        similar_within: A person's answer whether the modification is similar from trial to trial
            (applies to comparisons within trials).
        direction_anticipated: A person's answer whether the direction was anticipated beforehand.
        modifiers_tested: How many modifiers were tested in all.
        continuous: Whether the modifier is continuous by nature; known for a regression on a number.
        cut_points_arbitrary: For a continuous modifier cut into groups: whether the cut points are
            arbitrary.

    Raises:
        MethodError: For a regression on several modifiers, or an answer that does not exist.
    """
    check_word("comparison", comparison, _COMPARED)
    for name, given in (
        ("similar_within", similar_within), ("direction_anticipated", direction_anticipated),
    ):  # fmt: skip
        if given is not None:
            check_word(name, given, _GRADES)
    facts = _facts(analysis)
    items = (
        _item_within(comparison),
        _item_similar(comparison, similar_within),
        _item_trials(comparison, facts),
        _item_direction(direction_anticipated),
        _item_chance(facts),
        _item_number(modifiers_tested),
        _item_random(facts),
        _item_cuts(facts, continuous, cut_points_arbitrary),
    )
    return SubgroupCredibility(facts.subject, items)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the data say: the trials that count, the test's p, the model, the kind of modifier."""

    subject: str
    trials: int
    smallest: int | None
    p: float | None
    random: bool
    number: bool


def _facts(analysis: SubgroupAnalysis | MetaRegression) -> _Facts:
    if isinstance(analysis, SubgroupAnalysis):
        return _of_subgroups(analysis)
    return _of_regression(analysis)


def _of_subgroups(analysis: SubgroupAnalysis) -> _Facts:
    sizes = [0 if fit is None else fit.k for _, fit in analysis.levels]
    p = analysis.p
    if analysis.common is not None and analysis.common.f is not None:
        p = analysis.common.f.p
    return _Facts(
        subject=", ".join(name for name, _ in analysis.levels),
        trials=sum(sizes),
        smallest=min(sizes, default=0),
        p=p,
        random=analysis.methods.model == "random",
        number=False,
    )


def _of_regression(fit: MetaRegression) -> _Facts:
    if len(fit.matrix.terms) != 1 or fit.omnibus is None:
        raise MethodError(
            "ICEMAN judges one modifier at a time; fit a regression with one term",
            spec="subgroup_credibility",
            reason="several modifiers",
        )
    groups = [variable for variable in fit.matrix.variables if variable.categorical]
    smallest = min(
        (variable.values.count(level) for variable in groups for level in variable.levels),
        default=None,
    )
    return _Facts(
        subject=fit.matrix.terms[0].name,
        trials=fit.k,
        smallest=smallest,
        p=fit.omnibus.p,
        random=fit.options.model == "random",
        number=smallest is None,
    )


def _item_within(comparison: Comparison) -> CredibilityItem:
    answer = _GRADES[_COMPARED.index(comparison)]
    basis = {
        "between": "completely between trials: other differences of the trials can explain it",
        "mostly between": "mostly between trials, or unclear",
        "mostly within": "mostly within trials",
        "within": "completely within trials",
    }[comparison]
    question = "Is the comparison within rather than between trials?"
    return CredibilityItem(1, question, answer, "data", basis)


def _item_similar(comparison: Comparison, given: Answer | None) -> CredibilityItem:
    question = "For comparisons within trials: is the modification similar from trial to trial?"
    if comparison == "between":
        return CredibilityItem(2, question, None, "not applicable", "trials are compared")
    return _person(2, question, given, "look at the modification in each trial")


def _item_trials(comparison: Comparison, facts: _Facts) -> CredibilityItem:
    question = "For comparisons between trials: is the number of trials large?"
    if comparison == "within":
        return CredibilityItem(3, question, None, "not applicable", "patients are compared")
    limits, count = (_CONTINUOUS, facts.trials)
    basis = f"{facts.trials} trials for a continuous modifier"
    if facts.smallest is not None:
        limits, count = _SMALLEST_GROUP, facts.smallest
        basis = f"{facts.smallest} in the smallest subgroup, {facts.trials} trials in all"
    grade = sum(count > limit for limit in limits)
    return CredibilityItem(3, question, _GRADES[grade], "data", basis)


def _item_direction(given: Answer | None) -> CredibilityItem:
    question = "Was the direction of the modification correctly anticipated beforehand?"
    return _person(4, question, given, "look in the protocol, not in the results")


def _item_chance(facts: _Facts) -> CredibilityItem:
    question = "Does a test of interaction suggest that chance is an unlikely explanation?"
    if facts.p is None:
        return CredibilityItem(5, question, _GRADES[1], "data", "there is no test")
    grade = sum(facts.p <= limit for limit in _CHANCE)
    basis = f"p of interaction {'< 0.001' if facts.p < 0.001 else f'= {facts.p:.3f}'}"  # noqa: PLR2004  # as p-values are printed
    return CredibilityItem(5, question, _GRADES[grade], "data", basis)


def _item_number(tested: int | None) -> CredibilityItem:
    question = "Were only a few modifiers tested, or their number considered in the analysis?"
    if tested is None:
        return _person(6, question, None, "count the modifiers tested, published or not")
    grade = sum(tested <= limit for limit in _MODIFIERS)
    basis = f"modifiers tested: {tested}"
    if grade == len(_MODIFIERS):
        basis += " (definitely yes where a protocol shows it)"
    return CredibilityItem(6, question, _GRADES[grade], "person", basis)


def _item_random(facts: _Facts) -> CredibilityItem:
    question = "Was a random-effects model used?"
    if facts.random:
        return CredibilityItem(7, question, "definitely yes", "data", "random effects")
    return CredibilityItem(7, question, "definitely no", "data", "a common effect in each group")


def _item_cuts(facts: _Facts, continuous: bool | None, arbitrary: bool | None) -> CredibilityItem:
    question = "If the modifier is continuous, were arbitrary cut points avoided?"
    if facts.number:
        return CredibilityItem(8, question, "definitely yes", "data", "used as a number, not cut")
    if continuous is False:
        return CredibilityItem(8, question, None, "not applicable", "groups by nature")
    if continuous and arbitrary is not None:
        answer: Answer = "definitely no" if arbitrary else "probably yes"
        basis = "arbitrary cut points" if arbitrary else "cut points with a reason of their own"
        return CredibilityItem(8, question, answer, "person", basis)
    return _person(8, question, None, "say whether the groups were cut from a number, and where")


def _person(number: int, question: str, given: Answer | None, todo: str) -> CredibilityItem:
    if given is None:
        return CredibilityItem(number, question, None, "open", todo)
    return CredibilityItem(number, question, given, "person", "a person's answer")
