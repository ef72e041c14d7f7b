"""Print each figure as a ratio to its yardstick, measured in turn in the same run."""

from __future__ import annotations

from bench import batches, moderators, processes


def main() -> None:
    """Run every benchmark and print one line for each."""
    for group in (processes.figures, batches.figures, moderators.figures):
        for figure in group():
            print(figure)


if __name__ == "__main__":
    main()
