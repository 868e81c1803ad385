# Thin names for the scripts, which work without make too.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench peers money commerceml prove docs stories methods connectors module requirements lock oscar audit backfill chaos cml2 kills modulesql sdks size statusmaps

help: ## this list
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/' | expand -t 16

demo: ## a shop, a portal and the hub on this machine; ONCE=1 for one round, JSON=file for its figures
	@ONCE='$(ONCE)' JSON='$(JSON)' scripts/demo

test: ## all tests; ARGS='...' go to pytest
	@scripts/test $(ARGS)

check: ## style, types, borders, sizes and words
	@scripts/check

bench: ## measure, side by side with plain integrations too; FULL=1 for long, PART=one, ARGS=docs/figures.md writes it
	@FULL='$(FULL)' PART='$(PART)' scripts/bench $(ARGS)

backfill: ## bring histories: requests an order, time over the floor, memory; ARGS='--orders 100000 docs/figures.md'
	@scripts/backfill $(ARGS)

peers: ## the same work by other clients and by ours: requests and virtual seconds; ARGS='--size 100 file.json'
	@scripts/peers $(ARGS)

money: ## money round trips, store to deal to store, and the kopecks lost; ARGS=docs/figures.md writes the section
	@scripts/money $(ARGS)

commerceml: ## read a catalogue of 50 MB: speed and memory; ARGS=file.xml says what becomes of each of its elements
	@scripts/commerceml $(ARGS)

size: ## fill a database with 100 000 orders and a year: bytes an order, the longest pruning; ARGS=docs/figures.md
	@scripts/size $(ARGS)

prove: ## attack the engine with random lives; RUNS=n, SEED=n tells one, MUTANTS=1 switches the rules off, NIGHT=1 for long
	@RUNS='$(RUNS)' SEED='$(SEED)' FIRST='$(FIRST)' MUTANTS='$(MUTANTS)' NIGHT='$(NIGHT)' scripts/prove $(ARGS)

chaos: ## kill hub, shop and database at random under edits on both sides; RUNS=200, ORDERS=200, JOBS=1, SEED=n plays one plan again
	@RUNS='$(RUNS)' JOBS='$(JOBS)' ORDERS='$(ORDERS)' FIRST='$(FIRST)' SEED='$(SEED)' MUTANT='$(MUTANT)' scripts/chaos $(ARGS)

sdks: ## the vendor's clients against the sandbox portal, how many scenarios pass; JSON=file for the figures
	@JSON='$(JSON)' scripts/sdks $(ARGS)

oscar: ## another's connector against the real django-oscar, installed from the registry
	@scripts/oscar $(ARGS)

cml2: ## the CommerceML client against the real django-cml2, installed from the registry
	@scripts/cml2 $(ARGS)

docs: ## list the documents
	@find README.md README.ru.md CONTRIBUTING.md CHANGELOG.md docs -name '*.md' | sort

module: ## pack the module for 1C-Bitrix sites into dist/sverka.orders.zip, always the same; ARGS=file.zip elsewhere
	@python3 scripts/module.py $(ARGS)

modulesql: ## the tests of that module over MariaDB, on a server of their own
	@scripts/modulesql $(ARGS)

methods: ## write docs/reference/sandbox-methods.md anew from what the sandbox portal does
	@scripts/methods

requirements: ## write docs/reference/requirements.md anew from the tests' marks
	@scripts/requirements

statusmaps: ## live through status maps made by chance; COUNT=20000, FIRST=0
	@scripts/statusmaps $(COUNT) $(FIRST)

stories: ## write docs/why/stories.md anew from the told stories
	@scripts/stories

connectors: ## run the contract tests, write docs/reference/connectors.md anew; RUN=0 takes the last run's figures
	@RUN='$(RUN)' scripts/connectors

kills: ## kill processes of a hub on PostgreSQL at random while orders come; KILLS=60, SEED=1
	@SVERKA_KILLS='$(or $(KILLS),60)' SVERKA_KILLS_SEED='$(or $(SEED),1)' scripts/kills

lock: ## write requirements.lock anew; ARGS=--upgrade takes the newest versions
	@scripts/lock $(ARGS)

audit: ## ask the public advisories about the packages of requirements.lock; exit code 2 where they cannot be asked
	@scripts/audit
