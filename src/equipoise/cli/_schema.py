"""``equipoise schema``: the JSON Schemas of the review folder and of findings.json."""

from __future__ import annotations

import json
from pathlib import Path

import click

from equipoise.cli._folder import FolderPath


@click.command()
@click.option(
    "--out",
    type=FolderPath(),
    default=Path("schema"),
    show_default=True,
    help="The folder to write to.",
)
def schema(out: Path) -> None:
    """Write review.schema.json and findings.schema.json, generated from the types."""
    from equipoise.findings import findings_schema
    from equipoise.review import review_schema

    out.mkdir(parents=True, exist_ok=True)
    for name, made in (("review", review_schema()), ("findings", findings_schema())):
        path = out / f"{name}.schema.json"
        text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"wrote {path}")
