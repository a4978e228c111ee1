# Two commands set everything up: `make check` and `make test`. `make` alone, or `make help`, lists the rest.
# They install the versions that constraints.txt names; with LATEST=1, the newest that pyproject.toml allows.
PYTHON ?= python3
LATEST ?=
VENV   := .venv$(if $(LATEST),-latest)
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
          $(if $(LATEST),--upgrade --upgrade-strategy eager,--constraint constraints.txt)
T      ?=

.DEFAULT_GOAL := help
.PHONY: help check test nightly downloads lint fix golden docs schemas constraints bench clean

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

$(VENV)/user: pyproject.toml $(if $(LATEST),,constraints.txt)
	@echo "==> creating $(VENV) and installing chartkit into it (a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/developer: pyproject.toml $(if $(LATEST),,constraints.txt)
	@echo "==> installing chartkit and what its tests need into $(VENV) (a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --editable '.[dev,pytest]'
	@touch $(VENV)/user $@

check: $(VENV)/user  ## run chartkit over the charts of this repository
	@echo "==> chartkit check"
	@$(BIN)/chartkit check
	@echo "==> chartkit coverage"
	@$(BIN)/chartkit coverage --fail-under 100 --quiet

test: downloads  ## run the whole test suite; T='-k word' for a part, LATEST=1 with the newest packages
	@echo "==> running the tests"
	@$(BIN)/python -m pytest -n auto $(T)

nightly: downloads  ## run the suite with many generated examples and every case, and measure its coverage
	@echo "==> running the tests with many examples, and measuring what they cover"
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered \
	    --cov-fail-under=$(if $(T),0,95) $(T)

downloads: $(VENV)/developer  ## fetch Helm 3 and 4, schemas and Chromium into ~/.cache/chartkit-tests (once)
	@echo "==> fetching what tests compare with, where it is not there: Helm 3 and 4, schemas, Chromium"
	@$(BIN)/python tests/tools/fetch_helm.py
	@$(BIN)/python tests/tools/fetch_schemas.py
	@$(BIN)/python tests/tools/fetch_chromium.py

lint: $(VENV)/developer  ## ruff and mypy, as CI runs them
	@echo "==> ruff and mypy"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: $(VENV)/developer  ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

golden: $(VENV)/user  ## accept what the charts render now
	@$(BIN)/chartkit golden update

docs: $(VENV)/developer  ## write the index and the pages of rules anew
	@$(BIN)/python -m chartkit.rules

schemas: $(VENV)/developer  ## write schemas/kubernetes anew from the kubernetes-validate package
	@$(BIN)/python schemas/kubernetes/build.py

constraints:  ## write constraints.txt anew from the newest packages (then: make test)
	@rm -rf .venv-latest
	@$(MAKE) LATEST=1 .venv-latest/developer
	@(sed '/^[^#]/,$$d' constraints.txt; .venv-latest/bin/python -m pip freeze --exclude-editable) > constraints.new
	@mv constraints.new constraints.txt

bench: $(VENV)/developer  ## measure against helm template and kubeconform, as ratios of one run
	@$(BIN)/python tests/tools/fetch_helm.py
	@$(BIN)/python tests/tools/bench.py

clean:  ## remove the environment and every cache
	@rm -rf .venv .venv-latest .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
