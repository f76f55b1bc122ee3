# Every target sets up what it needs; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: audit secrets docs prove fuzz help demo rehearse test check golden install serve bench lock train measure screenshots chromium emoji wrk vendor
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(VENV)/runtime: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

install: $(VENV)/dev  ## set up .venv only

demo: $(VENV)/runtime  ## start with demo data on http://127.0.0.1:8000
	$(BIN)/python -m bot demo

serve: $(VENV)/runtime  ## start with the settings of .env
	$(BIN)/python -m bot serve

rehearse: $(VENV)/runtime  ## start against stand-ins of Telegram and Zalo: nothing leaves the machine
	$(BIN)/python -m bot rehearse

chromium:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }

test: $(VENV)/dev chromium  ## set up and run every test
	$(BIN)/python -m pytest --cov --cov-report=term
	$(BIN)/coverage report --include='bot/core/*,bot/channels/*' --fail-under=100

test-cluster: $(VENV)/dev  ## break every part of a cluster in turn (as root: in network namespaces)
	GOCUA_CLUSTER=full $(BIN)/python -m pytest -s tests/cluster

check: $(VENV)/dev  ## format, lint, types, import contracts, guides, secrets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot guides check
	$(BIN)/python -m audit.leaks

secrets: $(VENV)/dev  ## look for tokens and keys in what git keeps
	$(BIN)/python -m audit.leaks

wrk:
	@command -v wrk redis-server >/dev/null && exit; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk redis-server >/dev/null

emoji:
	@fc-list | grep -qi emoji || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq fonts-noto-color-emoji >/dev/null; }

screenshots: $(VENV)/dev chromium emoji  ## draw docs/images anew
	GOCUA_SCREENSHOTS=docs/images $(BIN)/python -m pytest -q tests/journeys/test_screenshots.py

build/sphinx/done: docs/requirements.lock
	$(PYTHON) -m venv build/sphinx
	build/sphinx/bin/pip install --quiet --require-hashes -r docs/requirements.lock
	touch $@

docs: build/sphinx/done  ## make build/site of docs/; a dead link, a missing picture or an outside host fails
	rm -rf build/site
	build/sphinx/bin/sphinx-build -q -E -n -W --keep-going -c docs . build/site
	@echo build/site/docs/index.html

audit: $(VENV)/dev  ## ask PyPI and OSV which pinned libraries have known faults; one without an answer fails
	$(BIN)/python -m audit.faults requirements.lock requirements-dev.lock docs/requirements.lock

prove: $(VENV)/dev  ## run units, proxy and image as they will be, read the rest (root, Debian)
	deploy/prove

fuzz: $(VENV)/dev  ## 1 000 000 spoiled inputs to every hook and parser (GOCUA_FUZZ of each)
	GOCUA_FUZZ=$${GOCUA_FUZZ:-53000} $(BIN)/python -m pytest -q tests/attack/test_hooks.py tests/attack/test_parsers.py

golden: $(VENV)/dev  ## write the golden transcripts of the guides anew
	$(BIN)/python -m pytest -q tests/guides/test_guides.py tests/guides/test_channels.py --golden

bench: $(VENV)/dev wrk  ## measure against named peers; BENCH="--quick intake" for less
	$(BIN)/python -m bench $(BENCH)

train: $(VENV)/dev  ## learn what residents mean from guides/understanding
	$(BIN)/python -m training

measure: $(VENV)/dev  ## say how well unseen sentences are understood
	$(BIN)/python -m training measure

vendor:  ## take the browser libraries of web/package.json anew (needs npm)
	cd web && npm ci
	cp web/node_modules/htmx.org/dist/htmx.min.js web/node_modules/htmx.org/dist/ext/hx-sse.min.js \
		web/node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css \
		web/node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js webhooks/pages/static/vendor/
	cp web/node_modules/htmx.org/LICENSE webhooks/pages/static/vendor/htmx-LICENSE.txt
	cp web/node_modules/axe-core/axe.min.js tests/vendor/
	cp web/node_modules/axe-core/LICENSE tests/vendor/axe-LICENSE.txt
	cd webhooks/pages/static/vendor && sha256sum *.css *.js > SHA256SUMS
	cd tests/vendor && sha256sum *.js > SHA256SUMS

lock:  ## renew the hashed lock files (needs uv)
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:docs -o docs/requirements.lock
