# Each target sets up what it needs in .venv; a second call goes straight to work.
#   make demo PYTHON=python3.12             another Python
#   make demo PIP_ARGS="--index-url ..."    where pip finds packages, torch's CPU build for one
PYTHON ?= python3
PIP_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml constraints.txt README.md $(shell find skrnn -name '*.py')

PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal
EMPTY := dist/empty/bin/python
DOCTESTS := --doctest-modules --pyargs skrnn

.PHONY: demo test test-all golden faults fuzz lint types docs dist clean

demo: $(VENV)/.demo
	$(BIN)/python examples/compare_forecasters.py

test: $(VENV)/.dev
	@$(BIN)/python -P -c 'import skrnn; print("Testing", skrnn.__file__); assert "site-packages" in skrnn.__file__'
	$(PYTEST)
	$(PYTEST) $(DOCTESTS)

# Also the scripts of examples/ and benchmarks/, and every check on every class: some two hours.
test-all: $(VENV)/.dev
	$(PYTEST) -m ""
	$(PYTEST) $(DOCTESTS)

# What all classes predict, against the recorded values.
golden: $(VENV)/.dev
	$(BIN)/python tests/golden compare

# Faults put into the code one at a time, and which tests notice: about an hour.
faults: $(VENV)/.dev
	$(BIN)/python tests/faults.py check
	$(BIN)/python tests/faults.py run --jobs 2

# Bad inputs of all public calls, drawn by chance, sorted by what comes of them: a few minutes.
fuzz: $(VENV)/.dev
	cd tests && ../$(BIN)/python -P -c 'import skrnn; print("Testing", skrnn.__file__)'
	cd tests && ../$(BIN)/python -m fuzz run

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W --keep-going docs docs/_build/html

# The archives to publish, and a fit with each in an environment that has only what they ask for.
# The wheel is built from the archive of sources, so both have the same requirements.
dist: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv dist/empty
	$(EMPTY) -m pip install $(PIP_ARGS) --no-compile --constraint constraints.txt dist/*.whl
	$(EMPTY) -I tests/installed.py
	$(EMPTY) -m pip install --force-reinstall --no-deps dist/*.tar.gz
	$(EMPTY) -I tests/installed.py
	rm -r dist/empty

clean:
	rm -rf $(VENV) dist docs/_build docs/auto_examples docs/generated

# pip builds the wheel and installs that, so `import skrnn` never means this folder. The constraints
# name one version of torch, of which pip prefers a build marked +cpu wherever it is offered one.
$(VENV)/.%: $(SOURCES) | $(VENV)/.python
	$(BIN)/python -m pip install $(PIP_ARGS) --constraint constraints.txt ".[$*]"
	@touch $@

$(VENV)/.python:
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'skrnn needs Python 3.11 or newer with its venv module: name one, as in "make $(MAKECMDGOALS) PYTHON=python3.12".'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@
