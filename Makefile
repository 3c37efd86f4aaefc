# The common tasks, for hands used to make; each is an npm script (see package.json).
.DEFAULT_GOAL := help
.PHONY: help start test check bench lab fuzz coverage build generate subgraph deploy upgrade verify format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

start: ## Bring up a local mesh: chain, contract, backbone, nodes, GUI
	npm start

test: ## Test everything, the browser too; STAGES="node e2e" picks some
	npm test -- $(STAGES)

check: ## Format, lint, types, import rules, generated files, unit tests
	npm run check

bench: ## Run a benchmark: make bench NAME=handshake
	npm run bench -- $(NAME)

lab: ## A mesh of many nodes to look at and break: make lab ARGS="up 50"
	npm run lab -- $(ARGS)

fuzz: ## Fuzz the contracts for long: make fuzz ARGS="--minutes 10"
	npm run fuzz -- $(ARGS)

coverage: ## What of the contracts their tests reach
	npm run coverage:contracts

build: ## Bundle the daemon into dist/, export the GUI to out/
	npm run build

generate: ## Write ABIs and the reference documents anew
	npm run generate

subgraph: ## The subgraph for a deployment: make subgraph ARGS="<deployment file> <network>"
	npm run subgraph -- $(ARGS)

deploy: ## The contracts on a chain: make deploy ARGS="--network amoy --dry-run …"
	npm run deploy -- $(ARGS)

upgrade: ## Their next version, by the timelock; ARGS as for deploy
	npm run upgrade -- $(ARGS)

verify: ## Publish their sources: make verify ARGS="--network amoy"
	npm run verify -- $(ARGS)

format: ## Format all sources
	npm run format

clean: ## Remove what was built; keeps the local mesh and its keys
	rm -rf dist out .next artifacts cache coverage test-results playwright-report
