# `make help` lists the targets. Everything is installed into .venv; only the real cloud needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CORES ?= $(shell nproc)
# Tests that use services mostly wait: two workers per core keep the cores busy.
WORKERS ?= 4
# A test run starts dozens of services. Without bytecode files, each would compile Trove or Heat again.
unexport PYTHONDONTWRITEBYTECODE

QUICK = $(BIN)/python -m pytest --stage=quick -n $(CORES)
SERVICES = $(BIN)/python -m pytest --stage=services -n $(WORKERS)

# Tests that share a real cloud, and tests that run alone because they kill its services.
REAL ?= tests/cloud tests/conformance tests/heat tests/heat_plugin
END_TO_END ?= tests/real
# What the documentation site runs in the reader's browser, at exact versions: diagrams, and the search where pages are files.
MERMAID := 11.17.2
IFRAME_WORKER := 1.0.4
SITE_SCRIPTS := $(VENV)/share/.scripts-$(MERMAID)-$(IFRAME_WORKER)
# Directory of the real cloud.
REALCLOUD_HOME ?= $(CURDIR)/.realcloud
export REALCLOUD_HOME
# Options of `python -m realcloud start`.
REALCLOUD_START ?=

.DEFAULT_GOAL := help
.PHONY: help demo bench test check test-real test-wheels realcloud realcloud-stop realcloud-status realcloud-reset realcloud-clean lint format docs docs-site clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(STAMP) ## show an unmodified Trove with each manager on an emulated cloud, then an upgrade
	$(BIN)/trove-lab demo --manager all

# Options of the benchmark, such as `--instances 10`.
BENCH ?=
bench: $(STAMP) ## compare all managers, up to 100 instances at once, into docs/bench.md: about 40 minutes
	$(BIN)/python -m bench --output docs $(BENCH)

test: $(STAMP) ## run every test: first the quick ones, then those that start Trove or Heat
	.ci/stages quick "$(QUICK)" services "$(SERVICES)"

check: $(STAMP) ## run before each commit: lint and the quick tests
	.ci/stages lint "make lint" quick "$(QUICK)"

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

test-real: realcloud ## run the suites on the real OpenStack and check that they leave it as it was
	OS_CLIENT_CONFIG_FILE="$(REALCLOUD_HOME)/clouds.yaml" $(BIN)/python -m pytest --cloud=real -n 3 $(REAL)
	OS_CLIENT_CONFIG_FILE="$(REALCLOUD_HOME)/clouds.yaml" $(BIN)/python -m pytest --cloud=real $(END_TO_END)

test-wheels: $(STAMP) ## test the wheels with each supported release of Trove
	$(BIN)/python -m pytest -n 2 tests/wheels

lint: $(STAMP) docs-site ## run ruff, mypy and import-linter; check the release notes and the documentation site
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/towncrier build --draft --version Unreleased >/dev/null

format: $(STAMP) ## apply ruff's fixes and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMP) ## write the generated pages of docs/
	$(BIN)/python -W ignore -m trove_lab.docs docs

docs-site: $(STAMP) $(SITE_SCRIPTS) ## build the documentation site into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

$(SITE_SCRIPTS): | $(STAMP)
	mkdir -p $(@D)
	cd $(@D) && npm pack --silent @mermaid-js/tiny@$(MERMAID) iframe-worker@$(IFRAME_WORKER) >/dev/null
	tar -xzOf $(@D)/iframe-worker-$(IFRAME_WORKER).tgz package/shim/index.js >$(@D)/iframe-worker.js
	tar -xzOf $(@D)/mermaid-js-tiny-$(MERMAID).tgz package/dist/mermaid.tiny.js >$(@D)/mermaid.js
	rm $(@D)/*.tgz
	touch $@

clean: ## remove everything that was installed or built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# uv installs in seconds what pip installs in a minute.
$(STAMP): pyproject.toml heat/pyproject.toml lab/pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e . -e heat -e lab --group test --group lint --group docs
	touch $@
