# The project's commands; .ci/run calls them too. `make` alone lists them.
# They need Rust and a C compiler; what else they use, they fetch into target/tools.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
export CARGO_INCREMENTAL ?= 0

TARGET := $(or $(CARGO_TARGET_DIR),target)
TOOLS := $(TARGET)/tools/venv/bin
DATA ?= .portico
# The build of `cargo lambda build`: for this machine's own architecture, by the plain compiler unless the operator has zig do it. By
# package: `--bin` would give the functions what `portico` alone needs, such as the operator's credentials chain.
LAMBDA_BUILD := cargo lambda build --release --compiler cargo
FUNCTIONS := $(notdir $(wildcard functions/*))

export PATH := $(abspath $(TOOLS)):$(PATH)

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "make %-16s %s\n", $$1, $$2 }'

.PHONY: tools
tools: $(TARGET)/tools/.installed ## fetch cfn-lint, cargo-lambda and the SAM CLI
$(TARGET)/tools/.installed: .ci/requirements.txt
	python3 -m venv $(TARGET)/tools/venv
	$(TOOLS)/pip install --quiet --disable-pip-version-check --requirement .ci/requirements.txt
	touch $@

.PHONY: test
test: ## everything that needs only Rust and a C compiler
	cargo test

.PHONY: lint
lint: ## formatting, warnings of compiler and clippy, warnings of the documentation
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

.PHONY: template
template: tools ## what cfn-lint and the SAM CLI say of infra/template.yaml and of the examples
	cfn-lint # .cfnlintrc names the files
	for template in infra/template.yaml $(filter-out %.openapi.yaml,$(wildcard infra/examples/*.yaml)); do \
		SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 sam validate --lint --template $$template; \
	done

.PHONY: openapi
openapi: ## write docs/openapi.json anew, from the routes, the views and what the portal answers
	PORTICO_WRITE=1 cargo test --workspace --test portal -- openapi::the_kept

.PHONY: openapi-lint
openapi-lint: ## what Redocly says of docs/openapi.json
	.ci/openapi

.PHONY: schemathesis
schemathesis: ## the running portal against docs/openapi.json, by more than 10,000 requests that schemathesis makes
	cargo build --workspace --bins
	.ci/schemathesis/lane

.PHONY: routes
routes: ## write the template's routes into Cargo.toml, for cargo lambda watch
	PORTICO_WRITE_ROUTES=1 cargo test --workspace --test portal -- cargo_lambda_watch_is_told
	cargo test --workspace --test portal -- cargo_lambda_watch_is_told

.PHONY: table
table: ## the table on port 8000, for cargo lambda watch (DATA=.portico)
	cargo run -- table --data $(DATA)

.PHONY: watch
watch: tools ## every function on port 9000, over `make table` in another terminal (DATA=.portico)
	cargo lambda watch --invoke-address 127.0.0.1 --disable-cors --env-file $(DATA)/functions.env

.PHONY: watch-test
watch-test: tools ## the README's journey over cargo lambda watch, and cargo lambda invoke of every sample
	cargo build --workspace --bins --examples
	cargo test --workspace --test watch

.PHONY: invoke
invoke: tools ## one function's sample over `make watch` in another terminal (FUNCTION=browse-catalog)
	cargo lambda invoke $(or $(FUNCTION),browse-catalog) --invoke-address 127.0.0.1 --data-file events/$(or $(FUNCTION),browse-catalog).json

.PHONY: browser-test
browser-test: ## the pages in Chromium, two windows at a time (FILTER=journey, PORTICO_SCREENSHOTS=1 writes docs/screenshots)
	.ci/browser
	cargo test --workspace --test browser -- --test-threads 2 --skip keycloak:: $(FILTER)

.PHONY: keycloak
keycloak: ## Keycloak on port 8180 with the realm of infra/keycloak/realm.json, until Ctrl-C
	infra/keycloak/run

.PHONY: keycloak-test
keycloak-test: ## single sign-on and applications' tokens with Keycloak itself, in Chromium
	.ci/browser
	cargo test --workspace --test browser --no-run
	infra/keycloak/run cargo test --workspace --test browser -- --test-threads 1 keycloak::

.PHONY: dynamodb-local
dynamodb-local: ## the store's tests, the races and the journey over Amazon's DynamoDB Local
	cargo test --workspace --test portal --no-run
	infra/dynamodb-local/run .ci/dynamodb-local

.PHONY: dynamodb-local-all
dynamodb-local-all: ## every test over DynamoDB Local, and the journey of cargo lambda watch
	cargo build --workspace --bins --test portal --test watch
	infra/dynamodb-local/run bash -c '.ci/dynamodb-local all && cargo test --workspace --test watch -- journey'

.PHONY: lambda-build
lambda-build: tools ## every function as it is deployed, for this machine's architecture, and how large each is
	$(LAMBDA_BUILD) $(FUNCTIONS:%=--package %)
	.ci/sizes $(FUNCTIONS)

.PHONY: lambda-build-two
lambda-build-two: tools ## two of them, and whether they are as small as they must be
	$(LAMBDA_BUILD) --package authorize --package sign-in
	.ci/sizes authorize sign-in

# What `make measure` does of it, and which functions it starts.
PARTS ?=
.PHONY: measure
measure: tools ## what it costs: cold starts, authorizer, pages, search, load, growth, first call; into docs/benchmarks.md (PARTS="authorizer pages" FUNCTIONS="authorize")
	$(LAMBDA_BUILD) $(FUNCTIONS:%=--package %) --package floor
	npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/measure/node
	PORTICO_BUILT=$(abspath $(TARGET))/lambda PORTICO_FUNCTIONS="$(FUNCTIONS)" cargo bench --workspace --bench measure -- $(PARTS)

.PHONY: deny
deny: ## licences, sources and bans of the dependencies
	command -v cargo-deny >/dev/null || cargo install cargo-deny --version 0.20.2 --locked --profile dev
	cargo deny check bans licenses sources

.PHONY: ci
ci: ## everything that must hold of a commit
	.ci/run
