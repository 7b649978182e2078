// What was emitted is what is read: every record type, names of places, order, status, options.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "tests/unit/trace-io/io_fixture.h"
#include "trace/locate.h"

namespace evglass::trace::testing {
namespace {

/// Emits a record of any type with these bytes as its fields.
void emit_raw(const RecordInfo& info, const std::vector<std::byte>& fields) {
    static Site site{"src/event/somewhere.cc", "somewhere", 42};
    emit(site, info.id, info.category, info.timed, fields.data(), info.size);
}

std::vector<std::byte> pattern(const RecordInfo& info) {
    std::vector<std::byte> bytes(info.size);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i * 7 + static_cast<std::size_t>(info.id));
    return bytes;
}

TEST_F(TraceIo, EveryRecordTypeComesBackAsItWas) {
    start("ring=1M,only=all");
    for (const RecordInfo& info : record_infos()) emit_raw(info, pattern(info));
    evglass_trace_stop();

    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    ASSERT_EQ(records.size(), record_infos().size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const RecordInfo& info = record_infos()[i];
        SCOPED_TRACE(std::string(info.name));
        EXPECT_EQ(records[i].id(), info.id);
        EXPECT_EQ(records[i].number, i + 1);
        EXPECT_TRUE(records[i].known);
        EXPECT_EQ(records[i].timed, info.timed);
        EXPECT_EQ(records[i].fields, pattern(info));
        if (i > 0) {
            EXPECT_GT(records[i].stamp, records[i - 1].stamp);
            EXPECT_GE(records[i].time_ns, records[i - 1].time_ns);
        }
        const TraceRecordType* type = reader.type(records[i].type);
        ASSERT_NE(type, nullptr);
        EXPECT_EQ(type->name, info.name);
        EXPECT_EQ(type->doc, info.doc);
        EXPECT_EQ(type->category, category_name(info.category));
        ASSERT_EQ(type->fields.size(), info.fields.size());
        ASSERT_NE(records[i].site, 0);
    }
    const SiteInfo& site = reader.sites().at(records[0].site - 1U);
    EXPECT_EQ(site.function, "somewhere");
    EXPECT_EQ(site.line, 42u);
    EXPECT_EQ(reader.enum_name("queue", 3), "active");
    EXPECT_TRUE(reader.is_flags("evlist"));
    EXPECT_FALSE(reader.is_flags("queue"));
}

TEST_F(TraceIo, SitesNameTheProbe) {
    start();
    emit_bead(1);
    const int line = __LINE__ + 1;
    TRACE(mark, .text = "here");
    evglass_trace_stop();
    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    ASSERT_EQ(records.size(), 2u);
    const SiteInfo& bead_site = reader.sites().at(records[0].site - 1);
    EXPECT_EQ(bead_site.function, "emit_bead");
    EXPECT_TRUE(bead_site.file.ends_with("io_fixture.h"));
    EXPECT_EQ(reader.sites().at(records[1].site - 1).line, static_cast<std::uint32_t>(line));
}

TEST_F(TraceIo, ASecondRecordingHasItsSitesToo) {
    start("ring=64K", "1.evg");
    emit_bead(1);
    evglass_trace_stop();
    start("ring=64K", "2.evg");
    emit_bead(2);
    evglass_trace_stop();
    Reader reader = open("2.evg");
    const std::vector<Record> records = reader.poll();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(bead(records[0]), 2u);
    EXPECT_EQ(reader.sites().at(records[0].site - 1).function, "emit_bead");
}

TEST_F(TraceIo, OnlyWantedCategoriesAreEmitted) {
    start("ring=64K,only=syscall+call");
    emit_bead(1);
    TRACE(sys_close, .fd = 7, .result = 0, .error = 0, .duration = std::uint64_t{1});
    evglass_trace_stop();
    const std::vector<Record> records = read_all();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].id(), RecordId::sys_close);
}

TEST_F(TraceIo, HeadTellsWhoAndWhen) {
    start();
    emit_bead(1);
    EXPECT_TRUE(open().info().recording);
    evglass_trace_stop();
    Reader reader = open();
    const TraceInfo& info = reader.info();
    EXPECT_EQ(info.pid, static_cast<std::uint64_t>(getpid()));
    EXPECT_FALSE(info.recording);
    EXPECT_FALSE(info.program.empty());
    EXPECT_NE(info.command.find(info.program), std::string::npos);
    EXPECT_FALSE(reader.modules().empty());
    const auto here = reinterpret_cast<std::uint64_t>(&emit_raw);
    EXPECT_TRUE(std::any_of(reader.modules().begin(), reader.modules().end(), [&](const Module& m) {
        return m.begin <= here && here < m.end &&
               m.path == std::filesystem::canonical("/proc/self/exe");
    }));
}

TEST_F(TraceIo, TimeRunsAsTheMonotonicClockDoes) {
    start("ring=64K");
    TRACE(loop_begin, .base = field::base{}, .flags = 0u);
    usleep(30'000);
    TRACE(loop_begin, .base = field::base{}, .flags = 0u);
    evglass_trace_stop();
    const std::vector<Record> records = read_all();
    ASSERT_EQ(records.size(), 2u);
    const std::int64_t passed = records[1].time_ns - records[0].time_ns;
    EXPECT_GE(passed, 30'000'000 - 100'000);
    EXPECT_LT(passed, 3'000'000'000);
}

std::uint64_t hour() {
    return 3'600'000'000'000u;
}

TEST_F(TraceIo, VirtualClockStampsVirtualNanoseconds) {
    set_virtual_clock(hour);
    start("ring=64K");
    TRACE(loop_begin, .base = field::base{}, .flags = 0u);
    TRACE(loop_begin, .base = field::base{}, .flags = 0u);
    evglass_trace_stop();
    set_virtual_clock(nullptr);
    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(reader.info().clock, "virtual");
    EXPECT_LE(records[1].stamp, hour() + 4);
    EXPECT_GT(records[1].stamp, records[0].stamp);
}

TEST_F(TraceIo, StatusCountsRecords) {
    start("ring=64K");
    for (std::uint32_t i = 0; i < 10; ++i) emit_bead(i);
    evglass_status status;
    evglass_trace_status(&status);
    EXPECT_EQ(status.recording, 1);
    EXPECT_EQ(status.records, 10u);
    EXPECT_EQ(status.lost, 0u);
    EXPECT_EQ(status.path, path());
    evglass_trace_stop();
    evglass_trace_status(&status);
    EXPECT_EQ(status.recording, 0);
    EXPECT_EQ(status.records, 10u);
    EXPECT_STREQ(status.message, "");
}

TEST_F(TraceIo, MarksAndNamesAreCutNotBroken) {
    start("ring=64K");
    evglass_mark(std::string(500, 'x').c_str());
    evglass_name_event(reinterpret_cast<event*>(0x1000),
                       "a name that is longer than thirty-one bytes");
    evglass_mark(nullptr);
    const std::string thirty(30, 'y'), bytes(40, '\x80');
    evglass_name_event(reinterpret_cast<event*>(0x1000), (thirty + "\xE9\x98\x9F").c_str());
    evglass_name_event(reinterpret_cast<event*>(0x1000), bytes.c_str());
    evglass_trace_stop();
    const std::vector<Record> records = read_all();
    ASSERT_EQ(records.size(), 4u);
    EXPECT_EQ(records[2].as<rec::event_name>()->name.view(), thirty) << "no part of a character";
    EXPECT_EQ(records[3].as<rec::event_name>()->name.view(), bytes.substr(0, 31)) << "no text";
    EXPECT_EQ(records[0].as<rec::mark>()->text.view(), std::string(95, 'x'));
    EXPECT_EQ(records[1].as<rec::event_name>()->name.view(), "a name that is longer than thir");
    EXPECT_EQ(records[1].as<rec::event_name>()->event, 0x1000u);
}

TEST_F(TraceIo, FileIsPrivateAndNeverOverwritten) {
    start("ring=64K");
    struct stat info {};
    ASSERT_EQ(stat(path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    evglass_trace_stop();
    EXPECT_EQ(evglass_trace_start(path().c_str(), nullptr), -1);
    EXPECT_EQ(errno, EEXIST);
    EXPECT_NE(message().find("exists already"), std::string::npos) << message();
    ASSERT_EQ(symlink("elsewhere", path("link.evg").c_str()), 0);
    EXPECT_EQ(evglass_trace_start(path("link.evg").c_str(), nullptr), -1);
    EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
}

TEST_F(TraceIo, SecondStartIsRefused) {
    start("ring=64K");
    EXPECT_EQ(evglass_trace_start(path("2.evg").c_str(), nullptr), -1);
    EXPECT_EQ(errno, EBUSY);
    EXPECT_FALSE(std::filesystem::exists(path("2.evg")));
}

TEST_F(TraceIo, BadOptionsAreNamed) {
    for (const char* bad : {"ring=", "ring=1", "full=99999G", "only=", "only=state+cheese",
                            "clock=sun", "rings", "ring=16M,what", "ring=18446744073709551616"}) {
        SCOPED_TRACE(bad);
        EXPECT_EQ(evglass_trace_start(path().c_str(), bad), -1);
        EXPECT_EQ(errno, EINVAL);
        EXPECT_FALSE(message().empty());
        EXPECT_EQ(message().find('\n'), std::string::npos);
        EXPECT_FALSE(std::filesystem::exists(path()));
    }
    EXPECT_EQ(evglass_trace_start((path() + "/not/there").c_str(), nullptr), -1);
    EXPECT_EQ(errno, ENOENT);
}

TEST_F(TraceIo, DefaultDirectoryIsMadePrivateAndListed) {
    ASSERT_EQ(evglass_trace_start("auto", "ring=64K"), 0) << message();
    emit_bead(1);
    struct stat info {};
    ASSERT_EQ(stat(path("evglass").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700u);
    std::string error;
    const std::string found = find_trace(static_cast<std::uint64_t>(getpid()), error);
    evglass_status status;
    evglass_trace_status(&status);
    EXPECT_EQ(found, status.path) << error;
    ASSERT_EQ(list_traces().size(), 1u);
    EXPECT_TRUE(list_traces()[0].live);
    evglass_trace_stop();
    EXPECT_FALSE(list_traces().at(0).live);
    // The same name again: a number is added.
    ASSERT_EQ(evglass_trace_start("", "ring=64K"), 0) << message();
    EXPECT_EQ(list_traces().size(), 2u);
}

TEST_F(TraceIo, DefaultDirectoryOpenToOthersIsRefused) {
    ASSERT_EQ(mkdir(path("evglass").c_str(), 0755), 0);
    EXPECT_EQ(evglass_trace_start(nullptr, nullptr), -1);
    EXPECT_NE(message().find("mode 0700"), std::string::npos) << message();
    EXPECT_TRUE(list_traces().empty());
}

TEST_F(TraceIo, TraceElsewhereIsLinkedForPs) {
    start("ring=64K");
    std::string error;
    EXPECT_EQ(find_trace(static_cast<std::uint64_t>(getpid()), error),
              std::filesystem::canonical(path()));
    EXPECT_EQ(find_trace(1, error), "");
    EXPECT_NE(error.find("process 1"), std::string::npos);
}

TEST_F(TraceIo, ErrnoIsKept) {
    start("ring=64K");
    for (std::uint32_t i = 0; i < 5000; ++i) {
        errno = 77;
        emit_bead(i);
        ASSERT_EQ(errno, 77);
    }
}

TEST_F(TraceIo, DescriptorsOfTheProgramKeepTheirNumbers) {
    const int before = ::open("/dev/null", O_RDONLY);
    close(before);
    start("full=1M");
    const int after = ::open("/dev/null", O_RDONLY);
    close(after);
    EXPECT_EQ(before, after);
}

TEST_F(TraceIo, EnvironmentStartsARecording) {
    const pid_t child = fork();
    if (child == 0) {
        setenv("EVGLASS_TRACE", (path("%p.evg") + ",ring=64K").c_str(), 1);
        init_from_environment();
        emit_bead(9);
        evglass_trace_stop();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    const std::vector<Record> records = read_all(std::to_string(child) + ".evg");
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(bead(records[0]), 9u);
}

TEST_F(TraceIo, BadEnvironmentIsOneLineAndTheProgramGoesOn) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        setenv("EVGLASS_TRACE", (path() + ",cheese").c_str(), 1);
        init_from_environment();
        emit_bead(9);
        _exit(enabled_any() ? 1 : 0);
    }
    close(ends[1]);
    char text[1000]{};
    const ssize_t length = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    const std::string line(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_NE(line.find("'cheese'"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace evglass::trace::testing
