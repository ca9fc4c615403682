# `make help` says what there is. Everything is installed into .venv; only the real cloud needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Most tests wait for Trove: two workers a core do no harm.
WORKERS ?= 4
# Two dozen processes start in a run of the tests: without bytecode each compiles all of Trove, or Heat, once more.
unexport PYTHONDONTWRITEBYTECODE

# What starts a real Heat.
HEAT := $(addprefix tests/,heat heat_plugin orchestrator migration cli/test_status_of_heat.py docs/test_reads_page.py \
	conformance/test_migration.py conformance/test_orchestrator.py conformance/test_orchestrator_changes.py \
	conformance/test_orchestrator_stock_types.py \
	trove/test_trove_orchestrator.py trove/test_trove_migration.py)

# What runs side by side on a real cloud, and what runs alone: it kills services.
REAL ?= tests/cloud tests/conformance tests/heat tests/heat_plugin
END_TO_END ?= tests/real
# Where the real cloud is.
REALCLOUD_HOME ?= $(CURDIR)/.realcloud
export REALCLOUD_HOME
# Options of `python -m realcloud start`.
REALCLOUD_START ?=

.DEFAULT_GOAL := help
.PHONY: help demo bench test test-real test-wheels realcloud realcloud-stop realcloud-status realcloud-reset realcloud-clean lint format docs clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(STAMP) ## an unmodified Trove on an embedded cloud, each manager beside the others; then a Trove that goes over
	$(BIN)/trove-lab demo --manager all

# Options of the benchmark, such as `--instances 10`.
BENCH ?=
bench: $(STAMP) ## compare all managers, up to 100 instances at once, into docs/bench.md: about 40 minutes
	$(BIN)/python -m bench --output docs $(BENCH)

test: $(STAMP) ## every test: first those without Heat, then those on a real Heat
	.ci/stage test $(BIN)/python -m pytest -n $(WORKERS) $(HEAT:%=--ignore=%)
	.ci/stage heat $(BIN)/python -m pytest -n $(WORKERS) $(HEAT)

realcloud: $(STAMP) ## start a real OpenStack with a real Trove on this machine, in .realcloud; needs Debian 12, root
	$(BIN)/python -m realcloud start $(REALCLOUD_START)

realcloud-stop: $(STAMP) ## stop the real OpenStack; its data stays
	$(BIN)/python -m realcloud stop

realcloud-status: $(STAMP) ## list its services; fails if any is not up
	$(BIN)/python -m realcloud status

realcloud-reset: $(STAMP) ## stop it and delete its data; the next start restores the snapshot
	$(BIN)/python -m realcloud reset

realcloud-clean: $(STAMP) ## delete it, except for Debian packages
	$(BIN)/python -m realcloud clean

test-real: realcloud ## the suites on the real OpenStack, which must leave it as it was
	OS_CLIENT_CONFIG_FILE="$(REALCLOUD_HOME)/clouds.yaml" $(BIN)/python -m pytest --cloud=real -n 3 $(REAL)
	OS_CLIENT_CONFIG_FILE="$(REALCLOUD_HOME)/clouds.yaml" $(BIN)/python -m pytest --cloud=real $(END_TO_END)

test-wheels: $(STAMP) ## the wheels beside each release of Trove they are said to run with
	$(BIN)/python -m pytest -n 2 tests/wheels

lint: $(STAMP) ## ruff, mypy, import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## the code as ruff formats it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMP) ## the generated pages of docs/
	$(BIN)/python -W ignore -m trove_lab.docs docs

clean: ## remove what was installed and built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# uv installs in seconds what pip installs in a minute.
$(STAMP): pyproject.toml heat/pyproject.toml lab/pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e . -e heat -e lab --group test --group lint
	touch $@
