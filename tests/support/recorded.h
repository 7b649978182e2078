// Records what the reactor tells while a test does something, through the real writer and reader.
// One at a time. With TRACE=0 nothing is recorded: ask `kCompiledIn` first.
// Read next: trace/reader.h, src/include/event2/evglass.h.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <event2/evglass.h>

#include "trace/reader.h"

namespace evglass::test {

class Recorded {
 public:
    explicit Recorded(const char* options) {
        EXPECT_NE(mkdtemp(directory_.data()), nullptr);
        EXPECT_EQ(evglass_trace_start(path().c_str(), options), 0);
    }
    ~Recorded() {
        evglass_trace_stop();
        unlink(path().c_str());
        rmdir(directory_.c_str());
    }
    Recorded(const Recorded&) = delete;
    Recorded& operator=(const Recorded&) = delete;

    /// Ends the recording and reads it.
    const std::vector<trace::Record>& stop() {
        evglass_trace_stop();
        opened_ = trace::Reader::open(path());
        EXPECT_TRUE(opened_.reader) << opened_.error;
        if (opened_.reader) records_ = opened_.reader->poll();
        return records_;
    }
    /// The records of one type, in order.
    template <class R>
    std::vector<R> all() const {
        std::vector<R> found;
        for (const trace::Record& record : records_)
            if (const R* fields = record.as<R>()) found.push_back(*fields);
        return found;
    }
    /// Where the first record of a type was emitted.
    template <class R>
    trace::SiteInfo site() const {
        for (const trace::Record& record : records_)
            if (record.as<R>() != nullptr && record.site > 0)
                return opened_.reader->sites()[record.site - 1u];
        return {};
    }
    /// After stop: what texts of the records need.
    const trace::Reader& reader() const { return *opened_.reader; }
    /// The functions that were entered, in order.
    std::vector<std::string> entered() const {
        std::vector<std::string> names;
        for (const trace::Record& record : records_)
            if (record.as<trace::rec::enter>() != nullptr && record.site > 0)
                names.push_back(opened_.reader->sites()[record.site - 1u].function);
        return names;
    }

 private:
    std::string path() const { return directory_ + "/t.evg"; }
    std::string directory_ = testing::TempDir() + "evglass-test-XXXXXX";
    trace::Reader::Opened opened_;
    std::vector<trace::Record> records_;
};

}  // namespace evglass::test
