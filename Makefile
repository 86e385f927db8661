# Two commands do all the set-up: `make demo` and `make test`. Everything lands in .venv, node_modules and build.

PYTHON ?= python3
BIN := .venv/bin
# Every thread pool at one thread per test worker: two workers on two cores are then faster than four threads.
TEST_ENV := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1
# In a container one is often root, where JupyterLab wants to hear that this is meant.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)
# What is imported is compiled then; compiling all that is installed takes longer than installing it.
export PIP_NO_COMPILE := 1
GALLERY := words digits emoji
JS_SOURCES := js/build.mjs $(shell find js/src -name '*.ts' -o -name '*.css')

.PHONY: demo docs test test-hosts test-lowest test-releases fuzz soak bench lint test-js test-py build dist types clean
.DELETE_ON_ERROR:

# --- what a person runs -------------------------------------------------------------------------

ifdef HEADLESS
demo: build .venv/.dev .browser
	$(BIN)/python scripts/run_demo.py
else
demo: build .venv/.lab
	$(BIN)/jupyter lab $(AS_ROOT) notebooks/demo.ipynb
endif

# What Node needs and does is over by the time that pip is; the tests of Python have both cores to themselves.
test:
	$(MAKE) --jobs=2 .venv/.dev .browser test-js build
	$(MAKE) lint test-py

# The site, in build/docs: open build/docs/index.html. Any warning is a failure.
docs: build .venv/.docs $(GALLERY:%=build/gallery/%.html)
	$(BIN)/python scripts/build_docs.py

# Made anew when the page or its data are others; `scripts/make_gallery.py --pictures` takes the pictures beside docs/gallery/README.md.
build/gallery/%.html: scripts/make_gallery.py embwidget/static/index.js $(wildcard notebooks/data/*.npz notebooks/data/*.gz) $(wildcard embwidget/export/*.py) | .venv/.docs
	$(TEST_ENV) $(BIN)/python scripts/make_gallery.py $*

# Takes some minutes: 2,000 flipped bits of each format of files, each bit of the cache's headers, and what else is hostile.
fuzz: build .venv/.dev .venv/.references
	$(TEST_ENV) EMBWIDGET_FUZZ=2000 $(BIN)/python -m pytest tests/hostile tests/cache tests/registry tests/series/test_series_digits.py tests/training/test_killed_training.py tests/test_changing_files.py --capture=no

# What most people use, with the oldest releases that pyproject.toml allows, or the newest on another Python:
# `make test-releases PYTHON=3.13`. torch is left out for its size.
SMOKE := comparison formats containers plots groups widget engine_contract metric_contract umap_layout
EXTRAS := anndata,files,nndescent,pacmap,plots,umap-learn
RELEASES := highest
test-lowest: RELEASES := lowest-direct
test-lowest test-releases: build .venv/.dev
	$(BIN)/uv venv --quiet --clear --python $(PYTHON) build/$(RELEASES)
	$(BIN)/uv pip install --quiet --python build/$(RELEASES) --resolution $(RELEASES) --editable '.[$(EXTRAS)]'
	$(BIN)/uv pip install --quiet --python build/$(RELEASES) hypothesis playwright polars pytest
	$(TEST_ENV) build/$(RELEASES)/bin/python -m pytest $(SMOKE:%=tests/test_%.py)

# Other hosts than JupyterLab, with the releases that docs/hosts.md names, in an environment of their own.
HOSTS := ipykernel ipywidgets_bokeh==1.8.0 marimo==0.25.2 nbconvert notebook==7.6.5 panel==1.9.4 shiny==1.8.0 shinywidgets==0.8.2 solara==1.64.1 voila==0.5.13
# What Solara 1.64.1 would take from a CDN.
SOLARA_ASSETS := @widgetti/solara-vuetify3-app@5.2.0 requirejs@2.3.6
test-hosts: build .venv/.hosts/.installed .browser
	$(TEST_ENV) .venv/.hosts/bin/python -m pytest tests/hosts

# A file says that all of it is there: a folder is there from the first step on, and stays when a later one fails.
.venv/.hosts/.installed: .venv/.dev
	$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(@D)
	$(BIN)/uv pip install --quiet --python $(@D) --editable . $(HOSTS) hypothesis playwright pytest
	npm install --silent --no-save --no-package-lock --ignore-scripts --prefix $(@D) $(SOLARA_ASSETS)
	@touch $@

# 500 runs of a cell, then 24 hours of changes in JupyterLab: `make soak MINUTES=20 RERUNS=100` is shorter.
soak: build .venv/.dev .browser
	$(TEST_ENV) EMBWIDGET_CACHE=off $(BIN)/python scripts/soak.py $(if $(RERUNS),--reruns $(RERUNS)) $(if $(HOURS),--hours $(HOURS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(PACE),--pace $(PACE))

# Takes hours on a machine with nothing else to do; `make bench ROW=exact-knn` runs one row.
bench: build .venv/.dev .browser
	$(BIN)/python -m bench $(ROW) $(if $(SIZES),--sizes $(SIZES)) $(if $(REPEATS),--repeats $(REPEATS))

# --- the parts of `make test` -------------------------------------------------------------------

lint: .venv/.dev node_modules/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python scripts/check_shapes.py embwidget
	$(BIN)/python scripts/wire_types.py --check
	$(BIN)/python scripts/number_words.py --check
	$(BIN)/python scripts/cli_docs.py --check
	npx --no -- biome ci js
	npx --no -- tsc --noEmit

test-js: node_modules/.installed
	npx --no -- vitest run

test-py: build .venv/.dev .venv/.references .browser
# In their order: reordered, files of few long tests come last, and one worker waits for the other.
	$(TEST_ENV) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# What a screen is told of, from Python to TypeScript, what it says of its numbers, from docs/numbers.md, and docs/cli.md.
types: .venv/.dev
	$(BIN)/python scripts/wire_types.py
	$(BIN)/python scripts/number_words.py
	$(BIN)/python scripts/cli_docs.py

# --- building -----------------------------------------------------------------------------------

build: embwidget/static/index.js

embwidget/static/index.js: node_modules/.installed package.json $(JS_SOURCES)
	npm run --silent build
	@test $$(cat embwidget/static/index.* | wc -c) -lt 90000 || { echo "embwidget/static/index.* is over 90 kB: it travels with every widget"; exit 1; }
	@test $$(cat embwidget/static/spaces.packed | wc -c) -lt 20000 || { echo "embwidget/static/spaces.packed is over 20 kB: it travels with every widget of several spaces"; exit 1; }

dist: build .venv/.dev
	$(BIN)/python -m build --outdir dist

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "embwidget needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/.lab: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[lab]'
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

.venv/.docs: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[docs]'
	@touch $@

# What tests compare with is no part of the dev extra: torch is large, and rbo asks for an old numpy that it does not need.
.venv/.references: .venv/.dev
	$(BIN)/pip install --quiet torch==2.13.0 pytorch-metric-learning==2.9.0 dcor==0.7 rsatoolbox==0.3.2 transformers==5.24.0
	$(BIN)/pip install --quiet --no-deps rbo==0.1.3
	$(BIN)/pip install --quiet mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1 sqlparse==0.6.1
	@touch $@

.PHONY: .browser
.browser:
	@sh scripts/ensure_browser.sh

clean:
	rm -rf .venv node_modules build dist embwidget/static js/demo/build
