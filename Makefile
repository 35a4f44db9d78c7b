# What a developer can do. A machine needs only Python 3.11 or newer, pip and make.
PYTHON ?= python3
PREPARE = $(PYTHON) servicedesk/processes/prepare.py
DESK = .venv/bin/python
COMPILE = $(DESK) -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: help run test bench chaos lint messages lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

run:  ## set everything up and serve the desk at http://127.0.0.1:8000 (PORT=... for another)
	@$(PREPARE) run
	@$(DESK) -m servicedesk.processes.supervisor

test:  ## set everything up and run the whole suite (ARGS=... for pytest)
	@$(PREPARE) test
	$(DESK) -m ruff check
	$(DESK) -m mypy
	$(DESK) -m pytest -n 2 --dist loadfile $(ARGS)

bench:  ## the figures of the desk as JSON
	@$(PREPARE) test
	@$(DESK) -m bench

chaos:  ## a storm of kills over a whole desk, then the loss accountant (SECONDS=600 SEED=... ARGS=...)
	@$(PREPARE) test
	@$(DESK) -m tests.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) $(ARGS)

lint:  ## style, types and the map of allowed imports
	@$(PREPARE) test
	$(DESK) -m ruff check
	$(DESK) -m mypy
	.venv/bin/lint-imports

messages:  ## find every string people see, merge the translations, name what is missing
	@$(PREPARE) test
	$(DESK) manage.py messages merge
	$(DESK) manage.py messages check

lock:  ## renew the exact versions and hashes in requirements*.txt
	@$(PREPARE) test
	$(COMPILE) --output-file=requirements.txt requirements.in
	$(COMPILE) --output-file=requirements-test.txt requirements-test.in
