# ladderd - plain GNU make. `make help` lists what it can do.

VARIANT ?= release
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
PYTHON  ?= /usr/bin/python3
FUZZ_SECONDS ?= 20
JOBS    ?= $(shell nproc)
DUCKDB  ?= 1.5.6-r.1
OUT      = $(BUILD)/$(VARIANT)
GEN      = $(BUILD)/gen

ifneq ($(V),1)
Q = @
say = @echo '  $(1)  $(2)'
endif

VERSION := $(shell sed -n '1,/^## /s/^## \([0-9.]*\).*/\1/p' CHANGES.md 2>/dev/null | head -1)

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wswitch-enum
CFLAGS_all     = -std=c11 -D_GNU_SOURCE -I. -I$(GEN) -MMD -MP -pthread -ffp-contract=off \
	-DLADDERD_VERSION='"$(VERSION)"' $(WARNINGS)
CFLAGS_debug   = -O0 -g -Werror
CFLAGS_release = -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE \
	$(CONTROL_FLOW)
# Lines of what a sanitizer tells are enough; all else makes the programs large, and slow to link.
CFLAGS_asan    = -O1 -g1 -Werror -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
CFLAGS_tsan    = -O1 -g1 -Werror -fsanitize=thread
CFLAGS_cov     = -O0 -g --coverage -DLADDERD_COVERAGE
LDFLAGS_release = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(SHADOW_STACK)
LDFLAGS_asan   = -fsanitize=address,undefined $(QUICK_LINKER)
LDFLAGS_tsan   = -fsanitize=thread $(QUICK_LINKER)
LDFLAGS_cov    = --coverage
comma := ,
# libFuzzer is clang's.
CFLAGS_fuzz    = -O1 -g1 -fno-omit-frame-pointer -fno-sanitize-recover=undefined \
	-fsanitize=fuzzer-no-link,address,undefined
LDFLAGS_fuzz   = -fsanitize=address,undefined
ifeq ($(VARIANT),fuzz)
CC = clang
endif
ifeq ($(filter $(VARIANT),debug release asan tsan cov fuzz),)
$(error VARIANT is one of debug, release, asan, tsan, cov, fuzz)
endif

# What guards the way of control is a matter of the processor: CET on x86, BTI and PAC on ARM.
# The linker is told of the shadow stack, because the objects of Debian's C library that every
# program begins with are not marked; of IBT it is not, because they have no landing pads.
takes = $(shell echo 'int main(void) { return 0; }' | $(CC) $(1) -Werror -x c -o /dev/null - \
	2>/dev/null && echo '$(1)')
ifeq ($(VARIANT),release)
CONTROL_FLOW := $(or $(call takes,-fcf-protection=full),$(call takes,-mbranch-protection=standard))
SHADOW_STACK := $(if $(filter -fcf%,$(CONTROL_FLOW)),$(call takes,-Wl$(comma)-z$(comma)shstk))
else
# There is a test program for each part.
QUICK_LINKER := $(call takes,-fuse-ld=gold)
endif

# A library's flags go only to the folder that may use it (scripts/tidy holds the includes).
LIBS_proto  = libprotobuf-c
LIBS_store  = lmdb libxxhash
LIBS_engine = libxxhash
LIBS_ingest = jansson
LIBS_secret = libsodium
LIBS_daemon = libevent libmicrohttpd inih zlib libseccomp libcurl libpq
LIBS_tls    = gnutls
LIBS_tools  = libcurl jansson inih libutf8proc sqlite3 zlib
# libcsv has no file for pkg-config.
LDLIBS_tools = -lcsv
LIBS_tests  = cmocka
ROOMS       = base proto secret looks tls store ingest indicators engine page
LIBS_rooms  = $(LIBS_proto) $(LIBS_secret) $(LIBS_tls) $(LIBS_store) $(LIBS_engine) $(LIBS_ingest)
pkg         = $(if $(1),$(shell pkg-config $(2) $(1) 2>/dev/null))

# The sources of a room and of its rooms.
sources = $(sort $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c))
objects = $(patsubst %.c,$(OUT)/%.o,$(call sources,$(1)))

OBJECTS_rooms  = $(foreach room,$(ROOMS),$(call objects,$(room))) $(OUT)/gen/ladder.pb-c.o
OBJECTS_daemon = $(call objects,daemon) $(OUT)/gen/texts.o $(OUT)/gen/cluster.o
OBJECTS_tools  = $(call objects,tools) $(OUT)/gen/maps.o
FUZZERS        = $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(filter-out tests/fuzz/seeds.c,$(call sources,tests/fuzz)))
# Of the rooms whose code runs on threads: what ThreadSanitizer is for.
THREAD_TESTS   = $(filter $(OUT)/tests/daemon/% $(OUT)/tests/engine/% $(OUT)/tests/store/%,$(UNIT_TESTS))
UNIT_TESTS     = $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(call sources,tests/unit))
HELPERS        = $(patsubst tests/helper/%.c,$(OUT)/%, \
		 $(filter-out tests/helper/narrow.c,$(call sources,tests/helper)))

.PHONY: all help packages run check check-slow torture tidy lint coverage unit end-to-end browser \
	install uninstall clean format
# A make within this one builds on all cores.
SUBMAKE = $(MAKE) --no-print-directory -j$(JOBS)
all: $(OUT)/ladderd $(OUT)/ladder $(OUT)/man/made ## build both programs (VARIANT=release)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | sort | \
		while IFS='|' read -r target sentence; do printf '  %-12s %s\n' "$$target" "$$sentence"; done

$(OUT)/libladder.a: $(OBJECTS_rooms)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/ladderd: $(OBJECTS_daemon) $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ \
		$(call pkg,$(sort $(LIBS_rooms) $(LIBS_daemon)),--libs) -lm

$(OUT)/ladder: $(OBJECTS_tools) $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ \
		$(call pkg,$(sort $(LIBS_rooms) $(LIBS_tools)),--libs) $(LDLIBS_tools) -lm

# The manual, the completion of bash and the example of the configuration, of the tables that the
# programs read their options by. They are of the day of the last commit.
MANUAL_DAY = date -u +%F -d "@$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
$(OUT)/make-manual: $(call objects,manual) $(OUT)/libdaemon.a $(OUT)/libtools.a $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		$(call pkg,$(sort $(LIBS_rooms) $(LIBS_daemon) $(LIBS_tools)),--libs) \
		$(LDLIBS_tools) -lm
$(OUT)/man/made: $(OUT)/make-manual
	$(call say,MAN,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(OUT)/make-manual $(@D) $$($(MANUAL_DAY)) && touch $@

# The daemon but for its main(), for tests of its parts.
$(OUT)/libdaemon.a: $(filter-out $(OUT)/daemon/main.o,$(OBJECTS_daemon))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# The same of the command.
$(OUT)/libtools.a: $(filter-out $(OUT)/tools/main.o,$(OBJECTS_tools))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/tests/%: $(OUT)/tests/unit/%.o $(OUT)/libdaemon.a $(OUT)/libtools.a $(OUT)/libladder.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		$(call pkg,$(sort $(LIBS_rooms) $(LIBS_daemon) $(LIBS_tools) $(LIBS_tests)),--libs) \
		$(LDLIBS_tools) -lm

# In these tests calls of the rooms fail: tests/unit/failing.h has what takes their place.
FAILING_CALLS = malloc calloc realloc strdup posix_memalign open pread pwrite read write fsync \
	ftruncate unlink mkdir rename fstat stat fopen fdopen fflush fclose \
	$(addprefix mdb_,get put del drop stat cursor_open cursor_get cursor_put cursor_renew \
	txn_begin txn_renew txn_commit dbi_open env_create env_open env_sync env_set_mapsize \
	env_set_flags env_copyfd2)
$(filter %failing_test,$(UNIT_TESTS)): LDFLAGS += $(FAILING_CALLS:%=-Wl,--wrap=%)

# These tests count the steps of what they test: the compiler adds a call to each.
COUNTED = $(patsubst %.c,$(OUT)/counted/%.o,$(call sources,indicators) base/sort.c)
$(OUT)/counted/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(CFLAGS_$(VARIANT)) $(CFLAGS) -fsanitize-coverage=trace-pc -c -o $@ $<
$(OUT)/tests/indicators/growth_test: $(COUNTED)
$(OUT)/tests/engine/withdrawal_growth_test: $(OUT)/counted/engine/histories.o

# Programs that the tests in Python run.
.PHONY: helpers
helpers: $(HELPERS) $(OUT)/narrow.so
# A library that Python loads.
$(OUT)/narrow.so: tests/helper/narrow.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) -O2 -fPIC -shared $(CFLAGS) -o $@ $<
$(HELPERS): $(OUT)/%: $(OUT)/tests/helper/%.o $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ $(call pkg,$(sort $(LIBS_rooms)),--libs) -lm

# ladderd without its doors, on a disk that fails; see tests/faults/faults.c.
.PHONY: faults
faults: $(OUT)/faults
$(OUT)/faults: $(call objects,tests/faults) $(OUT)/libdaemon.a $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ \
		$(call pkg,$(sort $(LIBS_rooms) $(LIBS_daemon)),--libs) -lm -ldl

# The load of `make bench`; see tests/bench/load.c.
.PHONY: bench-tools
bench-tools: $(OUT)/bench-load ## build the load client, build/release/bench-load
$(OUT)/bench-load: $(call objects,tests/bench) $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ $(call pkg,$(sort $(LIBS_rooms)),--libs) -lm

# Programs of libFuzzer, and what makes the seeds that they begin with.
$(OUT)/fuzz/% $(OUT)/fuzz-seeds: LIBS_fuzz = $(call pkg,$(sort $(LIBS_rooms) $(LIBS_daemon) $(LIBS_tools)),--libs) $(LDLIBS_tools) -lm
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(OUT)/libdaemon.a $(OUT)/libtools.a $(OUT)/libladder.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -pthread -fsanitize=fuzzer $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ $(LIBS_fuzz)
$(OUT)/fuzz-seeds: $(OUT)/tests/fuzz/seeds.o $(OUT)/libdaemon.a $(OUT)/libtools.a $(OUT)/libladder.a
	$(call say,LD,$@)
	$(Q)$(CC) -pthread $(LDFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $^ $(LIBS_fuzz)

# Sums that other sources made are not used: the saved state bears what made it.
FOLD_SOURCES = $(sort $(wildcard base/*.[ch] proto/*.[ch] indicators/*.[ch] indicators/*/*.[ch] engine/*.[ch]))
FOLD := $(shell cat $(FOLD_SOURCES) | sha256sum | cut -c1-24)
$(OUT)/engine/state.o: $(FOLD_SOURCES)
$(OUT)/engine/state.o: CFLAGS_all += -DLADDERD_FOLD='"$(FOLD)"'

$(OUT)/%.o: %.c | $(GEN)/ladder.pb-c.h
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(CFLAGS_$(VARIANT)) $(CFLAGS) \
		$(call pkg,$(LIBS_$(firstword $(subst /, ,$<))),--cflags) -c -o $@ $<

# The assembler takes these in: no compiler's list of dependencies has them.
$(OUT)/page/assets.o: page/page.css page/page.js page/worklist.js docs/indicators.md docs/indicators.nl.md

$(OUT)/gen/%.o: $(GEN)/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(CFLAGS_$(VARIANT)) -w $(CFLAGS) $(call pkg,libprotobuf-c,--cflags) -c -o $@ $<

# For C the schema is read with wider types, the same on the wire: strings as
# bytes (protobuf-c's strings end at a NUL that somebody may have sent) and
# enumerations as int64 (protobuf-c cuts their varints to 32 bits).
WIDEN = sed -e 's/^\( *\(optional\|repeated\)\) string /\1 bytes /' \
	-e '/ \(Event\|Rejection\|StreamLimits\|SumsOfIndicator\|SumsHistogram\) /!s/^\( *\(optional\|repeated\)\) [A-Z][A-Za-z]* /\1 int64 /'
$(GEN)/ladder.pb-c.c $(GEN)/ladder.pb-c.h &: proto/ladder.proto Makefile
	@command -v $(firstword $(CC)) > /dev/null && command -v protoc-c > /dev/null && \
		pkg-config --exists $(sort $(LIBS_rooms) $(LIBS_daemon) $(LIBS_tools)) || \
		{ echo 'Not all that ladderd is built with is here: "make packages" installs it.' >&2; exit 1; }
	$(call say,PROTOC,$<)
	@mkdir -p $(GEN)/proto
	$(Q)$(WIDEN) $< > $(GEN)/proto/ladder.proto
	$(Q)protoc-c --proto_path=$(GEN)/proto --c_out=$(GEN) $(GEN)/proto/ladder.proto

# The ready maps of `ladder import`, as strings.
MAPS = $(sort $(wildcard tools/import/maps/*.ini))
$(GEN)/maps.c: $(MAPS) Makefile
	$(call say,MAPS,$@)
	@mkdir -p $(GEN)
	$(Q){ echo '#include "tools/import/map.h"'; echo 'const struct ready_map ready_maps[] = {'; \
		for map in $(MAPS); do \
			printf '{ "%s",\n' "$$(basename $$map .ini)"; \
			sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $$map; echo '},'; \
		done; echo '{ 0 } };'; } > $@

# Files that the daemon shows, as strings.
$(GEN)/texts.c: daemon/web/openapi.json proto/ladder.proto Makefile
	$(call say,TEXTS,$@)
	@mkdir -p $(GEN)
	$(Q){ echo '#include "daemon/web/texts.h"'; \
		for text in openapi:daemon/web/openapi.json proto:proto/ladder.proto; do \
			echo "const char text_$${text%%:*}[] ="; \
			sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $${text#*:}; echo ';'; \
		done; } > $@

# The tables of a cluster, as a string.
$(GEN)/cluster.c: daemon/server/cluster.sql Makefile
	$(call say,SQL,$@)
	@mkdir -p $(GEN)
	$(Q){ echo '#include "daemon/server/cluster_sql.h"'; echo 'const char cluster_sql[] ='; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $<; echo ';'; } > $@

packages: ## install the Debian packages of packages.txt that are missing
	@scripts/packages packages.txt

tidy: $(GEN)/ladder.pb-c.h ## hold includes, names and headers against the design
	@$(PYTHON) scripts/tidy $(CC)

unit: ## unit tests, with the address and undefined behaviour sanitizers
	@$(SUBMAKE) VARIANT=asan unit-programs
	@$(MAKE) --no-print-directory VARIANT=asan unit-tests

.PHONY: unit-programs unit-tests thread-programs thread-tests
unit-programs: $(UNIT_TESTS)
unit-tests: $(UNIT_TESTS)
	@tests/run-units unit $(UNIT_TESTS)
thread-programs: $(OUT)/ladderd $(OUT)/ladder $(THREAD_TESTS)
thread-tests: $(THREAD_TESTS)
	@tests/run-units thread-tests $(THREAD_TESTS)

# What valgrind takes for a fault: memory that is used, or written to a file, before anything was put
# there, and what nobody can reach any more. Left out are: committer_test, whose malloc_trim() valgrind
# puts its own in the place of; calls_test and landlock_test, whose calls it does not know; and tests in
# which LMDB meets rotten pages, goes where there is nothing and is caught there (store/shield.h).
.PHONY: valgrind
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full --fair-sched=yes \
	--errors-for-leak-kinds=definite
valgrind: $(UNIT_TESTS) ## unit tests under valgrind (minutes)
	@scripts/packages tests/unit/packages.txt
	@UNDER='$(VALGRIND)' tests/run-units valgrind $(filter-out \
		%/committer_test %/calls_test %/landlock_test \
		%/store/failing_test %/usage_test %/verify_test %/witness_test,$(UNIT_TESTS))

lint: ## clang-format and cppcheck find nothing (on Debian 12)
	@scripts/lint

# A daemon of root becomes another user, who writes down what ran too: the files are there before.
coverage: ## lines and branches that the tests reach, a room (tens of minutes)
	@-scripts/packages tests/cluster/packages.txt
	@$(SUBMAKE) VARIANT=cov all helpers unit-programs faults
	@find $(BUILD)/cov -name '*.gcda' -delete
	@find $(BUILD)/cov -name '*.gcno' | sed 's/gcno$$/gcda/' | xargs sh -c 'touch "$$@"; chmod 666 "$$@"' -
	@-LADDERD_PLACES=60 tests/run-units unit $(BUILD)/cov/tests/*_test $(BUILD)/cov/tests/*/*_test \
		$(BUILD)/cov/tests/*/*/*_test
	@-tests/run-faults $(BUILD)/cov/faults check
	@-LADDERD_COVERAGE=1 LADDERD_MODULE_SECONDS=1200 $(PYTHON) tests/run-end-to-end $(BUILD)/cov
	@-LADDERD_COVERAGE=1 RECORDS=$(abspath $(BUILD))/cov/records tests/run-python $(PYTHON) tests/old,tests/cluster
	@$(PYTHON) scripts/coverage $(BUILD)/cov

.PHONY: compilers
compilers: all helpers ## gcc and clang, -O0 and -O2, print the same bytes (needs clang; minutes)
	@cd tests/twin && LADDERD_COMPILERS=1 RECORDS=$(abspath $(OUT))/records \
		PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m unittest test_laws.Compilers

.PHONY: intruder
intruder: all helpers ## the intruder on MUNICIPALITIES=1000 and the long search for relations (hours)
	@cd tests/twin && RECORDS=$(abspath $(OUT))/records PYTHONDONTWRITEBYTECODE=1 \
		$(PYTHON) municipalities.py --number $(or $(MUNICIPALITIES),1000)
	@cd tests/twin && LADDERD_PEOPLE=20000 LADDERD_CURVES=20000 \
		RECORDS=$(abspath $(OUT))/records PYTHONDONTWRITEBYTECODE=1 \
		$(PYTHON) -m unittest test_relations test_intruder.WhatGrows

end-to-end: all helpers ## tests of the real programs on loopback
	@$(PYTHON) tests/run-end-to-end $(OUT) $(TESTS)

bench: ## measure everything beside its peers, into build/bench.md (BENCH=quick: 3 minutes)
	@$(MAKE) --no-print-directory VARIANT=release all bench-tools
	@BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/run $(if $(filter quick,$(BENCH)),--quick)

bench-peers: ## install the peers of `make bench`: Redis, PostgreSQL, DuckDB (from npm)
	@scripts/packages tests/bench/peers.txt
	@mkdir -p $(BUILD)/bench-peers
	@command -v npm > /dev/null || { echo npm > $(BUILD)/bench-peers/npm.txt; \
		scripts/packages $(BUILD)/bench-peers/npm.txt; }
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund \
		--prefix $(BUILD)/bench-peers @duckdb/node-api@$(DUCKDB)

.PHONY: bench bench-peers

browser: all ## tests of the page in a real Chromium; pictures of it in build/browser
	@tests/run-python $(PYTHON) tests/browser

fuzz: ## feed made-up bytes to all that reads, FUZZ_SECONDS=20 each
	@$(SUBMAKE) VARIANT=fuzz fuzz-programs
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-tests

.PHONY: fuzz fuzz-programs fuzz-tests fuzz-corpus
fuzz-programs: $(FUZZERS)
fuzz-tests: $(FUZZERS)
	@tests/run-fuzz $(FUZZ_SECONDS) $(FUZZERS)

fuzz-corpus: ## make tests/fuzz/corpus anew: small, with what the fuzzers found to be new
	@$(SUBMAKE) VARIANT=release $(BUILD)/release/ladder
	@$(SUBMAKE) VARIANT=fuzz fuzz-programs $(BUILD)/fuzz/fuzz-seeds
	@tests/fuzz/shrink $(BUILD)

check: packages ## install what is missing, build, pass all tests (minutes)
	@BUILD=$(BUILD) PYTHON=$(PYTHON) SUBMAKE='$(SUBMAKE)' tests/run-all check

check-slow: packages ## what takes longer: sanitizers, compilers, fuzzing, old stores (half an hour)
	@scripts/packages tests/office/packages.txt
	@scripts/packages tests/cluster/packages.txt
	@BUILD=$(BUILD) PYTHON=$(PYTHON) SUBMAKE='$(SUBMAKE)' tests/run-all slow

# New seeds each round; what a round or a fuzzer finds is printed with its seed.
TORTURE_ROUNDS ?= 20
torture: packages ## attacks, crashes, disks that fail, threads and long fuzzing, with new seeds (hours; TORTURE_ROUNDS=20)
	@$(SUBMAKE) VARIANT=release all helpers faults bench-tools
	@$(SUBMAKE) VARIANT=tsan thread-programs
	@tests/run-threads $(BUILD)/tsan all
	@tests/run-faults $(BUILD)/release/faults torture
	@for round in $$(seq $(TORTURE_ROUNDS)); do \
		LADDERD_LONG=1 $(PYTHON) tests/run-end-to-end $(OUT) crash disk live_equals_replay || exit 1; done
	@LADDERD_KILLS=1000 LADDERD_MODULE_SECONDS=7200 $(PYTHON) tests/run-end-to-end $(OUT) kills
	@-scripts/packages tests/faults/packages.txt
	@LADDERD_SYSTEMS=100 LADDERD_MODULE_SECONDS=28800 \
		$(PYTHON) tests/run-end-to-end $(OUT) system_dies
	@scripts/packages tests/cluster/packages.txt
	@cd tests/cluster && LADDERD_LONG=1 RECORDS=$(abspath $(OUT))/records \
		timeout 4h $(PYTHON) -B -m unittest -v test_deaths
	@LADDERD_EVERY=1 LADDERD_PEOPLE=20 LADDERD_MODULE_SECONDS=1800 \
		$(PYTHON) tests/run-end-to-end $(OUT) erasure
	@LADDERD_ROT_SECONDS=1800 LADDERD_MODULE_SECONDS=3600 \
		$(PYTHON) tests/run-end-to-end $(OUT) rot
	@LADDERD_EVERY=1 LADDERD_MODULE_SECONDS=7200 \
		$(PYTHON) tests/run-end-to-end $(OUT) no_memory
	@$(MAKE) --no-print-directory FUZZ_SECONDS=1800 fuzz
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/attacks/run

.PHONY: mutants
mutants: all helpers ## deliberate bugs, each of which a test must catch (minutes; MUTANTS=names)
	@BUILD=$(BUILD) $(PYTHON) tests/mutants/run $(MUTANTS)

run: packages ## start ladderd on loopback with a demo municipality; Ctrl-C stops it
	@$(MAKE) --no-print-directory VARIANT=release all
	@scripts/demo $(BUILD)/release

# What `make install` writes below DESTDIR and PREFIX, each with its rights. SYSTEMD is where the
# units go, and who says what user and folders there must be.
BINDIR   = $(DESTDIR)$(PREFIX)/bin
SBINDIR  = $(DESTDIR)$(PREFIX)/sbin
MANDIR   = $(DESTDIR)$(PREFIX)/share/man
DOCDIR   = $(DESTDIR)$(PREFIX)/share/doc/ladderd
SHAREDIR = $(DESTDIR)$(PREFIX)/share/ladderd
BASHDIR  = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
SYSTEMD  = $(DESTDIR)$(PREFIX)/lib
DOCUMENTS = README.md CHANGES.md SECURITY.md $(wildcard docs/*.md)
install: all ## install programs, manual, units, completion and documents (DESTDIR, PREFIX)
	install -d $(BINDIR) $(SBINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man8 $(BASHDIR) \
		$(DOCDIR)/examples $(DOCDIR)/docs $(SHAREDIR) $(SYSTEMD)/systemd/system $(SYSTEMD)/sysusers.d
	install -m 755 $(OUT)/ladderd $(SBINDIR)/ladderd
	install -m 755 $(OUT)/ladder $(BINDIR)/ladder
	install -m 644 $(OUT)/man/*.1 $(MANDIR)/man1
	install -m 644 $(OUT)/man/*.5 $(MANDIR)/man5
	install -m 644 $(OUT)/man/*.8 $(MANDIR)/man8
	install -m 644 $(OUT)/man/ladder.bash $(BASHDIR)/ladder
	ln -sf ladder $(BASHDIR)/ladderd
	install -m 644 $(OUT)/man/ladderd.conf $(DOCDIR)/examples/ladderd.conf
	install -m 644 $(filter-out docs/%,$(DOCUMENTS)) $(DOCDIR)
	install -m 644 $(filter docs/%,$(DOCUMENTS)) $(DOCDIR)/docs
	cp -R contrib/. $(SHAREDIR)
	find $(SHAREDIR) -type d -exec chmod 755 {} + && find $(SHAREDIR) -type f -exec chmod 644 {} +
	sed -i 's|/usr/share/|$(PREFIX)/share/|' $(SHAREDIR)/grafana/provisioning/dashboards/ladderd.yml
	install -m 644 systemd/*.socket $(SYSTEMD)/systemd/system
	sed -e 's|/usr/sbin/|$(PREFIX)/sbin/|' -e 's|/usr/share/|$(PREFIX)/share/|' \
		systemd/ladderd.service > $(SYSTEMD)/systemd/system/ladderd.service
	chmod 644 $(SYSTEMD)/systemd/system/ladderd.service
	install -m 644 systemd/ladderd.sysusers $(SYSTEMD)/sysusers.d/ladderd.conf

.PHONY: deb
deb: packages ## make the Debian package, build/deb/ladderd_*.deb; lintian finds no error
	@scripts/packages debian/packages.txt
	@JOBS=$(JOBS) scripts/deb $(BUILD)/deb

.PHONY: image
image: packages ## make the image for containers of the Debian package, build/image/ladderd_*.oci.tar (root)
	@scripts/packages debian/packages.txt
	@JOBS=$(JOBS) scripts/image $(BUILD)/image

uninstall: ## remove what `make install` wrote (the same DESTDIR and PREFIX); data stay
	rm -f $(SBINDIR)/ladderd $(BINDIR)/ladder $(MANDIR)/man1/ladder.1 $(MANDIR)/man1/ladder-*.1 \
		$(MANDIR)/man5/ladderd.conf.5 $(MANDIR)/man8/ladderd.8 $(BASHDIR)/ladder \
		$(BASHDIR)/ladderd $(SYSTEMD)/systemd/system/ladderd.service \
		$(SYSTEMD)/systemd/system/ladderd.socket \
		$(SYSTEMD)/systemd/system/ladderd-stream.socket $(SYSTEMD)/sysusers.d/ladderd.conf
	rm -rf $(DOCDIR) $(SHAREDIR)

format: ## clang-format all sources
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean: ## remove what was built
	rm -rf $(BUILD)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
.SECONDARY:
