// Which programs can be traced: the search in $PATH, and what an ELF file says.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "viz/cli/elf_file.h"
#include "viz/cli/elf_names.h"
#include "viz/cli/program.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

class Programs : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "evglass-test-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string make(const std::string& name, const std::string& bytes, mode_t mode = 0755) {
        const std::string path = directory_ + "/" + name;
        std::ofstream(path, std::ios::binary) << bytes;
        chmod(path.c_str(), mode);
        return path;
    }
    /// A copy of a real program's first bytes, with some of them changed.
    static std::string self() {
        std::ifstream file("/proc/self/exe", std::ios::binary);
        std::string bytes(1 << 16, '\0');
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(file.gcount()));
        return bytes;
    }

    std::string directory_;
};

TEST_F(Programs, NamesAreSoughtInPath) {
    const std::string path = make("my-program", "#!/bin/sh\n");
    const std::string before = std::getenv("PATH");
    setenv("PATH", ("/nonexistent:" + directory_).c_str(), 1);
    EXPECT_EQ(find_program("my-program").path, path);
    EXPECT_NE(
        find_program("my-programme").error.find("there is no program 'my-programme' in $PATH"),
        std::string::npos);
    setenv("PATH", before.c_str(), 1);
}

TEST_F(Programs, WhatCannotBeStartedSaysWhy) {
    EXPECT_NE(find_program(directory_ + "/none").error.find("there is no such file"),
              std::string::npos);
    EXPECT_NE(find_program(directory_).error.find("is a directory"), std::string::npos);
    EXPECT_NE(find_program(make("data", "text", 0644)).error.find("not executable"),
              std::string::npos);
    EXPECT_NE(find_program("").error, "");
}

TEST_F(Programs, AScriptIsStartedWithANote) {
    const Program program = find_program(make("script", "#!/bin/sh\nexit 0\n"));
    EXPECT_EQ(program.error, "");
    EXPECT_NE(program.note.find("is a script"), std::string::npos);
}

TEST_F(Programs, AProgramWithoutLibeventGetsANote) {
    const Program program = find_program("/bin/true");
    EXPECT_EQ(program.error, "");
    EXPECT_NE(program.note.find("may not use libevent"), std::string::npos);
}

TEST_F(Programs, TheLibrariesOfADynamicProgramAreRead) {
    const auto facts = elf_facts("/bin/true");
    ASSERT_TRUE(facts.has_value());
    EXPECT_TRUE(facts->x86_64);
    EXPECT_TRUE(facts->interpreter);
    EXPECT_NE(std::find(facts->needed.begin(), facts->needed.end(), "libc.so.6"),
              facts->needed.end());
}

TEST_F(Programs, A32BitProgramIsRefused) {
    std::string bytes = self();
    bytes[4] = 1;  // EI_CLASS
    EXPECT_NE(find_program(make("old", bytes)).error.find("not a 64-bit x86 program"),
              std::string::npos);
}

TEST_F(Programs, AStaticProgramIsRefusedUnlessItHasTheLibraryInside) {
    std::string bytes = self().substr(0, 64);
    bytes[56] = bytes[57] = 0;  // e_phnum: no program header, so no loader
    EXPECT_NE(find_program(make("static", bytes)).error.find("linked statically"),
              std::string::npos);
    EXPECT_EQ(find_program(make("ours", bytes + "..EVGLASS_TRACE..")).error, "");
}

TEST_F(Programs, DamagedElfFilesAreReadWithinTheirBounds) {
    const std::string bytes = self();
    for (const std::size_t size : {0UL, 3UL, 17UL, 63UL, 64UL, 100UL, 500UL, 3000UL})
        EXPECT_TRUE(
            elf_facts(make("cut" + std::to_string(size), bytes.substr(0, size))).has_value());
    unsigned seed = 12345;
    for (int round = 0; round < 300; ++round) {
        std::string broken = bytes;
        for (int i = 0; i < 8; ++i) {
            seed = seed * 1664525 + 1013904223;
            broken[16 + seed % 1000] = static_cast<char>(seed >> 24);
        }
        EXPECT_TRUE(elf_facts(make("broken", broken)).has_value());
    }
}

TEST_F(Programs, NamesWithoutAVersionAreTakenFromTheSymbolTable) {
    const ElfNames names = elf_names("/proc/self/exe");
    EXPECT_FALSE(names.imported.contains("printf")) << "the C library gives its names a version";
    EXPECT_TRUE(elf_names(directory_ + "/none").imported.empty());
    EXPECT_TRUE(elf_names(make("cut", self())).imported.empty());
}

TEST_F(Programs, BytesAreFoundAcrossPieces) {
    const std::string path = make("big", std::string((1 << 20) - 4, 'x') + "EVGLASS_TRACE");
    EXPECT_TRUE(file_contains(path, "EVGLASS_TRACE"));
    EXPECT_FALSE(file_contains(path, "EVGLASS_TRACEX"));
}

}  // namespace
}  // namespace evglass::viz::cli
