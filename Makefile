# evglass: `make help` lists what can be made.
#
# Sources are found, not listed: a new .cc file in a room is compiled. Everything that is built lies
# in $(BUILD). Variables that people set: SAN=address,undefined | thread, TRACE=0, CXX=clang++,
# DEMO=plain, PREFIX, V=1. A sanitizer or TRACE=0 build has its own folder below $(BUILD).

BUILD ?= build
TRACE ?= 1
SAN ?=
V ?=
JOBS ?= 2
PREFIX ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
  CC := gcc
endif
ifeq ($(MAKELEVEL),0)
  MAKEFLAGS += -j$(JOBS)
endif

comma := ,
ifneq ($(SAN),)
  B := $(BUILD)/san-$(subst $(comma),-,$(SAN))
  SANFLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
else ifeq ($(TRACE),0)
  B := $(BUILD)/notrace
else
  B := $(BUILD)
endif

Q := $(if $(V),,@)
# A sanitizer's build is for its reports, not for its speed: half the time of compiling, and lines.
OPT ?= $(if $(SAN),-O1 -g1,-O2 -g)
WARN := -Wall -Wextra -Wpedantic -Werror
CPPFLAGS += -I. -Isrc/include -DEVGLASS_TRACE=$(TRACE)
CXXFLAGS += -std=c++20 $(OPT) $(WARN) -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -pthread $(SANFLAGS)
# Pairs of words that the compiler stores as one vector are read back one by one (an event's
# deadline, a heap's item): each such read waits for the store. So: no pairs.
$(B)/obj/src/%.o: CXXFLAGS += -fno-tree-slp-vectorize
# What a learner's calls are wrapped in must be visible: a sanitizer's library makes those calls too.
$(B)/obj/lessons/wire/%.o: CXXFLAGS += -fvisibility=default
CFLAGS += -std=c99 $(OPT) $(WARN) -fPIC -pthread $(SANFLAGS)
LDFLAGS += -pthread $(SANFLAGS)
# What the compiler can't judge in a sanitizer's code: fences, and what <regex> leaves unset.
ifneq ($(SAN),)
  CPPFLAGS += -DEVGLASS_VERIFY=1
  SANFLAGS += -Wno-maybe-uninitialized $(if $(findstring thread,$(SAN)),-Wno-tsan)
endif
# Names of the C++ library stay inside ours.
SHARED = -shared -Wl,-soname,$(@F) -Wl,--version-script=src/package/exports.map
# A library must not leave names open; but a sanitizer's names come with the program that loads it.
NO_OPEN_NAMES := $(if $(SAN),,-Wl$(comma)-z$(comma)defs)

.DEFAULT_GOAL := all
all: libs programs ## build the libraries, evglass and the sample programs
build: all ## the same as all

# ---- what is compiled into what ----------------------------------------------------------------
find = $(sort $(shell find $(1) -name '$(2)' 2>/dev/null))
objects = $(patsubst %.cc,$(B)/obj/%.o,$(1))

CORE_SRC     := $(filter-out src/pthreads/% src/openssl/%,$(call find,src,*.cc)) $(call find,trace/writer,*.cc) trace/schema.cc
PTHREADS_SRC := $(call find,src/pthreads,*.cc)
OPENSSL_SRC  := $(call find,src/openssl,*.cc)
READER_SRC   := $(filter-out trace/schema.cc,$(wildcard trace/*.cc trace/lints/*.cc))
VIZ_SRC      := $(filter-out viz/cli/main.cc,$(call find,viz,*.cc))
RUNNER_SRC   := $(call find,lessons/runner,*.cc)
LESSON_SRC   := $(wildcard lessons/[0-9]*/program.cc)
WIRE_SRC     := $(call find,lessons/wire,*.cc)
DEMO_SRC     := $(wildcard lessons/demo/*.cc)
LAB_SRC      := $(wildcard lessons/lab/*.cc)

LIB := $(B)/lib
BIN := $(B)/bin
TST := $(B)/tests
CORE_SO     := $(LIB)/libevent_core-2.1.so.7
PTHREADS_SO := $(LIB)/libevent_pthreads-2.1.so.7
OPENSSL_SO  := $(LIB)/libevent_openssl-2.1.so.7
EXTRA_SO    := $(LIB)/libevent_extra-2.1.so.7
EVENT_SO    := $(LIB)/libevent-2.1.so.7
PACKAGE_FILES := $(LIB)/pkgconfig/evglass.pc
CORE_A      := $(LIB)/libevent_core.a
TOOLS_A     := $(LIB)/libevglass_tools.a
TOOL_LIBS   := -lncursesw -ltinfo -ldw -lelf -lfmt -lcmark -lsqlite3 -lxxhash
# Libraries and programs find each other by their place, so that build/ can be moved.
RPATH = -Wl,-rpath,'$$ORIGIN/$(1)'

libs: $(CORE_SO) $(PTHREADS_SO) $(OPENSSL_SO) $(EXTRA_SO) $(EVENT_SO) $(PACKAGE_FILES) ## the libraries under stock's sonames
$(CORE_SO): $(call objects,$(CORE_SRC)) src/package/exports.map
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(SHARED) $(NO_OPEN_NAMES) $(LDFLAGS) -o $@ $(filter %.o,$^)
	$(Q)ln -sf $(@F) $(LIB)/libevent_core.so
$(PTHREADS_SO): $(call objects,$(PTHREADS_SRC)) $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(SHARED) $(NO_OPEN_NAMES) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    -L$(LIB) -Wl,--no-as-needed -levent_core $(call RPATH,.)
	$(Q)ln -sf $(@F) $(LIB)/libevent_pthreads.so
$(OPENSSL_SO): $(call objects,$(OPENSSL_SRC)) $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(SHARED) $(NO_OPEN_NAMES) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    -L$(LIB) -levent_core -lssl -lcrypto $(call RPATH,.)
	$(Q)ln -sf $(@F) $(LIB)/libevent_openssl.so
# Shells over core: a process that loads several still has one copy of the state.
# Who links with -levent or -levent_extra is led to core, where the names are.
$(EVENT_SO) $(EXTRA_SO): $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(SHARED) $(LDFLAGS) -o $@ -L$(LIB) -Wl,--no-as-needed -levent_core $(call RPATH,.)
	$(Q)rm -f $(@:-2.1.so.7=.so); echo "INPUT(-levent_core)" > $(@:-2.1.so.7=.so)
# What pkg-config and CMake ask for. Headers are told from where these files lie.
$(PACKAGE_FILES): $(wildcard src/package/*)
	@sh src/package/make-packages.sh $(LIB) $(shell realpath -m --relative-to=$(LIB)/pkgconfig src/include)
	@touch $@
# Static, for unit tests of what the shared library does not export.
$(CORE_A): $(call objects,$(CORE_SRC) $(PTHREADS_SRC))
	@mkdir -p $(@D); rm -f $@; ar rcs $@ $^
# A thin one: it names its objects, 600 MB with what debuggers want, and copies none.
$(TOOLS_A): $(call objects,$(READER_SRC) $(VIZ_SRC) $(RUNNER_SRC) trace/schema.cc)
	@mkdir -p $(@D); rm -f $@; ar rcsT $@ $^

programs: $(BIN)/evglass $(BIN)/lessons/lab $(patsubst lessons/demo/%.cc,$(BIN)/%,$(DEMO_SRC)) \
          $(patsubst lessons/%/program.cc,$(BIN)/lessons/%,$(LESSON_SRC)) exercises ## evglass, the samples, the lessons
$(BIN)/evglass: $(call objects,viz/cli/main.cc) $(TOOLS_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)
# Installed, lessons and the lab lie in lib/evglass/lessons, one below the libraries: without this
# they would find the system's libevent.
BELOW_LIBRARIES = $(call RPATH,..)
# As a program of a user is linked: against the shared libraries, with the public headers alone.
link_user = $(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) -L$(LIB) -levent_core -levent_pthreads $(call RPATH,$(1))
$(BIN)/%: $(B)/obj/lessons/demo/%.o $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../lib)
$(BIN)/lessons/lab: $(call objects,$(LAB_SRC)) $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../../lib) $(BELOW_LIBRARIES)
# The programs of lessons and learners: their own system calls are traced too (lessons/wire).
link_wired = $(call link_user,$(1)) $(WIRE_A) @lessons/wire/wrap.flags $(LINK_MORE) -levent_core -ldw
# A lesson that speaks TLS.
$(BIN)/lessons/27-pairs-filters: LINK_MORE := -levent_openssl -lssl -lcrypto
$(BIN)/lessons/27-pairs-filters: $(OPENSSL_SO)
WIRE_A      := $(LIB)/libevglass_wire.a
$(WIRE_A): $(call objects,$(WIRE_SRC))
	@mkdir -p $(@D); rm -f $@; ar rcs $@ $^
$(BIN)/lessons/%: $(B)/obj/lessons/%/program.o $(CORE_SO) $(PTHREADS_SO) $(WIRE_A) lessons/wire/wrap.flags
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_wired,../../lib) $(BELOW_LIBRARIES)

# Exercises: what the author wrote of them, each built in the way that its lesson says
# (lessons/FORMAT.md, "Other builds"): `program`, `core`, or `scenarios`.
EXERCISES  := $(BIN)/lessons/exercises
built_as    = $(patsubst lessons/%/lesson.md,%,$(shell grep -ls '^build: $(1)' lessons/[0-9]*/lesson.md))
CORE_EX    := $(call built_as,core)
SCENE_EX   := $(call built_as,scenarios)
USER_EX    := $(filter-out $(CORE_EX) $(SCENE_EX),$(patsubst lessons/%/exercise/,%,$(dir $(wildcard lessons/[0-9]*/exercise/starter.cc))))
DRIVERS    := $(patsubst lessons/%/exercise/driver.cc,%,$(wildcard lessons/[0-9]*/exercise/driver.cc))
exercise_programs = $(foreach e,$(1),$(EXERCISES)/$(e)/starter $(EXERCISES)/$(e)/solution)
exercises: $(call exercise_programs,$(USER_EX) $(CORE_EX) $(SCENE_EX)) $(DRIVERS:%=$(EXERCISES)/%/driver) \
           $(if $(SCENE_EX),$(EXERCISES)/scenarios $(LIB)/libevglass_scenarios.a) $(if $(CORE_EX)$(SCENE_EX),$(CORE_A))
# An exercise's object lies in obj/lessons/NN-slug/exercise; its program in exercises/NN-slug.
exercise_object = $(B)/obj/lessons/$(1)/exercise/$(2).o
define user_exercise
$(EXERCISES)/$(1)/$(2): $(call exercise_object,$(1),$(2)) $(CORE_SO) $(PTHREADS_SO) $(WIRE_A) lessons/wire/wrap.flags
	@mkdir -p $$(@D); echo "  LINK $$@"
	$$(call link_wired,../../../../lib)
endef
define core_exercise
$(EXERCISES)/$(1)/$(2): $(call exercise_object,$(1),$(2)) $(call exercise_object,$(1),main) $(CORE_A)
	@mkdir -p $$(@D); echo "  LINK $$@"
	$$(Q)$$(CXX) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(CORE_A)
endef
define scene_exercise
$(EXERCISES)/$(1)/$(2): $(call exercise_object,$(1),$(2)) $(LIB)/libevglass_scenarios.a $(CORE_A)
	@mkdir -p $$(@D); echo "  LINK $$@"
	$$(Q)$$(CXX) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--whole-archive $(LIB)/libevglass_scenarios.a \
	    -Wl,--no-whole-archive $(CORE_A) -lssl -lcrypto
endef
$(foreach e,$(USER_EX),$(foreach p,starter solution,$(eval $(call user_exercise,$(e),$(p)))))
$(foreach e,$(CORE_EX),$(foreach p,starter solution,$(eval $(call core_exercise,$(e),$(p)))))
$(foreach e,$(SCENE_EX),$(foreach p,starter solution,$(eval $(call scene_exercise,$(e),$(p)))))
$(EXERCISES)/%/driver: $(B)/obj/lessons/%/exercise/driver.o
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $<
# A starter may have parts that its learner is to use.
# A trace names the function that a call stands in, so none is to vanish into its caller, or to be
# left by a jump.
$(B)/obj/lessons/%/program.o: CXXFLAGS += -fno-inline -fno-optimize-sibling-calls
$(B)/obj/lessons/%/exercise/starter.o: CXXFLAGS += -Wno-unused

# An object is made again when its source, a header of it, or a flag changed.
$(B)/obj/%.o: %.cc $(B)/flags
	@mkdir -p $(@D); echo "  CXX  $<"
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
FLAGS := $(CXX) $(CC) $(CPPFLAGS) $(CXXFLAGS) $(CFLAGS) $(LDFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(FLAGS)' | cmp -s - $@ || printf '%s\n' '$(FLAGS)' > $@
-include $(shell find $(B)/obj $(B)/obj-stock $(B)/obj-sweep -name '*.d' 2>/dev/null)

# ---- tests: one program for each room -----------------------------------------------------------
# tests/unit/ROOM becomes tests/unit-ROOM. A file *_main.cc in a room is no part of its test: it
# becomes a program of its own, tests/ROOM-NAME, that the test starts; it is linked as a user's is.
# The rooms that reach inside link statically; api and conformance use the libraries as a user does.
GTEST := -lgmock -lgtest -lgtest_main
has_tests = $(wildcard tests/$(1)/*_test.cc)
STATIC_ROOMS := $(foreach r,kernel model kill live cli,$(if $(call has_tests,$(r)),$(r)))
UNIT_ROOMS   := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard tests/unit/*/*_test.cc)))))
room_objects = $(call objects,$(filter-out %_main.cc,$(call find,$(1),*.cc)))
room_programs = $(patsubst %_main.cc,$(TST)/$(1)-%,$(notdir $(wildcard tests/$(1)/*_main.cc)))

STATIC_TESTS := $(UNIT_ROOMS:%=$(TST)/unit-%) $(STATIC_ROOMS:%=$(TST)/%)
$(foreach r,$(UNIT_ROOMS),$(eval $(TST)/unit-$(r): $(call room_objects,tests/unit/$(r))))
$(foreach r,$(STATIC_ROOMS),$(eval $(TST)/$(r): $(call room_objects,tests/$(r))))
$(TST)/unit-src-openssl: $(call objects,$(OPENSSL_SRC))
$(TST)/unit-src-openssl: TOOL_LIBS += -lssl -lcrypto
$(TST)/unit-lessons: | $(LIB)/libevglass_scenarios.a
$(TST)/unit-lessons-lab: $(call objects,$(filter-out %/main.cc,$(LAB_SRC)))
$(STATIC_TESTS): $(call objects,$(call find,tests/support,*.cc)) $(TOOLS_A) $(CORE_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TOOL_LIBS) $(GTEST)

# The public API, used from C++ and from C99.
$(TST)/api: $(call room_objects,tests/api) $(patsubst %.c,$(B)/obj/%.o,$(call find,tests/api,*.c)) $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../lib) $(GTEST)

# A program of a user, compiled with our headers and with stock's. No path to a library: the test gives it one.
$(TST)/abi: $(call room_objects,tests/abi) $(call objects,tests/conformance/child.cc) | $(TST)/abi-user-ours $(TST)/abi-user-stock
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter-out %/user.o,$^) $(GTEST)
$(TST)/abi-user-ours: $(B)/obj/tests/abi/user.o $(CORE_SO) $(EXTRA_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $< -L$(LIB) -levent_core -Wl,--no-as-needed $(EXTRA_SO) -levent_pthreads
$(TST)/abi-user-stock: $(B)/obj-stock/tests/abi/user.o
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -pthread -o $@ $< -levent_core -levent_extra -levent_pthreads

# What `make install` leaves, used by a stranger.
$(TST)/install: $(call room_objects,tests/install) $(call objects,tests/support/program_output.cc)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(GTEST)

# Real programs on stock and on ours. The fast ones are part of `make test`, all are `make dropin`.
$(TST)/dropin: $(call objects,$(filter-out %_main.cc,$(wildcard tests/dropin/*.cc)))
$(TST)/dropin-long: $(call objects,$(wildcard tests/dropin/long/*.cc) tests/dropin/stage.cc)
$(TST)/dropin $(TST)/dropin-long: $(call objects,tests/live/tmux.cc) $(TOOLS_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(TOOL_LIBS) $(GTEST)

# The tree itself: includes, sizes, style. It needs no part of evglass but the list of records.
$(TST)/tidy: $(call room_objects,tests/tidy) $(call objects,trace/schema.cc)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(GTEST)

# One set of scenarios, compiled twice: with our headers and libraries, and with the system's.
SCENARIO_SRC := $(call find,tests/conformance/scenarios,*.cc)
$(TST)/conformance-ours: $(call objects,$(SCENARIO_SRC)) $(CORE_SO) $(PTHREADS_SO) $(OPENSSL_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../lib) -levent_openssl -lssl -lcrypto
# The same for the exercise that writes a backend: in front of them, a learner's file.
# All of it static: a second copy of the library would write a trace of its own.
$(LIB)/libevglass_scenarios.a: $(call objects,$(SCENARIO_SRC) $(OPENSSL_SRC))
	@mkdir -p $(@D); rm -f $@; ar rcs $@ $^
$(EXERCISES)/scenarios: $(call objects,$(SCENARIO_SRC)) $(CORE_SO) $(PTHREADS_SO) $(OPENSSL_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../../../lib) $(call RPATH,../..) -levent_openssl -lssl -lcrypto
$(TST)/conformance-stock: $(patsubst %.cc,$(B)/obj-stock/%.o,$(SCENARIO_SRC))
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -pthread -o $@ $^ -levent_core -levent_extra -levent_pthreads -levent_openssl -lssl -lcrypto
$(B)/obj-stock/%.o: %.cc $(B)/flags
	@mkdir -p $(@D); echo "  CXX  $< (stock)"
	$(Q)$(CXX) -I. -std=c++20 $(OPT) $(WARN) -pthread -MMD -MP -c -o $@ $<
$(TST)/conformance: $(call objects,$(wildcard tests/conformance/*.cc)) | $(TST)/conformance-ours $(TST)/conformance-stock
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(GTEST)

# The scenarios once more, looking at what each function returns: failures are injected, and a
# scenario gives up when it is told of one.
SWEEP_SRC := $(filter-out %/main.cc,$(SCENARIO_SRC))
$(TST)/sweep: $(call room_objects,tests/sweep) $(CORE_A) $(call objects,$(OPENSSL_SRC)) $(patsubst %.cc,$(B)/obj-sweep/%.o,$(SWEEP_SRC))
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(GTEST) -lssl -lcrypto
$(B)/obj-sweep/%.o: %.cc $(B)/flags
	@mkdir -p $(@D); echo "  CXX  $< (sweep)"
	$(Q)$(CXX) $(CPPFLAGS) -include tests/sweep/checked.h $(CXXFLAGS) -MMD -MP -c -o $@ $<
sweep: $(TST)/sweep ## every allocation and system call of every scenario fails once: takes long
	@EVGLASS_SWEEP=all $<

storm: $(TST)/unit-src-event ## sixteen threads, ten million activations of events of one loop
	@EVGLASS_STORM=10000000 $< --gtest_filter='Storm.*'

# Programs that a room's test starts.
define room_program
$(TST)/$(1)-%: $(B)/obj/tests/$(1)/%_main.o $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $$(@D); echo "  LINK $$@"
	$$(call link_user,../lib)
endef
PROGRAM_ROOMS := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard tests/*/*_main.cc)))))
$(foreach r,$(filter-out bench,$(PROGRAM_ROOMS)),$(eval $(call room_program,$(r))))

# Programs that were not built with a sanitizer can't load libraries that were.
AS_BUILT_BY_OTHERS := $(if $(SAN),,abi $(if $(filter 0,$(TRACE)),,dropin install))
OTHER_TESTS := $(addprefix $(TST)/,$(foreach r,api $(AS_BUILT_BY_OTHERS) conformance sweep tidy,$(if $(call has_tests,$(r)),$(r))))
# Without probes there is no trace to test: what is left is the reactor.
TESTS := $(if $(filter 0,$(TRACE)),$(filter $(TST)/unit-src%,$(STATIC_TESTS)) $(OTHER_TESTS),$(STATIC_TESTS) $(OTHER_TESTS))
ONLY ?=
TESTS_TO_RUN = $(if $(ONLY),$(filter $(addprefix $(TST)/,$(ONLY)),$(TESTS)),$(TESTS))

test: ## build and run all tests, or ONLY="unit-src tidy"; SAN=address,undefined or thread, TRACE=0
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory run-tests
test-programs: all $(TESTS_TO_RUN) $(foreach r,$(filter-out bench,$(PROGRAM_ROOMS)),$(call room_programs,$(r)))
run-tests: test-programs
	@EVGLASS_ROOT=$(CURDIR) EVGLASS_BIN=$(abspath $(BIN)) EVGLASS_LIB=$(abspath $(LIB)) \
	 EVGLASS_TESTS=$(abspath $(TST)) EVGLASS_SAN=$(SAN) $(if $(SAN),CXXFLAGS="$(SANFLAGS)") \
	 TEST_TIMEOUT=$(if $(SAN),900,300) sh tests/run.sh $(TESTS_TO_RUN)

lessons-check: all $(TST)/unit-lessons ## every claim, picture, myth and exercise of every lesson, in both languages
	@$(MAKE) --no-print-directory run-tests ONLY=unit-lessons

# ---- what people run ----------------------------------------------------------------------------
PACKAGES = $(shell sed 's/\#.*//' .ci/packages)
packages: # the packages of .ci/packages, installed where one is missing
	@missing=$$(sh .ci/missing); [ -z "$$missing" ] || { \
	    echo "packages are missing, installing them:" $$missing; $(MAKE) --no-print-directory deps; }
deps: ## install the Debian packages of .ci/packages
	@sh .ci/install $(PACKAGES)

dropin: all $(TST)/dropin $(TST)/dropin-long ## real programs with their clients, on stock and on evglass
	@EVGLASS_ROOT=$(CURDIR) EVGLASS_BIN=$(abspath $(BIN)) EVGLASS_LIB=$(abspath $(LIB)) TEST_TIMEOUT=600 \
	 sh tests/run.sh $(TST)/dropin $(TST)/dropin-long

dropin-bench: libs $(TST)/dropin-load ## memcached under load: stock, evglass without a trace, evglass with one
	@sh tests/dropin/bench.sh $(abspath $(B))

demo: ## a real server, real clients, and the view on it; DEMO=plain prints and writes build/demo
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory all
	@DEMO=$(DEMO) sh lessons/demo/demo.sh $(abspath $(B))

soak: $(TST)/soak-connections ## 9,000 connections at once, 240,000 in all, echoed: nothing lost, nothing left
	@$<
bench: ## what a probe costs, and the loop's throughput: trace compiled out, off, on, and stock
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory bench-programs
	@$(MAKE) --no-print-directory TRACE=0 libs
	@sh tests/bench/bench.sh $(abspath $(B))
bench-programs: libs $(patsubst tests/bench/%.cc,$(B)/bench/%,$(wildcard tests/bench/*.cc)) bench-watched-programs
# The view has one processor for itself; the program, and what loads it, have the other.
bench-watched: bench-watched-programs ## what being watched costs a ring of pipes and an echo server, and how often the view draws
	@$(B)/bench/watched/watched_bench $(abspath $(B)/bench/loop_bench) $(abspath $(BIN)/echo-bufferevent) \
	    $(abspath $(BIN)/evglass) $(abspath $(LIB)) $(abspath $(B)/bench) $(or $(ROUNDS),5)
bench-watched-programs: libs $(B)/bench/watched/watched_bench $(B)/bench/loop_bench $(BIN)/evglass $(BIN)/echo-bufferevent
$(B)/bench/watched/watched_bench: $(call objects,$(sort $(wildcard tests/bench/watched/*.cc tests/bench/load/*.cc)))
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ -lutil
$(B)/bench/probe_bench: $(call objects,tests/bench/probe_bench.cc) $(CORE_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^
# No path to a library: compare_bench gives it stock's or ours.
$(B)/bench/loop_bench: $(call objects,tests/bench/loop_bench.cc) $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $< -L$(LIB) -levent_core
$(B)/bench/compare_bench: $(call objects,tests/bench/compare_bench.cc)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^

# An echo server of bufferevents. It is linked as its users would; ours takes stock's place.
bench-echo: libs $(B)/bench/echo/echo_bench $(B)/bench/echo/server $(B)/bench/echo/by_hand ## echoed messages: stock, evglass, recording, by hand; decision 016 gets the table
	@$(B)/bench/echo/echo_bench $(abspath $(B)/bench/echo) $(abspath $(LIB)) $(or $(ROUNDS),15) docs/decisions/016-the-echo.md
$(B)/bench/echo/echo_bench: $(call objects,tests/bench/echo/echo_bench.cc $(sort $(wildcard tests/bench/load/*.cc)))
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^
$(B)/bench/echo/server: $(B)/obj-stock/lessons/demo/echo-bufferevent.o
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -o $@ $< -levent_core
$(B)/bench/echo/by_hand: $(call objects,tests/bench/echo/by_hand.cc)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^

# A big recording in the live view.
bench-big: libs $(B)/bench/big/timers $(B)/bench/big/big_bench ## the live view on 10 million records of 100,000 timers: open, seek, scroll
	@sh tests/bench/big/big.sh $(abspath $(B))
$(B)/bench/big/timers: $(call objects,tests/bench/big/timers.cc) $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(call link_user,../../lib)
$(B)/bench/big/big_bench: $(call objects,tests/bench/big/big_bench.cc) $(TOOLS_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

# Other event loops on the same work. Peers are linked as their users would; ours takes stock's place.
PEERS := libevent libev libuv asio raw
PEER_LIBS_libevent := -levent_core
PEER_LIBS_libev := -lev
PEER_LIBS_libuv := -luv
bench-peers: libs $(PEERS:%=$(B)/bench/peers/peer_%) $(B)/bench/peers/peers_bench ## libevent, libev, libuv, asio, raw epoll: docs/performance.md gets the table
	@$(B)/bench/peers/peers_bench $(abspath $(B)/bench/peers) $(abspath $(LIB)) $(or $(ROUNDS),5) docs/performance.md
$(B)/bench/peers/%: $(B)/obj-stock/tests/bench/peers/%.o
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -pthread -o $@ $< $(PEER_LIBS_$(*:peer_%=%))

# Instructions per operation, counted: stock libevent's and ours.
bench-instructions: libs $(B)/bench/instructions/operations ## instructions per operation by callgrind: decision 015 gets the table
	@sh tests/bench/instructions/instructions.sh $(abspath $(B)/bench/instructions/operations) $(abspath $(LIB)) \
	    docs/decisions/015-the-short-way.md
$(B)/bench/instructions/operations: $(B)/obj-stock/tests/bench/instructions/operations.o
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -pthread -o $@ $< -levent_core

OURS = $(shell find src trace viz lessons tests -name '*.cc' -o -name '*.h' -o -name '*.c')
lint: ## formatting, and all warnings of clang++ as errors
	@echo "  clang-format, $(words $(OURS)) files"; clang-format --dry-run -Werror $(OURS)
	@echo "  clang++ -fsyntax-only"; printf '%s\n' $(filter %.cc,$(OURS)) | xargs -P$(JOBS) -n1 \
	    clang++ -fsyntax-only -std=c++20 $(WARN) $(CPPFLAGS)
	@echo "  clang -fsyntax-only, C99"; for f in $(filter %.c,$(OURS)) /dev/null; do \
	    clang -x c -fsyntax-only -std=c99 -Wall -Wextra -Werror $(CPPFLAGS) $$f || exit 1; done
	@echo "lint: nothing to object to"
format: ## bring all sources into the house's format
	clang-format -i $(OURS)

docs: docs-lessons docs-map ## the source as linked pages with call graphs, and the course: build/docs
	@mkdir -p $(BUILD)/docs; doxygen -l $(BUILD)/docs/layout.xml
	@sed -i 's|<navindex>|&<tab type="user" url="../lessons/index.html" title="The course"/>|' $(BUILD)/docs/layout.xml
	@BUILD=$(BUILD) doxygen docs/Doxyfile
	@cp -n docs/gallery/*.svg docs/gallery/*.png $(BUILD)/docs/html  # those of the same names are the same pictures
	@sh docs/link-sources.sh $(BUILD)/docs/html
	@sh docs/check-links.sh $(BUILD)/docs
	@echo "open $(BUILD)/docs/html/index.html and $(BUILD)/docs/lessons/index.html"
docs-lessons: all ## the lessons as pages, with the pictures of their runs: build/docs/lessons/index.html
	@mkdir -p $(BUILD)/docs; $(BIN)/evglass learn site $(BUILD)/docs/lessons
docs-records: $(TST)/tidy-records ## docs/records.md from trace/records.def
	@$< > docs/records.md
docs-query: programs ## docs/query.md from viz/export/schema.cc
	@$(BIN)/evglass query --schema > docs/query.md
$(TST)/tidy-records: $(call objects,tests/tidy/records_main.cc tests/tidy/records_page.cc trace/schema.cc)
	@mkdir -p $(@D); $(CXX) $(LDFLAGS) -o $@ $^

docs-map: $(TST)/tidy-map ## docs/analysis-map.md from tests/tidy/walks.txt and the source
	@EVGLASS_ROOT=$(CURDIR) $< > docs/analysis-map.md
$(TST)/tidy-map: $(call objects,tests/tidy/map_main.cc tests/tidy/analysis_map.cc tests/tidy/source.cc)
	@mkdir -p $(@D); $(CXX) $(LDFLAGS) -o $@ $^

seed-coverage: $(TST)/tidy-coverage ## the claims and names of tests/claims that no test shows
	@EVGLASS_ROOT=$(CURDIR) $<
$(TST)/tidy-coverage: $(call objects,tests/tidy/coverage_main.cc tests/tidy/coverage.cc tests/tidy/source.cc)
	@mkdir -p $(@D); $(CXX) $(LDFLAGS) -o $@ $^

# Lesson 11 runs on a virtual clock: the same pictures each time.
docs-images: programs ## the first picture of the README, from a trace of lesson 11
	@mkdir -p docs/images; rm -f $(B)/images.evg
	@$(BIN)/evglass run -q --full -o $(B)/images.evg -- $(BIN)/lessons/11-one-turn >/dev/null
	@$(BIN)/evglass graph base $(B)/images.evg --turn 4 -o docs/images/base.svg; rm -f $(B)/images.evg

# Lessons run on a virtual clock: the same pictures each time. Made from traces, one by one, by
# the commands that docs/gallery/README.md names.
gallery: programs ## docs/gallery: pictures and tables of a recorded loop
	@BIN=$(abspath $(BIN)) sh docs/gallery/make.sh

docs-images-dropin: programs ## the pictures of docs/dropin.md: memcached and tmux, drawn by evglass
	@sh tests/dropin/tour.sh $(abspath $(B)) docs/images

install: all ## install below PREFIX; the libraries go to lib/evglass, the system's libevent stays as it is
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/evglass $(DESTDIR)$(PREFIX)/include/evglass/event2
	strip -g -o $(DESTDIR)$(PREFIX)/bin/evglass $(BIN)/evglass
	install -m 644 $(CORE_SO) $(PTHREADS_SO) $(OPENSSL_SO) $(EXTRA_SO) $(EVENT_SO) $(DESTDIR)$(PREFIX)/lib/evglass
	for l in event_core event_pthreads event_openssl; do \
	    ln -sf lib$$l-2.1.so.7 $(DESTDIR)$(PREFIX)/lib/evglass/lib$$l.so; done
	for l in event event_extra; do rm -f $(DESTDIR)$(PREFIX)/lib/evglass/lib$$l.so; echo "INPUT(-levent_core)" > $(DESTDIR)$(PREFIX)/lib/evglass/lib$$l.so; done
	sh src/package/make-packages.sh $(DESTDIR)$(PREFIX)/lib/evglass ../../../include/evglass
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(BIN)/evglass help --print man > $(DESTDIR)$(PREFIX)/share/man/man1/evglass.1
	$(BIN)/evglass help --print bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/evglass
	$(BIN)/evglass help --print fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/evglass.fish
	install -m 644 src/include/event2/*.h $(DESTDIR)$(PREFIX)/include/evglass/event2
	install -m 644 src/include/*.h $(DESTDIR)$(PREFIX)/include/evglass
	install -D -m 755 $(BIN)/lessons/lab $(DESTDIR)$(PREFIX)/lib/evglass/lessons/lab
	for l in $(patsubst lessons/%/program.cc,%,$(LESSON_SRC)); do \
	    install -D -m 755 $(BIN)/lessons/$$l $(DESTDIR)$(PREFIX)/lib/evglass/lessons/$$l; \
	    install -d $(DESTDIR)$(PREFIX)/share/evglass/lessons/$$l; \
	    install -m 644 lessons/$$l/*.* $(DESTDIR)$(PREFIX)/share/evglass/lessons/$$l; \
	    for e in lessons/$$l/exercise/*.cc; do [ ! -f $$e ] || install -D -m 644 $$e $(DESTDIR)$(PREFIX)/share/evglass/$$e; done; done
	for d in $(DRIVERS); do install -D -m 755 $(EXERCISES)/$$d/driver $(DESTDIR)$(PREFIX)/lib/evglass/lessons/exercises/$$d/driver; done
	install -m 644 $(WIRE_A) $(DESTDIR)$(PREFIX)/lib/evglass
	@# Two exercises put a part of one's own into the library: they need its insides.
	for a in $(CORE_A) $(LIB)/libevglass_scenarios.a; do strip -g -o $(DESTDIR)$(PREFIX)/lib/evglass/$$(basename $$a) $$a; done
	install -m 755 $(EXERCISES)/scenarios $(DESTDIR)$(PREFIX)/lib/evglass/lessons/exercises/scenarios
	for h in $(call find,src,*.h) $(call find,trace,*.h) $(call find,trace,*.def) $(call find,tests/conformance/scenarios,*.h); do install -D -m 644 $$h $(DESTDIR)$(PREFIX)/share/evglass/$$h; done
	install -D -m 644 lessons/wire/wrap.flags $(DESTDIR)$(PREFIX)/share/evglass/lessons/wire/wrap.flags
	install -m 644 lessons/GLOSSARY.md $(DESTDIR)$(PREFIX)/share/evglass/lessons

clean: ## remove what was built
	rm -rf $(BUILD)
help: ## this list
	@echo "make ..."; grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | sort | \
	    awk -F'\t' '{printf "  %-13s %s\n", $$1, $$2}'

FORCE:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all build libs programs exercises lessons-check test test-programs run-tests packages deps demo dropin dropin-bench soak bench bench-programs bench-big bench-watched bench-watched-programs bench-echo bench-peers bench-instructions \
        lint format docs docs-lessons docs-records docs-map docs-query docs-images docs-images-dropin gallery seed-coverage sweep storm install clean help FORCE
