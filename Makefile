# Two targets: `make verify` checks the lemmas, `make test` checks the toolkit. Both set up .venv once.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PEERS := .venv-peers

.PHONY: verify test lint slow quality browser bench-peers clean

verify: $(VENV)/.ready
	$(RUN) -m verify all $(ARGS)

test: $(VENV)/.ready-for-tests
	OPENBLAS_NUM_THREADS=1 $(RUN) -m pytest -q -n auto $(ARGS)

lint: $(VENV)/.ready-for-tests
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy

slow: $(VENV)/.ready-for-tests
	OPENBLAS_NUM_THREADS=1 $(RUN) -m pytest -q -n auto -m slow $(ARGS)

# The figures of tests/quality/README.md.
quality: $(VENV)/.ready-for-tests
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests/quality $(RUN) tests/quality/quality_suite.py $(ARGS)

browser: $(VENV)/.ready-for-tests
	$(RUN) -m pytest -q -m browser $(ARGS)

# The peers need versions of their own, and a gigabyte.
bench-peers: $(PEERS)/.ready
	$(PEERS)/bin/python -m verify bench $(ARGS)

$(PEERS)/.ready: pyproject.toml
	$(PYTHON) -m venv --without-pip $(PEERS)
	$(PYTHON) -m pip --python $(PEERS) install --quiet --editable '.[fast,peers]'
	touch $@

# The stamps are newer than pyproject.toml as long as nothing needs to be installed again.
$(VENV)/.ready: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip --python $(VENV) install --quiet --editable .
	touch $@

$(VENV)/.ready-for-tests: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip --python $(VENV) install --quiet --editable '.[browser,dask,dev,fast,notebook,plot,z3]'
	touch $@ $(VENV)/.ready

# Without pip of its own: Debian's Python has no ensurepip.
$(VENV)/bin/python:
	$(PYTHON) -m venv --without-pip $(VENV)

clean:
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
