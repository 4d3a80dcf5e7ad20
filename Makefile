# Everything one does with a checkout: run it, test it, and keep it in order. `make help` lists it.

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PREPARE = $(if $(PYTHON),$(PYTHON),$(error Confapp needs Python 3.11 or newer, and there is none on the PATH: \
	install it, or name it with PYTHON=/path/to/python3)) -m scripts.prepare
# More arguments for pytest, as in: make test ARGS="tests/domain -k clash"
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check format assets messages screenshots lock soak bench audit clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-10s%s\n' "$$name" "$$text"; done

run:  ## set up what is missing and start Confapp (PORT=5000)
	@$(PREPARE) run
	@exec $(BIN)/flask --app wsgi serve

test:  ## set up what is missing, check everything, run all tests (ARGS=... for pytest)
	@$(PREPARE) test
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 $(ARGS)

check:  ## formatting, lint, types of Python and TypeScript
	@$(PREPARE) check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(BIN)/python -m scripts.node check

format:  ## put every Python file into the one format
	@$(PREPARE) check
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

assets:  ## build scripts, styles and fonts into confapp/static
	@$(PREPARE) assets

messages:  ## collect texts to translate, bring the catalogues up to date, compile them
	@$(PREPARE) run
	@mkdir -p confapp/translations
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords N_ --add-comments "Translators:" \
		--sort-by-file --add-location file --project Confapp --copyright-holder "the Confapp authors" \
		--output confapp/translations/messages.pot .
	$(if $(wildcard confapp/translations/*/LC_MESSAGES),$(BIN)/pybabel --quiet update --ignore-pot-creation-date \
		--input-file confapp/translations/messages.pot --output-dir confapp/translations)
	@$(PREPARE) run

screenshots:  ## take the README's pictures anew
	@$(PREPARE) test
	CONFAPP_SCREENSHOTS=docs $(BIN)/pytest tests/e2e/test_pictures.py

lock:  ## pin all dependencies again (ARGS=--upgrade takes the newest)
	@$(PREPARE) tools
	@$(BIN)/python -m scripts.lock $(ARGS)

soak:  ## the long tests: many examples of every law, load
	@$(PREPARE) test
	CONFAPP_EXAMPLES=soak $(BIN)/pytest -n 2 -m "soak or hypothesis" $(ARGS)

bench:  ## measure; each file of bench/ prints what it found
	@$(PREPARE) test
	@set -e; for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python -m bench.$$(basename $$file .py) $(ARGS); done

audit:  ## look the pinned packages up in the public lists of known weaknesses
	@$(PREPARE) tools
	@$(BIN)/python -m scripts.audit

clean:  ## remove what was built; .venv and the data in instance/ stay
	rm -rf confapp/static confapp/static.new confapp/assets/node_modules build dist \
		.mypy_cache .pytest_cache .ruff_cache .hypothesis
	find confapp tests bench scripts templates -name __pycache__ -prune -exec rm -rf {} +
	find confapp/translations -name '*.mo' -delete 2>/dev/null || true
