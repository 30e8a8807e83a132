# Two commands matter: `make run` shows the whole pipeline, `make test` proves it. The rest is for developers.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := lorong sensors diary ingest store analytics web commons deploy tests

.PHONY: run test check fix faults soak hostile schema bench screenshots vectors dashboards methods crises readme secrets lock clean

run: $(VENV)/run  ## the whole pipeline on this machine; ARGS="--for 60 --port 8123 --data DIR"
	@exec $(BIN)/lorong run $(ARGS)

test: check  ## linters, types, import contracts, then every test, two at a time; ARGS="-n 0 tests/store" one after the other
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/dev  ## linters, types and import contracts
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/dev  ## let the formatter have its way
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

faults: $(VENV)/dev  ## every fault on every store and broker, with a table at the end; about an hour
	$(BIN)/pytest tests/faults -m "" $(ARGS)

soak: $(VENV)/dev  ## ten minutes of random faults; ARGS="--seconds 60 --seed 7 --store influxdb --broker mosquitto"
	@$(BIN)/python -m tests.faults.soak $(ARGS)

hostile: $(VENV)/dev  ## 100,000 hostile messages, a line a kind; ARGS="--seed 7"
	$(BIN)/python -m tests.hostile $(ARGS)

schema: $(VENV)/dev  ## a thousand questions to each address of the API, after its own description, and no fault
	SCHEMA_EXAMPLES=1000 $(BIN)/pytest tests/web/test_schema.py $(ARGS)

bench: $(VENV)/dev  ## the figures that were asked for, beside their references; ARGS="packs singles" a part of them
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(VENV)/dev  ## pictures of every page, and of every dashboard of a Grafana at GRAFANA_URL, in build/screenshots
	$(BIN)/python -m tests.screenshots $(ARGS)

vectors: $(VENV)/dev  ## run the worked examples of FILE=path.json through the methods
	@$(BIN)/python -m tests.analytics.methods.vectors $(FILE)

dashboards: $(VENV)/run  ## write Grafana's JSON anew from deploy/dashboards
	$(BIN)/lorong grafana build

methods: $(VENV)/run  ## write the method cards anew from the indicators' declarations
	$(BIN)/python -m deploy.methods

crises: $(VENV)/run  ## write docs/crises.md anew: ten years of price alarms against the news
	$(BIN)/python -m deploy.crises

readme: $(VENV)/run  ## write the README's tree anew from the modules' first lines
	$(BIN)/python -m deploy.readme

secrets: $(VENV)/run  ## passwords, tokens and the broker's certificate, once, into secrets/; HOST="what nodes call the broker"
	$(BIN)/python -m deploy.secrets $(HOST) $(ARGS)

lock: $(VENV)/dev  ## resolve the requirements anew
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --output-file requirements-dev.txt requirements-dev.in

clean:  ## forget the environment; data stays
	rm -rf $(VENV)

$(VENV)/run: requirements.txt pyproject.toml
	@echo "Lorong: making the Python environment in $(VENV) (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@
