# For developers. Editors need only `pipx install ".[all]"` and `bulletin build` (see README.md).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The lock is installed once for each of its versions.
POT := $(VENV)/bulletin.pot
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.DEFAULT_GOAL := site
.PHONY: site preview test lint format golden catalogues lock bench audit audit-tools clean

site: $(READY) ## build content/ into site/
	$(BIN)/bulletin build

preview: $(READY) ## the live preview: the page beside the text
	$(BIN)/bulletin serve

test: lint ## everything CI checks: style, types, tests, these on all processors
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY_DEV) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY_DEV) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(READY_DEV) ## build the golden sites anew; look at the difference before you commit it
	$(BIN)/python -m tests.golden

catalogues: $(READY_DEV) ## bring the translations up to date with the code and compile them
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ --no-location --sort-output --omit-header -o $(POT) .
	$(BIN)/pybabel -q update -i $(POT) -d generator/locale -D bulletin -l vi --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d generator/locale -D bulletin
	rm $(POT)

lock: $(READY_DEV) ## pin the newest versions the ranges of pyproject.toml allow
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		--extra all pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		--extra all pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

bench: $(READY_DEV) ## what docs/performance.md records
	$(BIN)/python -m benchmarks.bars --articles 1000 10000

audit: $(READY_DEV) audit-tools ## the built site against its bars, whole: a quarter of an hour
	$(BIN)/python -m tests.audit

audit-tools: tests/audit/node_modules/.package-lock.json ## what npm has of the audit's tools

clean: ## remove what was made, not what was written
	rm -rf $(VENV) tests/audit/node_modules .bulletin .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find site -mindepth 1 ! -name .gitignore -delete

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q generator
	touch $@

$(READY_DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q generator
	touch $@ $(READY)

tests/audit/node_modules/.package-lock.json: tests/audit/package.json tests/audit/package-lock.json
	cd tests/audit && npm ci --ignore-scripts --no-audit --no-fund
	touch $@
