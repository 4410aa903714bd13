# Everything a developer or a continuous-integration job calls. `make` alone prints the targets.

PYTHON ?= python3
VENV := .venv
# Bytecode and caches stay out of the source folders.
PY := PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python
PYTEST := $(PY) -m pytest -p no:cacheprovider
DERIVED := $(filter-out %/common.py,$(wildcard configs/norway/derive/*.py))
NOTEBOOKS := tests/python/test_notebooks.py
# What notebooks/packages.py compares in the README.
PACKAGES := tobacco-alone three-measures cessation-universal cessation-targeted

# Tests are built for any machine of this kind, the program for this very one: what they write is compared (test_portable.py).
BASELINE := RUSTFLAGS="-C target-cpu=generic" CARGO_TARGET_DIR=target/baseline

say = @printf '\n== %s\n' '$(1)'

.PHONY: help test test-rust test-docs test-derived test-python test-notebooks lint build bench figures fmt clean has-cargo has-python
.NOTPARALLEL:

help: ## print the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

test: has-cargo $(VENV)/installed lint test-rust test-docs test-derived test-python test-notebooks ## check everything

lint: has-cargo ## check formatting and lints
	$(call say,formatting)
	cargo fmt --check
	$(call say,lints)
	cargo clippy --all-targets -- -D warnings

test-rust: has-cargo ## run the Rust tests
	$(call say,Rust tests)
	@if cargo nextest --version >/dev/null 2>&1; then \
		set -x; $(BASELINE) cargo nextest run --no-fail-fast; \
	else \
		set -x; $(BASELINE) cargo test --no-fail-fast --lib --bins --tests; \
	fi

test-docs: has-cargo ## run the examples of the documentation and build it
	$(call say,examples in the documentation)
	$(BASELINE) cargo test --doc
	$(call say,documentation)
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

test-derived: $(VENV)/installed ## recompute the derived input tables and compare them
	$(call say,derived input tables)
	@for script in $(DERIVED); do echo "$$script --check" && $(PY) "$$script" --check || exit 1; done

test-python: build $(VENV)/installed ## check what a run writes, from Python
	$(call say,output of a run)
	$(PYTEST) tests/python --ignore=$(NOTEBOOKS)

test-notebooks: build $(VENV)/installed ## execute the notebooks
	$(call say,notebooks)
	$(PYTEST) $(NOTEBOOKS)

build: has-cargo ## build the program as it is meant to be run
	$(call say,release build)
	cargo build --release

bench: has-cargo ## measure the speed
	$(call say,benchmarks)
	cargo bench

figures: build $(VENV)/installed ## simulate the default scenario, then four packages, and draw the figures of the README from them
	$(call say,figures)
	rm -rf target/figures
	target/release/livslop run --out target/figures/run
	cd notebooks && for notebook in first_look gradient; do \
		LIVSLOP_FIGURE=1 LIVSLOP_RUN=../target/figures/run ../$(VENV)/bin/python $$notebook.py || exit 1; \
	done
	target/release/livslop run $(PACKAGES) --out target/figures/packages
	cd notebooks && LIVSLOP_FIGURE=1 LIVSLOP_RUN=../target/figures/packages ../$(VENV)/bin/python packages.py

fmt: has-cargo ## format the Rust sources
	cargo fmt

clean: ## remove what was built and installed here, but no runs
	rm -rf target $(VENV)

has-cargo:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install the Rust toolchain, 1.95 or later' >&2; exit 1; }

has-python:
	@command -v $(PYTHON) >/dev/null || { echo 'python3 is missing: install Python 3.11 or later' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed, this is $$($(PYTHON) --version); set another with PYTHON=…" >&2; exit 1; }

# Some systems ship venv without the module that puts pip into it: there, the system's own pip installs from outside.
$(VENV)/installed: notebooks/requirements.txt | has-python
	$(call say,Python environment in $(VENV))
	@rm -rf $(VENV)
	@if $(PYTHON) -m venv $(VENV) >/dev/null 2>&1; then \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1 && $(PYTHON) -m venv --clear --without-pip $(VENV); then \
		$(PYTHON) -m pip --python $(VENV)/bin/python install --quiet --disable-pip-version-check -r $<; \
	else \
		echo 'Python has neither venv nor pip: install both (on Debian: python3-venv)' >&2; exit 1; \
	fi
	@touch $@
