"""Errors a person can act on.

Each error has an exit code for the command line, a one-line message that says what to do, and an
anchor in ``docs/errors.md``. Nothing in Equipoise raises a bare exception on purpose, so a
traceback that reaches a user is a defect in Equipoise and not in their data.
"""

from __future__ import annotations

from typing import ClassVar


class EquipoiseError(Exception):
    """Base of all errors Equipoise raises on purpose."""

    exit_code: ClassVar[int] = 1
    anchor: ClassVar[str] = "equipoise-error"


class ProjectError(EquipoiseError):
    """A review folder that cannot be used: carries every problem found, not the first.

    Args:
        message: One line that says what to do.
        problems: The problems found, in file and line order (``equipoise.review.Problem``).
    """

    exit_code = 1
    anchor = "project-error"

    def __init__(self, message: str, problems: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class DataError(EquipoiseError):
    """Numbers that cannot be what they claim to be.

    Args:
        message: One line that says what to do.
        rows: Zero-based positions of the offending rows.
        rule: The rule they break.
    """

    exit_code = 3
    anchor = "data-error"

    def __init__(self, message: str, *, rows: tuple[int, ...] = (), rule: str = "") -> None:
        super().__init__(message)
        self.rows = rows
        self.rule = rule


class MethodError(EquipoiseError):
    """A combination of methods that is not defined, or an option that does not exist.

    Args:
        message: One line that says what is allowed.
        spec: The option or combination asked for.
        reason: Why it is not defined.
    """

    exit_code = 4
    anchor = "method-error"

    def __init__(self, message: str, *, spec: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.spec = spec
        self.reason = reason


class ConvergenceError(EquipoiseError):
    """An iteration that did not reach its answer; never replaced by a guess.

    Args:
        message: One line that says what failed.
        diagnostics: What the iteration had reached.
    """

    exit_code = 5
    anchor = "convergence-error"

    def __init__(self, message: str, *, diagnostics: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics or {}


class ChangedOnDiskError(EquipoiseError):
    """A file that somebody else changed between reading and writing.

    Args:
        message: One line that says what to do.
        path: The file, as the person named it.
    """

    exit_code = 6
    anchor = "changed-on-disk"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path
