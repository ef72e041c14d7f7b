# The front door. Every target sets up what it needs inside the checkout.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs constraints clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
EXAMPLE := examples/ketamine-chronic-pain
OUT := out/ketamine-chronic-pain

help:
	@echo "make demo   answer the ketamine question from trial data, into $(OUT)"
	@echo "make test   run every test"
	@echo "make lint   ruff, mypy (strict) and the import contracts"
	@echo "make bench  measure speed, as ratios"
	@echo "make docs   write the JSON Schemas in docs/schema, and the API reference into out/reference"

# Two stamps: users of the demo do not wait for the developers' tools.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Equipoise needs Python 3.11 or newer; name one with: make PYTHON=python3.12 demo"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --no-build-isolation --editable ".[dev]"
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/equipoise run $(EXAMPLE) --out $(OUT)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench

docs: $(VENV)/.installed-dev
	$(BIN)/python -m equipoise schema --out docs/schema
	$(BIN)/python -m pdoc --docformat google --no-show-source --output-directory out/reference equipoise equipoise.stats '!equipoise.cli'
	@echo "API reference: out/reference/index.html"

constraints: $(VENV)/.installed-dev
	@sed -n '/^#/p' constraints.txt > constraints.new
	@$(BIN)/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools >> constraints.new
	@mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) out
