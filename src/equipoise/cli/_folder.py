"""Folders as people name them on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import click


class FolderPath(click.Path):
    """A folder that need not exist yet; an empty name is refused.

    To Python an empty path is the folder one stands in, where a run would quietly write its files.
    An unset variable in a script is the usual way to an empty name.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """Convert a name to a path."""
        if not os.fspath(value):
            self.fail("the name of the folder is empty; '.' is the folder you are in", param, ctx)
        return super().convert(value, param, ctx)
