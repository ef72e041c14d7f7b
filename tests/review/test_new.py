from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.errors import ProjectError
from equipoise.review import check_review, load_review, new_review
from review.folders import TEMPLATE


def files_below(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_a_new_review_has_no_problems(tmp_path: Path) -> None:
    written = new_review(tmp_path / "deep" / "My Review")
    root = tmp_path / "deep" / "My Review"
    assert {str(path.relative_to(root)) for path in written} == files_below(root)
    assert files_below(root) == files_below(TEMPLATE)
    assert check_review(root) == ()
    assert load_review(root).protocol.id == "my-review"


def test_a_new_review_can_be_run_and_shows_a_gap(tmp_path: Path) -> None:
    new_review(tmp_path / "r")
    review = load_review(tmp_path / "r")
    assert 3 <= len(review.studies) <= 4
    assert {outcome.kind for outcome in review.protocol.outcomes} == {"continuous", "binary"}
    assert {row.time for row in review.results if row.outcome == "pain"} == {"short"}
    assert review.protocol.outcomes[0].times == ("short", "long")
    assert review.judgements
    assert review.decisions
    assert all(study.source == "invented" for study in review.studies)


@pytest.mark.parametrize(
    "title",
    ['Drug "X" \\ for\tY', "Schmerz — 試験 🧪", "\x7f\x1b", "''' \"\"\"", 'a"\n[review]\nid = "b'],
)
def test_any_title_is_kept_as_text(tmp_path: Path, title: str) -> None:
    new_review(tmp_path / "r", title=title)
    assert load_review(tmp_path / "r").protocol.title == " ".join(title.split())


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    new_review(tmp_path)
    assert check_review(tmp_path) == ()


@pytest.mark.parametrize("name", ["☃", "---", "1"])
def test_odd_folder_names_still_give_an_id(tmp_path: Path, name: str) -> None:
    new_review(tmp_path / name)
    assert check_review(tmp_path / name) == ()


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="not empty"):
        new_review(tmp_path)
    assert files_below(tmp_path) == {"mine.txt"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="this is a file"):
        new_review(path)
    with pytest.raises(ProjectError, match="cannot be"):
        new_review(path / "below")
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_path_no_system_accepts(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be"):
        new_review(tmp_path / "a\0b")


def test_nothing_is_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    really_open = Path.open

    def full_after_two(self: Path, mode: str = "r", **options: str) -> object:
        if mode == "x":
            if len(opened) == 2:
                raise OSError(28, "No space left on device")
            opened.append(self)
        return really_open(self, mode, **options)  # type: ignore[call-overload] # passed through

    monkeypatch.setattr(Path, "open", full_after_two)
    with pytest.raises(ProjectError, match="No space left"):
        new_review(tmp_path / "a" / "b")
    assert len(opened) == 2
    assert list(tmp_path.iterdir()) == []
