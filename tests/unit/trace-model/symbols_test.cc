// Addresses to names, on this very program: the one file that is surely there, with its debug
// information.
#include "trace/symbols.h"

#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include <climits>

#include "tests/support/record_builder.h"

namespace evglass::trace::testing {

/// Not static, and not inlined: the linker knows it by this name.
[[gnu::noinline]] int a_function_to_be_found(int x) {
    asm volatile("");
    return x + 1;
}

namespace {

std::uint64_t address_of_function() {
    return reinterpret_cast<std::uint64_t>(&a_function_to_be_found);
}

/// The mapped part of this program that holds the function, as a trace tells modules.
Module this_program() {
    char path[PATH_MAX] = {};
    EXPECT_GT(readlink("/proc/self/exe", path, sizeof path - 1), 0);
    Module module;
    module.path = path;
    const auto find = [](dl_phdr_info* info, std::size_t, void* out) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
            const auto& header = info->dlpi_phdr[i];
            const std::uint64_t begin = info->dlpi_addr + header.p_vaddr;
            const std::uint64_t wanted = address_of_function();
            if (header.p_type != PT_LOAD || wanted < begin || wanted >= begin + header.p_memsz)
                continue;
            auto& m = *static_cast<Module*>(out);
            m.begin = begin;
            m.end = begin + header.p_memsz;
            m.offset = header.p_offset;
            return 1;
        }
        return 0;
    };
    EXPECT_EQ(dl_iterate_phdr(find, &module), 1);
    return module;
}

TEST(Symbols, FindTheFunctionAndItsLine) {
    BuildContext context;
    context.add_module(this_program());
    const Symbols symbols(context);
    const Symbol& symbol = symbols.find(address_of_function());
    EXPECT_EQ(symbol.function, "evglass::trace::testing::a_function_to_be_found(int)");
    EXPECT_TRUE(symbol.file.ends_with("symbols_test.cc")) << symbol.file;
    EXPECT_GT(symbol.line, 0);
    EXPECT_TRUE(symbol.text().starts_with(
        "evglass::trace::testing::a_function_to_be_found (symbols_test.cc:"))
        << symbol.text();
    EXPECT_EQ(&symbols.find(address_of_function()), &symbol) << "kept";
}

TEST(Symbols, AFileThatChangedSinceIsNotBelieved) {
    BuildContext context;
    Module module = this_program();
    module.build_id = "00112233";
    context.add_module(module);
    const Symbol symbol = Symbols(context).find(address_of_function());
    EXPECT_EQ(symbol.function, "");
    EXPECT_TRUE(symbol.text().find("+0x") != std::string::npos) << symbol.text();
}

TEST(Symbols, TextIsWithoutParameters) {
    const auto text = [](const char* function) {
        Symbol symbol;
        symbol.function = function;
        return symbol.text();
    };
    EXPECT_EQ(text("main"), "main");
    EXPECT_EQ(text("f(int, void (*)(int))"), "f");
    EXPECT_EQ(text("(anonymous namespace)::f(int) [clone .isra.0]"), "f");
    EXPECT_EQ(text("A::operator()(int) const"), "A::operator()");
    EXPECT_EQ(text("(anonymous namespace)::A::f"), "A::f");
    EXPECT_EQ(text("f(int)::{lambda(int)#1}::operator()(int) const"),
              "f(int)::{lambda(int)#1}::operator()");
    EXPECT_EQ(text("broken)"), "broken)");
}

TEST(Symbols, WhatIsInNoModuleIsANumber) {
    const BuildContext context;
    EXPECT_EQ(Symbols(context).find(0x1234).text(), "0x1234");
}

TEST(Symbols, AFileThatIsGoneOrNoProgramGivesModuleAndOffset) {
    for (const char* path : {"/nonexistent/server", "/etc/passwd", "/dev/null", "relative"}) {
        BuildContext context;
        context.add_module(
            {.begin = 0x1000, .end = 0x3000, .offset = 0x500, .path = path, .build_id = ""});
        const Symbols symbols(context);
        EXPECT_TRUE(symbols.find(0x1100).text().ends_with("+0x600")) << path;
    }
}

}  // namespace
}  // namespace evglass::trace::testing
