# Everything runs in .venv, made here with plain venv and pip. A stamp in it says what has been installed;
# pyproject.toml is newer than the stamp when that has changed.

PYTHON ?= python3
TORCH  ?= 2.13.0
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq

.NOTPARALLEL:
.PHONY: help demo test check bench conformance gallery clean

help:
	@echo 'make demo          install shapelens into .venv and see it work'
	@echo 'make test          every test, doctests included'
	@echo 'make check         style, types, floors'
	@echo 'make conformance   the long comparisons with other implementations'
	@echo 'make bench         the benchmarks'
	@echo 'make gallery       every figure of the documents anew'
	@echo 'make clean         remove .venv and every cache'

demo: $(VENV)/core
	@echo '$$ shapelens show vgg16'
	@$(BIN)/shapelens show vgg16
	@echo
	@echo '$$ shapelens explain 256x256x32'
	@$(BIN)/shapelens explain 256x256x32
	@echo
	@echo '$$ shapelens draw vgg16 -o vgg16.svg'
	@$(BIN)/shapelens draw vgg16 -o vgg16.svg

test: $(VENV)/test
	$(BIN)/pytest -n auto --maxprocesses=4 --dist=loadfile

check: $(VENV)/check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

conformance: $(VENV)/conformance
	$(BIN)/pytest -m "conformance or hypothesis" --hypothesis-profile=searching

bench: $(VENV)/bench
	$(BIN)/python benchmarks/run.py

gallery: $(VENV)/test
	$(BIN)/python docs/gallery.py
	$(BIN)/python docs/arithmetic.py
	$(BIN)/python docs/pictures.py

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The interpreter and pip; complete only when both are there.
$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'shapelens needs Python 3.11 or newer; name one: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# What a user installs.
$(VENV)/core: $(VENV)/made pyproject.toml
	@echo 'installing shapelens into $(VENV) …'
	@$(PIP) install --editable .
	@touch $@

# What the tests compare against. PyTorch comes first and by itself, in the one version that has a build for the
# CPU alone; torchvision must not bring another one along.
$(VENV)/torch: $(VENV)/made
	@echo 'installing PyTorch for the tests into $(VENV) …'
	@$(PIP) install torch==$(TORCH)
	@$(PIP) install --no-deps torchvision pillow
	@touch $@

$(VENV)/test: $(VENV)/torch pyproject.toml
	@echo 'installing shapelens and what its tests need into $(VENV) …'
	@$(PIP) install --editable '.[test]'
	@touch $@

# What the long comparisons need besides; of the detector only the network in it, of the libraries of networks only
# these.
$(VENV)/conformance: $(VENV)/test
	@echo 'installing what is compared at length into $(VENV) …'
	@$(PIP) install --editable '.[test,conformance]'
	@$(PIP) install transformers einops onnxscript
	@$(PIP) install --no-deps nudenet rapidocr-onnxruntime timm monai segmentation-models-pytorch
	@touch $@

$(VENV)/bench: $(VENV)/test
	@echo 'installing what is measured beside shapelens into $(VENV) …'
	@$(PIP) install --editable '.[test,bench]'
	@touch $@

# The linters; mypy reads the tests too, so it needs what they import.
$(VENV)/check: $(VENV)/test
	@echo 'installing the linters into $(VENV) …'
	@$(PIP) install --editable '.[test,check]'
	@touch $@
