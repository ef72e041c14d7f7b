"""The command line: parse arguments, call one function of a room, render what comes back.

Rooms are imported inside the commands, so that ``equipoise --help`` costs little more than
importing click.
"""

from __future__ import annotations

import os
import sys

import click

from equipoise._version import __version__
from equipoise.cli._check import check
from equipoise.cli._new import new
from equipoise.cli._run import run
from equipoise.cli._schema import schema
from equipoise.errors import EquipoiseError

DOCS_ERRORS = "docs/errors.md"
DEFECT, SYSTEM_REFUSED, STOPPED, READER_GONE = 70, 74, 130, 141


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="equipoise")
def equipoise() -> None:
    """Turn trial records into an answer people can weigh."""


for command in (new, check, run, schema):
    equipoise.add_command(command)


def main() -> None:
    """Run the command line and leave with the exit code of what happened."""
    sys.exit(_guarded())


def _guarded() -> int:
    """Run a command; every way it can end is an exit code and a line, never a traceback."""
    try:
        return int(equipoise.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; Python would complain again when it flushes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except (click.Abort, KeyboardInterrupt, Exception) as error:
        if isinstance(error, Exception) and os.environ.get("EQUIPOISE_TRACEBACK"):
            raise
        code, line = _explained(error)
        click.echo(f"equipoise: {line}", err=True)
        return code


def _explained(error: BaseException) -> tuple[int, str]:
    """Say with which exit code a command ends on an error, and what the person reads."""
    match error:
        case EquipoiseError():
            return error.exit_code, f"{error}\n  see {DOCS_ERRORS}#{error.anchor}"
        case OSError():
            return SYSTEM_REFUSED, f"{error.filename or 'the system'}: {error.strerror}"
        case click.Abort() | KeyboardInterrupt():
            return STOPPED, "stopped"
    return DEFECT, (
        f"a defect in Equipoise, not in your data ({type(error).__name__}: {error}).\n"
        "  Nothing of yours was changed. Run again with EQUIPOISE_TRACEBACK=1 and report it."
    )
