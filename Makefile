# Rapport. `make` alone lists the targets. Needs only Python 3.11 or newer with venv and pip; all else is locked.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
# `python -m` keeps the checkout first on the path, so that a copied tree tests itself.
PYTEST := $(BIN)/python -m pytest
# Empty: twice as many as there are cores.
WORKERS ?=
FAULT_SIZE ?= C

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# --- environment ------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 or newer (set PYTHON=/path/to/python3)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module; on Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/runtime.txt tools/link_project.py | $(BIN)/python
	$(PIP) -r requirements/runtime.txt
	$(BIN)/python tools/link_project.py
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	$(PIP) -r requirements/dev.txt
	@touch $@

.PHONY: setup
setup: $(VENV)/dev.stamp ## Create .venv with the locked dependencies, for running and for testing

# --- using ------------------------------------------------------------------------------------------------------------

.PHONY: run
run: export RAPPORT_HOME ?= $(CURDIR)/data/demo
run: $(VENV)/runtime.stamp ## Start Rapport with the demo company on http://127.0.0.1:8000 (RAPPORT_PORT, RAPPORT_HOME change that)
	@mkdir -p -m 700 "$$RAPPORT_HOME"
	@RAPPORT_DEMO=1 exec $(BIN)/rapport run

# --- checking ---------------------------------------------------------------------------------------------------------

# mypy's Django plugin reads the settings, which make a data folder: not the demo's.
.PHONY: check
check: export RAPPORT_HOME := $(CURDIR)/build/check
check: $(VENV)/dev.stamp ## Static checks: format, lint, types, layers, budgets, untranslated strings, rules of the house
	@failed=0; \
	for step in "ruff format --check --output-format concise ." "ruff check --output-format concise ." mypy lint-imports \
		"python -m tools.check"; do \
		echo "== $$step"; $(BIN)/$$step || failed=1; \
	done; exit $$failed

.PHONY: test
test: $(VENV)/dev.stamp ## The whole suite: on SQLite, the same on PostgreSQL, then the journeys in Chromium
	$(BIN)/python -m tools.suite $(if $(WORKERS),--workers $(WORKERS))

.PHONY: faults
faults: $(VENV)/dev.stamp ## Break things on purpose (kills, full disks, lying servers) at size FAULT_SIZE=C; report in build/faults.md
	RAPPORT_FAULT_SIZE=$(FAULT_SIZE) $(BIN)/python -m tools.suite --faults $(if $(WORKERS),--workers $(WORKERS))

.PHONY: corpora
corpora: $(VENV)/dev.stamp ## Measure parsing, splitting and sanitising over the public corpora in ../shared/data
	$(BIN)/python -m tools.corpora

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure intake, pages, memory and cold start; prints them as tables
	$(BIN)/python -m bench.run

.PHONY: soak
soak: $(VENV)/dev.stamp ## The fault tests at the size of a night: more kills, more mails
	RAPPORT_FAULT_SIZE=N $(BIN)/python -m tools.suite --faults $(if $(WORKERS),--workers $(WORKERS))

.PHONY: defences
defences: $(VENV)/dev.stamp ## Remove each named defence in turn; the suite must go red each time
	$(BIN)/python -m tools.defences

# --- making -----------------------------------------------------------------------------------------------------------

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## Take the screenshots of README and docs anew
	$(BIN)/python -m tools.screenshots

.PHONY: messages
messages: $(VENV)/dev.stamp ## Bring the catalogues of translations up to date with the source and compile them
	$(BIN)/python -m tools.catalogues

.PHONY: schema
schema: $(VENV)/dev.stamp ## Record what the migrations do to an empty database, after adding one
	$(BIN)/python -m tools.schema

.PHONY: lock
lock: $(BIN)/python ## Resolve requirements/*.in anew into the lock files (needs uv; names no registry)
	@PATH="$(CURDIR)/$(BIN):$$PATH" command -v uv >/dev/null || { echo "make lock needs uv on the PATH."; exit 1; }
	PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements/dev.in -o requirements/dev.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -c requirements/dev.txt requirements/runtime.in -o requirements/runtime.txt
