PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check guide bench bench-nodes bench-profiles bench-reload bench-rules bench-signals fuzz-signals clean

demo: .venv/ready ## start the service and the sample shop
	@$(BIN)/python examples/shop/demo.py

test: check ## lint, types, layers and all tests
	@$(BIN)/pytest

check: .venv/ready ## lint, types, layers, shape
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "ruff: fine"
	@$(BIN)/mypy --no-error-summary && echo "mypy: fine"
	@$(BIN)/lint-imports > .venv/layers.log || { cat .venv/layers.log; exit 1; } && echo "import-linter: fine"
	@$(BIN)/pytest tests/test_shape.py

guide: .venv/ready ## rewrite the vocabulary in the editors' guide
	@$(BIN)/omo schema --guide rules/README.md

bench: .venv/bench-ready ## speed against other engines and an empty answer, memory, build; CHART=1 draws docs/speed.svg
	@$(BIN)/python -m tests.bench $(if $(CHART),--chart)

bench-nodes: .venv/ready ## bytes per visitor in Redis, and CPU, commands and traffic of a request over it, which docs/capacity.md reckons with
	@$(BIN)/python -m tests.bench.remote

bench-profiles: .venv/ready ## bytes per profile, and CPU beside many of them; N=1000000 for a million
	@$(BIN)/python -m tests.bench.profiles $(N)

bench-reload: .venv/ready ## latency of requests while 10,000 rules are taken up anew; FOLDER=… for your own
	@$(BIN)/python -m tests.bench.reload $(FOLDER)

bench-rules: .venv/ready ## CPU of reading and checking 1,000 rules, and of doing so again after a change; FOLDER=… for your own
	@$(BIN)/python -m tests.bench.rules $(FOLDER)

bench-signals: .venv/ready ## CPU of reading all signals of a request, warm and cold
	@$(BIN)/python -m tests.bench.signals

fuzz-signals: .venv/ready ## a million generated requests, none of which may raise; N=1000 SEED=7 for others
	@$(BIN)/python -m tests.fuzz.signals $(N) $(SEED)

clean: ## remove what the other targets made; omo-data, with the keys and the visitors of omo serve, stays
	rm -rf .venv build var

.venv/bench-ready: .venv/ready
	@echo "installing what is compared with (once) …"
	@$(BIN)/python -m tests.bench.install
	@touch $@

.venv/ready: pyproject.toml
	@echo "setting up .venv (once) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@$(BIN)/python -m compileall -q plugin # commands start faster, also where Python may not write this itself
	@touch $@
