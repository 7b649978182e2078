# evglass: `make help` lists what can be made.
#
# Sources are found, not listed: a new .cc file in a room is compiled. Everything that is built lies
# in $(BUILD). Variables that people set: SAN=address,undefined | thread, TRACE=0, CXX=clang++,
# DEMO=plain, V=1.

BUILD ?= build
TRACE ?= 1
SAN ?=
V ?=
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
OPT ?= -O2 -g
WARN := -Wall -Wextra -Wpedantic -Werror
CPPFLAGS += -I. -Isrc/include -DEVGLASS_TRACE=$(TRACE)
CXXFLAGS += -std=c++20 $(OPT) $(WARN) -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -pthread $(SANFLAGS)
LDFLAGS += -pthread $(SANFLAGS)

all: libs programs ## build the libraries, evglass and the sample programs

# ---- what is compiled into what ----------------------------------------------------------------
find = $(sort $(shell find $(1) -name '$(2)' 2>/dev/null))
objects = $(patsubst %.cc,$(B)/obj/%.o,$(1))

CORE_SRC     := $(filter-out src/pthreads/%,$(call find,src,*.cc)) $(call find,trace/writer,*.cc) trace/schema.cc
PTHREADS_SRC := $(call find,src/pthreads,*.cc)
READER_SRC   := $(filter-out trace/schema.cc,$(wildcard trace/*.cc))
VIZ_SRC      := $(filter-out viz/cli/main.cc,$(call find,viz,*.cc))
RUNNER_SRC   := $(call find,lessons/runner,*.cc)
LESSON_SRC   := $(wildcard lessons/[0-9]*/program.cc)
DEMO_SRC     := $(wildcard lessons/demo/*.cc)

LIB := $(B)/lib
BIN := $(B)/bin
CORE_SO     := $(LIB)/libevent_core-2.1.so.7
PTHREADS_SO := $(LIB)/libevent_pthreads-2.1.so.7
EVENT_SO    := $(LIB)/libevent-2.1.so.7
CORE_A      := $(LIB)/libevent_core.a
TOOLS_A     := $(LIB)/libevglass_tools.a
TOOL_LIBS   := -lncursesw -ltinfo -ldw -lfmt -lcmark

libs: $(CORE_SO) $(PTHREADS_SO) $(EVENT_SO) ## the libraries under stock's sonames
$(CORE_SO): $(call objects,$(CORE_SRC))
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -shared -Wl,-soname,$(@F) -Wl,-z,defs $(LDFLAGS) -o $@ $^
	$(Q)ln -sf $(@F) $(LIB)/libevent_core.so
$(PTHREADS_SO): $(call objects,$(PTHREADS_SRC)) $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -shared -Wl,-soname,$(@F) $(LDFLAGS) -o $@ $(filter %.o,$^) -L$(LIB) -Wl,--no-as-needed -levent_core
	$(Q)ln -sf $(@F) $(LIB)/libevent_pthreads.so
# A shell over core: a process that loads both still has one copy of the state.
$(EVENT_SO): $(CORE_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) -shared -Wl,-soname,$(@F) $(LDFLAGS) -o $@ -L$(LIB) -Wl,--no-as-needed -levent_core
	$(Q)ln -sf $(@F) $(LIB)/libevent.so
# Static, for unit tests of what the shared library does not export.
$(CORE_A): $(call objects,$(CORE_SRC) $(PTHREADS_SRC))
	@mkdir -p $(@D); rm -f $@; ar rcs $@ $^
$(TOOLS_A): $(call objects,$(READER_SRC) $(VIZ_SRC) $(RUNNER_SRC) trace/schema.cc)
	@mkdir -p $(@D); rm -f $@; ar rcs $@ $^

programs: $(BIN)/evglass $(patsubst lessons/demo/%.cc,$(BIN)/%,$(DEMO_SRC)) \
          $(patsubst lessons/%/program.cc,$(BIN)/lessons/%,$(LESSON_SRC)) ## evglass, the samples, the lessons
$(BIN)/evglass: $(call objects,viz/cli/main.cc) $(TOOLS_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)
RPATH = -Wl,-rpath,'$$ORIGIN/$(1)lib'
$(BIN)/%: $(B)/obj/lessons/demo/%.o $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $< -L$(LIB) -levent_core -levent_pthreads $(call RPATH,../)
$(BIN)/lessons/%: $(B)/obj/lessons/%/program.o $(CORE_SO) $(PTHREADS_SO)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $< -L$(LIB) -levent_core -levent_pthreads $(call RPATH,../../)

$(B)/obj/%.o: %.cc
	@mkdir -p $(@D); echo "  CXX  $<"
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- tests: one program for each room of tests/ ---------------------------------------------------
# unit tests link statically, to reach inside; the others use the libraries as a program does.
UNIT_ROOMS := $(notdir $(wildcard tests/unit/*))
UNIT_TESTS := $(patsubst %,$(B)/tests/unit-%,$(UNIT_ROOMS))
$(foreach r,$(UNIT_ROOMS),$(eval $(B)/tests/unit-$(r): $(call objects,$(call find,tests/unit/$(r),*.cc))))
$(B)/tests/model: $(call objects,$(call find,tests/model,*.cc))
$(UNIT_TESTS) $(B)/tests/model: $(call objects,$(call find,tests/support,*.cc)) $(TOOLS_A) $(CORE_A)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TOOL_LIBS) -lgtest -lgmock -lgtest_main

.PHONY: all libs programs
