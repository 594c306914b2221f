# make run    the assistant on this machine: installs, ingests the starter corpus, serves the page
# make test   the whole suite        make check   style, types, architecture
# make bench  the figures of docs/benchmarks.md      make eval-gate   no answer worse than the baseline
# make bench-growth, bench-training, bench-telegram, bench-behaviour, bench-dossiers   its long parts;
#             each writes a file that `make bench` appends with its date       make bench-all   all

SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
SHARED ?= ../shared
BIN := .venv/bin
LONG := bench-training bench-growth bench-telegram bench-behaviour bench-dossiers

.PHONY: run test check eval-gate format clean debian bench bench-data bench-all $(LONG)

run: .venv/.run
	$(BIN)/motcua ingest starter
	$(BIN)/motcua serve --port $(PORT)

test: .venv/.dev debian
	$(BIN)/pytest -q -n 2 --dist loadfile

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two minutes on two cores (2026-11-30); it ingests into a directory of its own.
bench: .venv/.dev
	$(BIN)/python -m evals.bench --shared $(SHARED) --output docs/benchmarks.md

# An hour or more. A part that misses a target is told by the last line of all, not by stopping the others.
bench-all:
	-$(MAKE) --keep-going $(LONG)
	$(MAKE) bench

bench-data: .venv/.dev
	MOTCUA_DATA_DIR=var/bench $(BIN)/motcua ingest starter
	MOTCUA_DATA_DIR=var/bench $(BIN)/motcua ingest snapshot $(SHARED)/data/portal

bench-training: bench-data
	$(BIN)/python -m evals.bench.training_choices var/bench
	$(BIN)/python -m evals.bench.unphrased var/bench

bench-growth: bench-data
	$(BIN)/python -m evals.bench.growth var/bench

bench-telegram: bench-data
	$(BIN)/python -m evals.bench.telegram var/bench

bench-behaviour: bench-data
	$(BIN)/python -m evals.bench.behaviour var/bench

bench-dossiers: .venv/.dev
	$(BIN)/python -m evals.bench.reading_gate --output docs/reading-figures.md
	$(BIN)/python -m evals.bench.dossiers --real $(SHARED)/data/files --output docs/real-files-figures.md
	$(BIN)/python -m evals.bench.dossiers --output docs/dossier-figures.md

eval-gate: .venv/.run
	MOTCUA_DATA_DIR=var/eval-gate/data $(BIN)/motcua ingest starter
	rm -rf var/eval-gate/run  # a run that cannot start must not leave an old one to be judged
	MOTCUA_DATA_DIR=var/eval-gate/data $(BIN)/motcua eval all --out var/eval-gate/run || [ $$? -eq 2 ]
	$(BIN)/motcua eval gate var/eval-gate/run

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

debian:
	@tools/debian-packages

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv || { tools/debian-packages python3-venv && $(PYTHON) -m venv --clear .venv; }

.venv/.run: .venv/bin/python requirements.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@# Pip compiles what it installs, but nothing of a project that stays where it is.
	$(BIN)/python -m compileall -q assistant bots evals ingest knowledge
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv var .pytest_cache .ruff_cache .mypy_cache
