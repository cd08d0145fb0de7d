PORT ?= 8000
SIZE ?= 1000
export PYTHON

python := .venv/bin/python
with_services := $(python) scripts/with_services.py

.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset test test-long lint format messages screenshots bench lock

help: ## Say what can be made
	@awk -F ":.*## " "/^[a-z-]+:.*## / {printf \"  make %-13s %s\\n\", \$$1, \$$2}" $(MAKEFILE_LIST)

install: ## Make .venv/ with everything for running and testing
	@scripts/install.sh dev

demo: ## Run a portal with two demo clinics (PORT=8000); Ctrl-C stops all of it
	@scripts/install.sh prod
	@exec $(python) manage.py demo --port $(PORT)

demo-reset: ## The same, from the beginning: what was entered in the demo is deleted
	@scripts/install.sh prod
	@exec $(python) manage.py demo --port $(PORT) --reset

test: install ## Run every test on PostgreSQL and Redis, then on SQLite (ARGS="-k fill" for some)
	@exec $(with_services) -- $(python) scripts/run_tests.py $(ARGS)

export LONG_SCALE

test-long: install ## Run the tests that take minutes (LONG_SCALE=short for less)
	@exec $(with_services) -- $(python) scripts/run_tests.py --long $(ARGS)

lint: install ## Check style, types, templates, imports, migrations, deployment, catalogues and the pages that ship
	@exec $(python) scripts/lint.py

format: install ## Put Python and templates into shape
	@$(python) -m ruff check --fix --quiet . || true
	@$(python) -m ruff format .

messages: install ## Bring the Spanish catalogue up to date with templates and code, and compile it
	@exec $(python) scripts/catalogues.py update

screenshots: install ## Take pictures of the pages into docs/screenshots/
	@SCREENSHOTS_DIR=docs/screenshots exec $(with_services) -- $(python) -m pytest -q tests/browser -k screenshots

bench: install ## Measure the promised speeds on PostgreSQL (SIZE=1000)
	@exec $(with_services) -- $(python) manage.py bench --size $(SIZE) $(ARGS)

lock: ## Resolve both lists anew from pyproject.toml (needs uv)
	@scripts/lock.sh
