"""``equipoise new``: make a small working review."""

from __future__ import annotations

from pathlib import Path

import click

from equipoise.cli._folder import FolderPath


@click.command()
@click.argument("folder", type=FolderPath())
@click.option("--title", help="The review's title.")
def new(folder: Path, title: str | None) -> None:
    """Make a small working review in FOLDER, to be filled with your own trials."""
    from equipoise.review import new_review

    for path in new_review(folder, title=title):
        click.echo(f"wrote {path}")
    click.echo(f"Next: equipoise run {folder}")
