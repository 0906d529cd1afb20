# Two commands matter: `make up` runs the house, `make test` checks it. Both need Python 3.11 to 3.13 and make, no more.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
JOBS   ?= 2
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help up test checks lint format types imports migrations tests browser screenshots parity clients memory bench lock clean stale

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

up: $(VENV)/up.stamp  ## install what is needed, then run everything in the foreground (Ctrl-C stops it)
	@exec $(BIN)/python manage.py up

test: $(VENV)/test.stamp browser  ## every check and every test
	@$(MAKE) --keep-going checks

checks: lint types imports migrations tests

lint: $(VENV)/test.stamp  ## ruff: format and rules
	@echo; echo "== ruff"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

format: $(VENV)/test.stamp  ## let ruff format and mend what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(VENV)/test.stamp  ## mypy
	@echo; echo "== mypy"
	@$(BIN)/mypy

imports: $(VENV)/test.stamp  ## import-linter: who may import whom
	@echo; echo "== import-linter"
	@$(BIN)/lint-imports --no-cache

migrations: $(VENV)/test.stamp  ## every model change has its migration
	@echo; echo "== migrations"
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

tests: $(VENV)/test.stamp  ## pytest, with real PostgreSQL, Valkey and Chromium
	@echo; echo "== pytest"
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

browser: $(VENV)/test.stamp  ## find Chromium, or install it
	@echo; echo "== chromium"
	@$(BIN)/python -m tests.chromium

screenshots: $(VENV)/test.stamp browser  ## docs/images, taken of the real console
	@$(BIN)/python -m tests.screenshots

parity: $(VENV)/test.stamp  ## docs/parity.md, made of what is served and tested
	@$(BIN)/python -m tests.parity

clients: $(VENV)/test.stamp  ## aws CLI, boto3 and Terraform against the admin API; fails where one of them is missing
	@STAGEDOOR_CLIENTS=required $(BIN)/python -m pytest tests/clients

memory: $(VENV)/test.stamp  ## what each process holds when idle (Linux)
	@$(BIN)/python -m tests.memory

bench: $(VENV)/bench.stamp  ## compare the gateway with nginx and Envoy (nginx and wrk are the system's; a few minutes)
	@$(BIN)/python -m benchmarks

lock: $(VENV)/test.stamp  ## re-make the lock files from pyproject.toml
	@$(PIP) install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --extra dev --constraints requirements.lock pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --extra bench --constraints requirements.lock pyproject.toml -o requirements-bench.lock

clean:  ## remove what was installed and cached; the data in .stagedoor stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- installation: a stamp is as new as the lock file it was made from

# A Python that was upgraded or removed leaves .venv without its packages; an interrupted start, without pip.
STALE := $(if $(wildcard $(VENV)),$(shell $(BIN)/python -I -c 'import pip' 2>/dev/null || echo stale))

# install(lock file)
install = $(PIP) install --progress-bar off --require-hashes -r $(1) || { echo "Not everything could be installed (pip says why, above): it takes a network that reaches PyPI, or PIP_INDEX_URL with a mirror of it, and up to 1.2 GB of disk. Then try again." >&2; exit 1; }

$(VENV)/up.stamp: requirements.lock $(STALE) | $(BIN)/python
	@echo "installing what Stagedoor needs into $(VENV) (once)"
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(STALE) | $(BIN)/python
	@echo "installing what Stagedoor and its tests need into $(VENV) (once)"
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/up.stamp

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/up.stamp
	@echo "installing what Stagedoor and its benchmarks need into $(VENV) (once)"
	@$(call install,requirements-bench.lock)
	@touch $@

$(BIN)/python: $(STALE)
	@command -v $(PYTHON) >/dev/null || { echo "Stagedoor needs Python 3.11, 3.12 or 3.13: install one, or name it as in 'make up PYTHON=python3.12'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Stagedoor needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is $$($(PYTHON) -V 2>&1): install one, or name it as in 'make up PYTHON=python3.12'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's module venv is incomplete: install it (Debian and Ubuntu: apt-get install python3-venv), then try again." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "No $(VENV) could be made in $(CURDIR) (why is said above): put Stagedoor into a folder that this user may write, without a colon in its path." >&2; exit 1; }

stale:
	@echo "making $(VENV) anew: its Python is another one now, or its installation was interrupted"

# -- containers: the secrets that docker-compose.yml reads

.env:
	@umask 077; for name in POSTGRES_PASSWORD VALKEY_PASSWORD STAGEDOOR_SECRET_KEY STAGEDOOR_SEAL_KEYS STAGEDOOR_NODE_TOKEN; do \
		echo "$$name=$$(LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 48)"; done > $@
	@echo "made $@ with fresh secrets: keep it, and keep it private"
