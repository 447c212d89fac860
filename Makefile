# Everything a newcomer needs: `make run` serves the viewer, `make test` proves it.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: run test setup lint types unit hostile browser system-tools bench relock clean python-check

run: $(VENV)/.runtime
	$(BIN)/python -m webapp serve

test: system-tools lint types unit browser

setup: $(VENV)/.test

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

unit: $(VENV)/.test
	$(BIN)/python -m pytest --ignore=tests/browser -n 2 --dist loadfile --cov --cov-report=term:skip-covered

# The catalogue of bad inputs, faults and fuzz with everything that takes its time; see docs/limits.md.
hostile: $(VENV)/.test
	$(BIN)/python -m pytest -m "slow_hostile or not slow_hostile" tests/hostile

browser: $(VENV)/.test system-tools
	$(BIN)/python -m pytest tests/browser

# Peers live in an environment of their own and are called as processes.
bench: $(VENV)/.test $(VENV)-peers/.peers
	$(BIN)/python -m benchmarks

# Chromium and its driver come from the system; with root they are installed, without it one sentence says which.
# nginx is for the test of the deploying page, which says so when it is not there.
system-tools:
	@if command -v chromium >/dev/null && command -v chromedriver >/dev/null && { command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; }; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver nginx-light >/dev/null; \
	elif command -v chromium >/dev/null && command -v chromedriver >/dev/null; then :; \
	else \
		echo "The browser tests need Chromium and ChromeDriver: install the packages chromium and chromium-driver (Debian, Ubuntu), then run make test again." >&2; exit 1; \
	fi

python-check:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Trueslice needs Python 3.11 or newer as $(PYTHON); name another with make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make environments: install the package python3-venv, then run make again." >&2; exit 1; }

$(VENV)/bin/python: | python-check
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.runtime
	$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)-peers/.peers: requirements/peers.txt | python-check
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

# Needs uv; nothing else does.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
relock:
	$(COMPILE) requirements/runtime.in --output-file requirements/runtime.txt
	$(COMPILE) requirements/test.in --overrides requirements/overrides.txt --output-file requirements/test.txt
	$(COMPILE) requirements/peers.in --output-file requirements/peers.txt

clean:
	rm -rf $(VENV) $(VENV)-peers build *.egg-info .mypy_cache .ruff_cache .pytest_cache
