# Everything runs from .venv, made by plain venv and pip out of the lock files.
# A stamp says what was installed, so that a second run begins at once.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?= -n auto
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check clean
.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:

demo: .venv/stamp-run  ## the add-on beside a pretend Clockify and a pretend QuickBooks
	@exec $(BIN)/addon sandbox

test: .venv/stamp-test  ## the whole suite
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: .venv/stamp-test  ## style, types and floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv

.venv/stamp-test: requirements-test.lock .venv/stamp-run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

.venv/stamp-run: requirements.lock .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@printf '%s\n' '#!/bin/sh' 'root=$$(cd "$$(dirname "$$0")/../.." && pwd)' \
	  'PYTHONPATH="$$root$${PYTHONPATH:+:$$PYTHONPATH}"; export PYTHONPATH' \
	  'exec "$$root/.venv/bin/python" -P -m addon.cli "$$@"' > $(BIN)/addon
	@chmod 755 $(BIN)/addon
	@touch $@

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or say make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: say make PYTHON=/path/to/a/newer/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks its venv module: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv --clear .venv
