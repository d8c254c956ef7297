# Everything runs from a clean clone: the only things needed are Python >= 3.11 and make.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
UV := .uv/bin/uv

.DEFAULT_GOAL := help
.PHONY: help run test explore lint compiled test-compiled bench bench-routing simulate mutations crash format docs web web-check clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# uv lives in its own folder: `uv sync` keeps .venv to exactly what uv.lock says.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "PaySwitch needs Python 3.11 or newer: make PYTHON=python3.12 ... / 需要 Python 3.11 以上"; exit 1; }
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# One stamp per set of packages, so that a second start installs nothing. Compiled once here: a start that compiles its
# two thousand modules itself takes twice as long, and some machines never keep what was compiled.
$(VENV)/.run-stamp: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode --no-default-groups --inexact --python $(PYTHON)
	$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev-stamp: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode --group bench --python $(PYTHON)
	$(BIN)/python -m compileall -q src
	@touch $@ $(VENV)/.run-stamp

run: $(VENV)/.run-stamp ## the demo: service, sandbox with seventeen channels, shoppers, an outage every minute
	$(BIN)/payswitch demo

test: $(VENV)/.dev-stamp ## all tests
	$(BIN)/pytest $(ARGS)

explore: $(VENV)/.dev-stamp ## the properties with inputs that nobody has tried yet
	$(BIN)/pytest --hypothesis-profile=exploring -m hypothesis $(ARGS)

lint: $(VENV)/.dev-stamp ## ruff, mypy strict, import contracts, generated docs up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

format: $(VENV)/.dev-stamp ## let ruff format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev-stamp ## write the generated parts of the docs anew
	$(BIN)/python -m docs.generate

web: $(VENV)/.web-stamp ## build the checkout and the console into the package (brings its own Node if there is none)
	$(BIN)/python -m web.build $(ARGS)

web-check: $(VENV)/.web-stamp ## the built front ends are what their sources give
	$(BIN)/python -m web.build --check $(ARGS)

# Only a machine without Node needs the package that brings one.
$(VENV)/.web-stamp: $(VENV)/.dev-stamp
	@$(BIN)/python -c 'import sys, web.build; web.build.node_and_npm()' 2>/dev/null || \
		$(UV) sync --quiet --frozen --inexact --group web --python $(PYTHON)
	@touch $@

# The same switch with its routing as machine code, in an environment of its own. Built from a copy: the compiler leaves
# its results beside what it compiles, and they would be imported instead of the sources from then on.
COMPILED := .compiled
BUILD := build/compiled
$(COMPILED)/.stamp: pyproject.toml uv.lock $(shell find src/payswitch -name '*.py') | $(UV)
	@command -v cc >/dev/null || { echo "make compiled needs a C compiler (Debian: apt-get install gcc python3-dev) \
	/ 需要 C 编译器"; exit 1; }
	rm -rf $(BUILD) && mkdir -p $(BUILD) && cp -r pyproject.toml README.md LICENSE src $(BUILD)
	HATCH_BUILD_HOOKS_ENABLE=1 $(UV) build --quiet --wheel --python $(PYTHON) --out-dir $(BUILD)/wheel $(BUILD)
	UV_PROJECT_ENVIRONMENT=$(COMPILED) $(UV) sync --quiet --frozen --compile-bytecode --no-install-project \
		--group bench --python $(PYTHON)
	$(UV) pip install --quiet --python $(COMPILED) --no-deps --reinstall --compile-bytecode $(BUILD)/wheel/*.whl
	@touch $@

compiled: $(COMPILED)/.stamp ## the same with routing as machine code (needs a C compiler): .compiled/bin/payswitch
	@$(COMPILED)/bin/payswitch version

test-compiled: $(COMPILED)/.stamp ## the tests of routing against the machine code
	PAYSWITCH_TESTS_MACHINE_CODE=1 $(COMPILED)/bin/pytest $(or $(ARGS),tests/routing tests/lab tests/policies)

bench: $(VENV)/.dev-stamp ## create-payment throughput beside a conventional build, in one run
	$(BIN)/python -m bench.create_payment $(ARGS)

bench-routing: $(VENV)/.dev-stamp ## time and memory of a routing decision, beside two bandit libraries
	$(UV) sync --quiet --frozen --inexact --group peers --python $(PYTHON)
	$(BIN)/python -m bench.routing_decision $(ARGS)

SEEDS ?= 2000
simulate: $(VENV)/.dev-stamp ## nights with every fault on a virtual clock: SEEDS=2000, or SEED=123 to replay one
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)

LOOPS ?= 200
PRELOAD ?= 0
crash: $(VENV)/.dev-stamp ## kill -9 of real processes under load: LOOPS=200, DATABASE=postgresql://..., PRELOAD=100000
	$(BIN)/python -m tests.crash --loops $(LOOPS) $(if $(DATABASE),--database $(DATABASE)) --preload $(PRELOAD) $(ARGS)

mutations: $(VENV)/.dev-stamp ## break the switch on purpose, count the nights until the simulation finds it
	$(BIN)/python -m tests.simulation.mutations $(ARGS)

clean: ## remove the environments and the demo's data
	rm -rf $(VENV) $(COMPILED) $(BUILD) .uv data .pytest_cache .mypy_cache .ruff_cache
