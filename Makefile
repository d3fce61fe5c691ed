# From a bare Debian 12 (python3, python3-venv, make, git) to a running demo: `make demo`. To the tests: `make test`.
# Another Python: `make test PYTHON=python3.13 VENV=.venv313`. Recipes are POSIX sh.
PYTHON ?= python3
VENV ?= .venv
BOOT = .boot
UV = 0.13.9
WORKERS ?= 2
BIN = $(VENV)/bin
MESSAGES = yangcai/locale/en/LC_MESSAGES/django

# uv: the interpreter that we name and no other; the certificates of the system (an office may have its own).
export UV_PYTHON_DOWNLOADS = never
export UV_SYSTEM_CERTS = 1
# A machine that keeps no compiled modules compiles a thousand of them in every process: four seconds each time.
export PYTHONDONTWRITEBYTECODE =
# A home that cannot be written to (a service's user has such a one) has no room for a cache.
CACHE = $${XDG_CACHE_HOME:-$$HOME/.cache}
ifneq ($(shell mkdir -p "$(CACHE)" 2>/dev/null && [ -w "$(CACHE)" ] && echo yes),yes)
export UV_CACHE_DIR = $(BOOT)/cache
export PIP_NO_CACHE_DIR = 1
endif

.PHONY: help setup demo run test long check fmt messages docs nightly chaos bench lock clean

help:
	@echo "make demo      the demo district, in a browser"
	@echo "make test      the tests, but for those that take more than two seconds each"
	@echo "make long      the others: browsers, faults, whole districts; campaigns in their short version"
	@echo "make check     format, lint, types, layers, law, messages, generated documents"
	@echo "make run       the site on an empty (or your own) database"
	@echo "make fmt       format the source"
	@echo "make docs      write the generated documents again"
	@echo "make nightly   100,000 random Actions, all that make long takes shortly, each story over the screens, what comes out as published through the API too"
	@echo "make chaos     every fault that must leave nothing lost, at full length (ROWS='F4 F9': some of them)"
	@echo "make bench     the benchmarks"
	@echo "make lock      resolve the dependencies again (UPGRADE=1: to their newest versions)"

setup: $(VENV)/.ready $(MESSAGES).mo

# The lock holds hashes and names no host. uv installs it in seconds; where uv is not to be had, pip does.
$(VENV)/.locked: requirements.lock
	@echo "setting up $(VENV) with $$($(PYTHON) --version) ..."
	@interpreter=$$($(PYTHON) -c 'import sys; print(sys.executable)'); \
	if { [ -x $(BOOT)/bin/uv ] || { "$$interpreter" -m venv $(BOOT) && $(BOOT)/bin/python -m pip install -q uv==$(UV); }; } \
	  && $(BOOT)/bin/uv venv -q --allow-existing --python "$$interpreter" $(VENV) \
	  && $(BOOT)/bin/uv pip sync -q --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock; \
	then :; \
	else \
	  echo "uv cannot do it here; using pip (slower)"; \
	  "$$interpreter" -m venv --clear $(VENV) && $(BIN)/python -m pip install -q --require-hashes -r requirements.lock; \
	fi
	@touch $@

# The project itself, editable: no dependencies (the lock has them), no build isolation (nothing more is fetched).
$(VENV)/.ready: $(VENV)/.locked pyproject.toml setup.py
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; \
	then $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .; \
	else $(BOOT)/bin/uv pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .; \
	fi
	@touch $@

$(MESSAGES).mo: $(MESSAGES).po tools/messages.py $(VENV)/.ready
	@$(BIN)/python tools/messages.py compile

messages: setup
	@$(BIN)/python tools/messages.py update

demo: setup
	@$(BIN)/yangcai demo

run: setup
	@$(BIN)/yangcai migrate
	@$(BIN)/yangcai serve

test: setup
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long" tests

long: setup
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m long tests

check: setup
	@$(BIN)/python tools/check.py

fmt: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only -q .

docs: setup
	@$(BIN)/python tools/docs.py write

nightly: setup
	@YANGCAI_NIGHTLY=1 YANGCAI_WALKERS=$(WORKERS) $(BIN)/pytest -n $(WORKERS) -rP tests/invariants/test_random_actions.py
	@YANGCAI_NIGHTLY=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m campaign tests
	@YANGCAI_NIGHTLY=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests/scenarios tests/tendering
	@YANGCAI_NIGHTLY=1 YANGCAI_THROUGH=screens $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests/scenarios
	@$(BIN)/yangcai replay --via api cases/*.yaml

chaos: setup
	@$(BIN)/python -m tests.faults $(ROWS)

bench: setup
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.locked
	@$(BOOT)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  $(if $(UPGRADE),--upgrade) --group dev pyproject.toml -o requirements.lock

clean:
	@[ ! -x $(BIN)/yangcai ] || $(BIN)/yangcai db stop
	@rm -rf $(VENV) $(BOOT) build dist *.egg-info
