# NXT Cloud Chat. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
export PATH := $(HOME)/.cargo/bin:$(PATH)
MAKEFLAGS += --no-print-directory

DB ?= sqlite
# The demo's and the tests' WordPress: a version, `newest`, or a directory.
WP ?=
TEST_WP := $(or $(WP),6.8)
SMOKE_WP := $(or $(WP),7.1)

EXTENSION := target/release/libnxtchat.so
SIMULATOR := target/release/simulator
WASM := build/wasm/core.wasm build/wasm/csv.wasm
SCREENS := wordpress-plugin/build/.built
NODE_MODULES := node_modules/.package-lock.json

core_files := $(shell find crates/core -type f \( -name '*.rs' -o -name '*.toml' -o -name '*.json' \) 2>/dev/null)
extension_files := Cargo.toml Cargo.lock $(wildcard build.rs) $(core_files) $(shell find src -type f)
simulator_files := Cargo.toml Cargo.lock $(shell find crates/simulator -type f)
screen_files := package.json tsconfig.json tools/build-client.mjs $(shell find wordpress-plugin/client -type f 2>/dev/null)
wasm_files := tools/wasm.sh Cargo.toml $(core_files) $(shell find crates/wasm -type f -not -path '*/tests/*' 2>/dev/null)
php_files := $(shell find wordpress-plugin tests tools -name '*.php' -not -path '*/node_modules/*')

.PHONY: help deps build extension simulator screens wasm install-extension demo test check check-rust check-php check-client \
	check-house test-rust test-wasm test-client test-php test-php-long test-php-alone test-browser test-smoke test-deps clean \
	bench-webhook bench-send bench-drain bench-frontend bench-inbox bench-contacts bench-import bench-core bench-login chaos-broadcast fuzz pot

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

# --- building ---------------------------------------------------------------------------------------------------

deps: ## install what building and the demo need (apt, Rust); silent when all is there
	@tools/deps.sh demo

test-deps:
	@tools/deps.sh test

build: extension simulator wasm screens ## the extension, the simulator, the rules for the browser and the screens

extension: $(EXTENSION)
simulator: $(SIMULATOR)
screens: $(SCREENS)

$(EXTENSION): $(extension_files)
	@tools/deps.sh build
	cargo build --release --locked -p nxtchat
	@touch $@

$(SIMULATOR): $(simulator_files)
	@tools/deps.sh build
	cargo build --release --locked -p nxtchat-simulator
	@touch $@

$(NODE_MODULES): package.json package-lock.json
	@tools/deps.sh build
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WASM) &: $(wasm_files)
	@tools/deps.sh build
	tools/wasm.sh
	@touch $@

$(SCREENS): $(screen_files) $(NODE_MODULES) $(WASM)
	npm run --silent build
	@touch $@

wasm: $(WASM) ## the rules for the browser, into build/wasm (rustup's target, or Debian's rustc with wasm32)

test-wasm: $(WASM) $(NODE_MODULES) ## the rules answer byte for byte as the native ones, in Node and in Chromium [NXTCHAT_MADE=10000]
	NXTCHAT_MADE=$${NXTCHAT_MADE:-10000} node --test crates/wasm/tests/same.test.mjs crates/wasm/tests/browser.test.mjs

fuzz: ## fuzzes the core, target by target [SECONDS=60] [TARGETS='template markup']; `make test` replays the corpus
	@tools/deps.sh build
	@tests/fuzz/run.sh $(or $(SECONDS),60) $(TARGETS)

install-extension: ## copy the extension into PHP's own directory and enable it (as root)
	@test -f $(EXTENSION) || { echo 'make build first'; exit 1; }
	@tools/install-extension.sh $(EXTENSION)

# --- the demo ---------------------------------------------------------------------------------------------------

demo: ## a WordPress with the plugin against a simulated WhatsApp [DB=sqlite|mariadb]; Ctrl-C ends it
	@tools/demo.sh --db $(DB) $(if $(WP),--wp $(WP))

# --- checks and tests ---------------------------------------------------------------------------------------------

test: ## everything, on MariaDB and SQLite; installs what it needs
	@tools/test.sh

check: check-rust check-php check-client check-house ## format, lints, stubs current, house rules

check-rust: ## cargo fmt, clippy, stubs
	cargo fmt --all --check
	rustfmt --edition 2021 --check tests/fuzz/src/main.rs
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(if $(wildcard tools/stubs.sh),tools/stubs.sh --check,@echo 'tools/stubs.sh is missing'; exit 1)

check-php: ## syntax of every PHP file, coding standard
	@printf '%s\n' $(php_files) | xargs -P 2 -n 20 sh -c 'for f; do php -l "$$f" >/dev/null || exit 255; done' sh
	@! command -v phpcs >/dev/null || phpcs --standard=phpcs.xml.dist -q

check-client: $(NODE_MODULES) ## TypeScript types, eslint
	npm run --silent types
	npm run --silent lint

check-house: ## who may call whom, checked on the sources
	php tests/house/run.php

test-rust: ## unit tests of the extension, the core and the simulator
	cargo test --locked --workspace --no-default-features --quiet

test-client: $(NODE_MODULES) $(WASM) ## unit tests of the screens
	npm run --silent test

test-php: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## PHPUnit against a real WordPress [DB=…] [PLUGIN=copy] [ARGS='--filter x']
	@tests/php/run.sh --db $(DB) --wp $(TEST_WP) $(if $(PLUGIN),--plugin $(PLUGIN)) -- $(ARGS)

test-php-long: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## PHPUnit's group `long`: faults, kills, 100,000 messages [DB=…] [PLUGIN=copy]
	@tests/php/run.sh --db $(DB) --wp $(TEST_WP) $(if $(PLUGIN),--plugin $(PLUGIN)) -- --group long $(ARGS)

test-php-alone: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## PHPUnit's group `alone`: what measures rates and times [DB=…]
	@tests/php/run.sh --db $(DB) --wp $(TEST_WP) -- --group alone $(ARGS)

test-smoke: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## PHPUnit's group `smoke` on the newest WordPress, installed as a user does
	@tests/php/run.sh --name smoke --db $(DB) --wp $(SMOKE_WP) --plugin copy --data-dir inside -- --group smoke $(ARGS)

chaos-broadcast: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## a broadcast while workers are killed and the database restarts [PEOPLE=100000] [KILLS=30] [SEEDS='1 2 3 4 5']; `make test` runs a small one
	@NXTCHAT_CHAOS="$(or $(PEOPLE),100000) $(or $(KILLS),30) $(or $(RESTARTS),3)" NXTCHAT_CHAOS_SEEDS="$(or $(SEEDS),1 2 3 4 5)" \
		tests/php/run.sh --name chaos --db mariadb --wp $(TEST_WP) -- --filter ChaosTest

test-browser: $(EXTENSION) $(SIMULATOR) $(SCREENS) ## the whole path in Chromium, with screenshots in build/screenshots [DB=…]
	@tests/browser/run.sh --db $(DB) --wp $(TEST_WP)

# --- benchmarks -------------------------------------------------------------------------------------------------

bench-webhook: $(EXTENSION) $(SIMULATOR) ## webhook.php beside an empty file, a disk's fdatasync and WordPress
	@tools/deps.sh bench
	@tests/bench/webhook.sh

bench-send: $(EXTENSION) $(SIMULATOR) ## the broadcast engine beside curl_multi, a loop of wp_remote_post and wrk; then the worker with journal and tables, a million contacts [PART=worker]
	@tools/deps.sh bench
	@tests/bench/send.sh

bench-drain: $(EXTENSION) ## 1,000 statuses into a million messages, and sustained
	@tools/deps.sh bench
	@tests/bench/drain.sh

bench-frontend: $(EXTENSION) ## an ordinary page with and without the plugin
	@tools/deps.sh bench
	@tests/bench/frontend.sh

bench-inbox: $(EXTENSION) ## list, thread and poll at 100,000 and a million messages
	@tools/deps.sh bench
	@tests/bench/inbox.sh

bench-import: $(EXTENSION) ## a million rows of a file into contacts, beside LOAD DATA; 100,000 on SQLite
	@tools/deps.sh bench
	@tests/bench/import.sh

bench-contacts: $(EXTENSION) ## list, filters, search, last page and segments at a million contacts
	@tools/deps.sh bench
	@tests/bench/contacts.sh

bench-core: $(WASM) $(NODE_MODULES) ## check and render of a template, natively and in Chromium; loading the rules
	@tools/deps.sh bench
	@tests/bench/core.sh

bench-login: $(EXTENSION) $(SIMULATOR) ## asking for a login code and checking one, beside WordPress's REST no-op
	@tools/deps.sh bench
	@tests/bench/login.sh

pot: $(NODE_MODULES) ## the translation template, from the sources (needs gettext)
	@cd wordpress-plugin && xgettext --language=PHP --from-code=UTF-8 --package-name=nxt-cloud-chat --keyword=__ --keyword=esc_html__ \
		--keyword=esc_attr__ --keyword=_n:1,2 --add-comments=translators -o languages/nxt-cloud-chat.pot $$(find . -name '*.php' -not -path './build/*' | sort)
	@# xgettext reads no TypeScript: an apostrophe between tags hides what comes after it.
	@rm -rf build/pot && cd wordpress-plugin && ../node_modules/.bin/esbuild $$(find client blocks \( -name '*.ts' -o -name '*.tsx' -o -name '*.js' \) -not -name '*.test.*' -not -name '*.d.ts' | sort) \
		--outdir=../build/pot --outbase=. --jsx=automatic --charset=utf8 --log-level=error
	@cd build/pot && xgettext --language=JavaScript --from-code=UTF-8 -j --keyword=__ --keyword=_n:1,2 --add-comments=translators \
		-o ../../wordpress-plugin/languages/nxt-cloud-chat.pot $$(find . -name '*.js' -printf '%P\n' | sort)

clean: ## remove everything that was built (also the demo's data)
	@for d in build/*/ build/demo/*/; do [ ! -f "$$d/site.env" ] || tools/stack.sh stop "$$d"; done
	rm -rf build target node_modules wordpress-plugin/build
