// What the tests of the trace's writer and reader share: a directory of their own, a recording that
// ends with the test, and short ways to emit and to read all.
#pragma once

#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "trace/probe.h"
#include "trace/reader.h"

namespace evglass::trace::testing {

class TraceIo : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "evglass-io-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
        // Links to these traces go here, not to the user's own directory.
        setenv("XDG_RUNTIME_DIR", name.c_str(), 1);
    }
    void TearDown() override {
        evglass_trace_stop();
        std::filesystem::remove_all(directory_);
    }

    std::string path(const std::string& name = "t.evg") const { return directory_ + "/" + name; }
    void start(const std::string& options = "ring=1M", const std::string& name = "t.evg") {
        ASSERT_EQ(evglass_trace_start(path(name).c_str(), options.c_str()), 0) << message();
    }
    static std::string message() {
        evglass_status status;
        evglass_trace_status(&status);
        return status.message;
    }
    Reader open(const std::string& name = "t.evg") const {
        Reader::Opened opened = Reader::open(path(name));
        if (!opened.reader) throw std::runtime_error(opened.error);
        return std::move(*opened.reader);
    }
    std::vector<Record> read_all(const std::string& name = "t.evg") const {
        Reader reader = open(name);
        std::vector<Record> records = reader.poll();
        EXPECT_TRUE(reader.finished());
        EXPECT_TRUE(reader.warnings().empty()) << reader.warnings().front();
        return records;
    }

    std::string directory_;
};

/// A record whose fields tell its number: the tests' beads on a string.
inline void emit_bead(std::uint32_t number) {
    TRACE(heap_move, .base = field::base{std::uint64_t{0xb}},
          .event = field::event{std::uint64_t{0xe}}, .from = number, .to = ~number);
}
/// The number of a bead; 0xffffffff for other records and for beads that are not whole.
inline std::uint32_t bead(const Record& record) {
    const auto* move = record.as<rec::heap_move>();
    return move != nullptr && move->to == ~move->from ? move->from : UINT32_MAX;
}

}  // namespace evglass::trace::testing
