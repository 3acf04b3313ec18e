# Two commands do everything: `make repro` and `make test`. Each makes its own environment in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := build/benchmarks
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check -c constraints.txt
INSTALL := $(BIN)/python $(PIP_INSTALL)
# EncodingWarning is an error in the tests; pip and the like are left in peace.
PYTEST := PYTHONWARNDEFAULTENCODING=1 $(BIN)/python -m pytest
export MPLBACKEND := Agg

.PHONY: help repro test lint format test-external docs benchmark benchmark-peers benchmark-sweeps benchmark-ess benchmark-equilibria benchmark-finite benchmark-networks soak dist lock venv clean

help:
	@echo "make repro            the claims of the paper: table on the screen, report in paper_repro/output"
	@echo "make test             style, types, import contracts, tests, doctests and notebooks"
	@echo "make lint             style, types and import contracts alone; make format mends the style"
	@echo "make test-external    tests that need fonts or programs from outside Python"
	@echo "make docs             the documentation, in docs/_build/html"
	@echo "make benchmark        speed beside the obvious alternative"
	@echo "make benchmark-peers  trajectories beside other packages, which it installs in build/benchmarks"
	@echo "make benchmark-sweeps sweeps of many trajectories beside other packages, installed there too"
	@echo "make benchmark-ess    all evolutionarily stable states beside FracESSA, installed there too"
	@echo "make benchmark-equilibria  Nash equilibria beside other programs, installed there too; lrsnash (package lrslib) is yours to install"
	@echo "make benchmark-finite  chains and simulation of finite populations beside egttools, installed there too"
	@echo "make benchmark-networks  games on networks beside egttools and loops of one's own, installed there too"
	@echo "make soak             sweeps that are killed at random and resumed, and a cluster that loses a worker"
	@echo "make dist             wheel and source archive, in dist/"
	@echo "make lock             renew constraints.txt with the newest versions"

repro: $(VENV)/.base
	@$(BIN)/coopgame repro paper_repro

test: lint
	$(PYTEST) -m "not external"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# With a new cache of fonts, which finds those installed since the last run.
test-external: $(VENV)/.dev
	rm -rf build/matplotlib
	MPLCONFIGDIR=build/matplotlib $(PYTEST) tests/external -m external

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs docs/_build/html
	@echo "documentation: docs/_build/html/index.html"

benchmark: $(VENV)/.dev
	@for script in analyse_vs_sympy symbolic_engine; do echo "== $$script"; $(BIN)/python benchmarks/$$script.py || exit 1; done

benchmark-peers: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/trajectories.py

benchmark-sweeps: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/sweeps.py --write benchmarks/results/sweeps.md

benchmark-equilibria: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/equilibria.py --write benchmarks/results/equilibria.md

benchmark-finite: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/finite.py --write benchmarks/results/finite.md

benchmark-networks: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/networks.py --write benchmarks/results/networks.md

benchmark-ess: $(PEERS)/.ready
	$(PEERS)/bin/python benchmarks/ess.py --write benchmarks/results/ess.md

soak: $(VENV)/.dev
	$(BIN)/python benchmarks/soak.py

dist: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation

# Everything that an installation with all extras brings, at the newest versions that work together.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check ".[dev,docs,notebook]"
	{ echo "# Versions that work together; used by make, renewed by make lock."; \
	  build/lock/bin/python -m pip freeze --exclude coopgame-egt | LC_ALL=C sort -f; } > build/constraints.txt
	@! grep -nE '@|://' build/constraints.txt || { echo "a version is pinned to a place" >&2; exit 1; }
	mv build/constraints.txt constraints.txt
	rm -rf build/lock

venv: $(VENV)/.dev

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "coopgame needs Python 3.11 or newer; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# One stamp for each set of packages: a second run installs nothing.
$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	@echo "installing coopgame and what it needs (a minute or two, the first time only)"
	@$(INSTALL) hatchling editables
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	@echo "installing the tools of the tests"
	@$(INSTALL) --no-build-isolation -e ".[dev]"
	@touch $@

$(VENV)/.docs: $(VENV)/.base
	@echo "installing the tools of the documentation"
	@$(INSTALL) --no-build-isolation -e ".[docs]"
	@touch $@

# The packages that coopgame is compared with have an environment of their own.
$(PEERS)/.ready: pyproject.toml constraints.txt benchmarks/requirements.txt | $(VENV)/pyvenv.cfg
	@echo "installing coopgame and the packages it is compared with"
	@$(BIN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python $(PIP_INSTALL) hatchling editables
	@$(PEERS)/bin/python $(PIP_INSTALL) --no-build-isolation -e .
	@$(PEERS)/bin/python $(PIP_INSTALL) -r benchmarks/requirements.txt
	@$(PEERS)/bin/python $(PIP_INSTALL) 'numbalsoda>=0.3.4' || \
	  echo "numbalsoda is left out: it is compiled here, with cmake, a C++ and a Fortran compiler (gfortran)"
	@touch $@

clean:
	rm -rf $(VENV) build dist docs/_build docs/notebooks paper_repro/output
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis
