"""The front door is light: importing the package, and asking for help, load next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import equipoise

HEAVY = {
    "numpy", "scipy", "pandas", "polars", "pyarrow", "sklearn", "matplotlib", "pydantic",
    "jinja2", "narwhals", "click", "starlette",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """List the top-level modules in ``sys.modules`` after running ``code`` in a new process."""
    probe = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_equipoise_loads_nothing_heavy() -> None:
    assert not loaded_by("import equipoise") & HEAVY


def test_pooling_loads_numpy_and_no_table_or_template_library() -> None:
    code = "import equipoise as eq; eq.pool(eq.effect_sizes('GENERIC', estimate=[1, 2], se=[1, 1]))"
    loaded = loaded_by(code)
    assert "numpy" in loaded
    assert not loaded & (HEAVY - {"numpy", "scipy", "narwhals"})


def test_pooling_does_not_load_scipy_stats() -> None:
    code = (
        "import sys, equipoise as eq\n"
        "eq.pool(eq.effect_sizes('GENERIC', estimate=[1, 2], se=[1, 1]))\n"
        "assert 'scipy.special' in sys.modules\n"
        "assert 'scipy.stats' not in sys.modules and 'scipy.optimize' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_loads_click_and_none_of_the_rooms() -> None:
    code = (
        "import sys; sys.argv = ['equipoise', '--help']\n"
        "from equipoise.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "rooms = {n.split('.')[1] for n in sys.modules if n.startswith('equipoise.')}\n"
        "sys.stdout.flush(); assert rooms <= {'cli', 'errors', '_version'}, rooms"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_every_public_name_can_be_loaded_and_is_listed() -> None:
    assert set(dir(equipoise)) == set(equipoise.__all__)
    for name in equipoise.__all__:
        assert getattr(equipoise, name) is not None


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(equipoise, "no_such_name")  # noqa: B009 - the point is asking by name
