# The common tasks, for hands used to make; each is an npm script (see package.json).
.DEFAULT_GOAL := help
.PHONY: help start test check bench build generate format clean

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

build: ## Bundle the daemon into dist/, export the GUI to out/
	npm run build

generate: ## Write ABIs and the reference documents anew
	npm run generate

format: ## Format all sources
	npm run format

clean: ## Remove what was built; keeps the local mesh and its keys
	rm -rf dist out .next artifacts cache coverage test-results playwright-report
