# Everything a person or CI does here, by name. `make` alone lists it.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo pictures test test-hsm test-spark lint format docs lock clean venv venv-spark

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv:  ## build .venv if it isn't there (every other command does so by itself)
	@$(PYTHON) requirements/build_venv.py

demo: venv  ## show a small lender's day, from its book to its letters
	@$(BIN)/goodstanding demo

test: lint docs  ## run every check; pytest's closing line comes last
	@$(BIN)/python -m pytest -n 2

test-hsm: venv  ## run the tests of keys on a device, against SoftHSM (apt-get install softhsm2)
	@$(BIN)/python -m pytest tests/hsm

test-spark: venv-spark  ## run the tests of the Spark engine, in .venv-spark (half a gigabyte; needs Java 17)
	@.venv-spark/bin/python -m pytest tests/spark

venv-spark:
	@$(PYTHON) requirements/build_venv.py --spark

lint: venv  ## ruff (rules and format) and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: venv  ## let ruff put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: venv  ## build the documentation into site/ and check its links and anchors
	@$(BIN)/properdocs build --strict --clean

pictures: venv  ## draw every letter again for the documentation
	@$(BIN)/python scripts/picture_letters.py

LOCKED = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade)

lock:  ## work out requirements/*.lock again from pyproject.toml (UPGRADE=1 takes newer releases)
	@command -v $(UV) >/dev/null || { \
	  echo "make lock needs uv, which isn't on PATH. Get it with: pip install uv  (or name it: make lock UV=path/to/uv)" >&2; exit 1; }
	@$(LOCKED) pyproject.toml --group build -o requirements/run.lock
	@$(LOCKED) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	@$(LOCKED) pyproject.toml --group bench -c requirements/run.lock -o requirements/bench.lock
	@$(LOCKED) pyproject.toml --group build --extra hsm -c requirements/run.lock -o requirements/hsm.lock
	@$(LOCKED) pyproject.toml --group build --extra spark -c requirements/dev.lock -o requirements/spark.lock
	@$(LOCKED) --group pyspark-build -o requirements/pyspark-build.lock
	@echo "The locks in requirements/ are up to date with pyproject.toml."

clean:  ## remove what was built: .venv, .venv-spark, site/, caches
	@rm -rf .venv .venv.lock .venv-spark .venv-spark.lock build dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
