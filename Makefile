# Two commands: `make run` (the orthopaedic clinic, all its scenarios) and `make test`.
# Needs Python 3.11 or later and make. The first of them sets up .venv; after that no network is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REPLICATIONS ?= 20
WORKERS ?= 2
SEED ?= 1

.PHONY: run test test-all check format clean

run: $(READY)
	@$(BIN)/flowsim run scenarios/ortho_*.yaml --replications $(REPLICATIONS) --seed $(SEED) --workers $(WORKERS) --steps 3 --out outputs/ortho

test: $(READY)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

test-all: $(READY)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m "slow or not slow"

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n $(WORKERS)

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit('flowsim needs Python 3.11 or later; this is ' + sys.version.split()[0] + '. Try: make PYTHON=python3.11' if sys.version_info < (3, 11) else 0)"
	@echo "Setting up .venv (once, a minute or two) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $(READY)
