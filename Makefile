# `make check` runs the main job, `make test` every test, `make bench` ours beside SPIN and TLC.
# `make soak` takes a million random steps of the proposed design, `make faults` tries every seeded
# fault and writes the table of tests/faults/README.md. All first set up what they need, once.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: check test thorough bench soak questions faults mutants

# The tool's answer about a design that is known to be broken is a result: 1 and 3 are no failures.
check: $(READY)
	@$(BIN)/assay check; case $$? in 0|1|3) ;; *) exit 1 ;; esac

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=ci -m 'not thorough'

# What takes too long for each change: choices and mutations of the large models, matrices of
# questions, seeded faults.
thorough: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=ci -m thorough

soak: $(READY)
	$(BIN)/assay walk --design proposed --steps 1000000

# Judges every question that has an argument, and makes its page.
questions: $(READY)
	@$(BIN)/assay decide --steps 5000 --write docs/questions \
	$(basename $(notdir $(wildcard docs/questions/arguments/*.md))); \
	case $$? in 0|1|3) ;; *) exit 1 ;; esac

faults: $(READY)
	$(BIN)/python -m tests.faults.seeded

# Changes the kernel's code about ends, references and pages in each small way, one after the other,
# in a copy of the tree, and tells what no test of a named selection sees.
mutants: $(READY)
	$(BIN)/python -m tests.faults.mutants

bench: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]' -c constraints.txt
	$(BIN)/python -m benchmarks.checkers

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	"Python 3.11 or newer is needed; name one: make PYTHON=python3.12 check")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $@
