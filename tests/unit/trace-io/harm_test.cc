// The program is never harmed: fork, closed descriptors, full disks, limits.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "tests/unit/trace-io/io_fixture.h"
#include "trace/process_alive.h"
#include "trace/raw_file.h"

namespace evglass::trace::testing {
namespace {

/// Runs `body` in a child process; true if it returned 0 there.
template <class Body>
pid_t in_child(Body body, bool& ok) {
    const pid_t child = fork();
    if (child == 0) _exit(body() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    ok = status == 0;
    return child;
}

TEST_F(TraceIo, ForkedChildHasItsOwnTrace) {
    start("ring=64K");
    emit_bead(1);
    KeyframeMark mark;
    keyframe_done(mark);
    bool ok = false;
    const pid_t child = in_child(
        [&] {
            emit_bead(100);  // before the child's trace begins: nowhere
            if (!keyframe_due(mark)) return false;
            keyframe_done(mark);
            emit_bead(101);
            evglass_trace_stop();
            return true;
        },
        ok);
    EXPECT_TRUE(ok);
    EXPECT_FALSE(keyframe_due(mark)) << "the parent's recording goes on as it was";
    emit_bead(2);
    evglass_trace_stop();

    const std::vector<Record> mine = read_all();
    ASSERT_EQ(mine.size(), 2u);
    EXPECT_EQ(bead(mine[1]), 2u);
    const std::string childs = "t.evg." + std::to_string(child);
    Reader reader = open(childs);
    const std::vector<Record> records = reader.poll();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(bead(records[0]), 101u);
    EXPECT_EQ(reader.info().pid, static_cast<std::uint64_t>(child));
    EXPECT_EQ(reader.sites().at(records[0].site - 1).function, "emit_bead");
}

TEST_F(TraceIo, ChildThatNeverTurnsLeavesNoFile) {
    start("ring=64K");
    bool ok = false;
    const pid_t child = in_child(
        [] {
            emit_bead(1);
            return true;
        },
        ok);
    EXPECT_TRUE(ok);
    EXPECT_FALSE(std::filesystem::exists(path("t.evg." + std::to_string(child))));
}

TEST_F(TraceIo, ChildHoldsNoDescriptorOfTheParentsTrace) {
    start("full=1M");
    bool ok = false;
    in_child(
        [] {
            for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
                std::error_code ignored;
                if (std::filesystem::read_symlink(entry.path(), ignored).extension() == ".evg")
                    return false;
            }
            return true;
        },
        ok);
    EXPECT_TRUE(ok);
}

TEST_F(TraceIo, ProgramThatClosesEverythingGoesOn) {
    for (const std::string mode : {"ring=64K", "full=64M"}) {
        SCOPED_TRACE(mode);
        const std::string name = mode.substr(0, 4) + ".evg";
        bool ok = false;
        in_child(
            [&] {
                if (evglass_trace_start(path(name).c_str(), mode.c_str()) != 0) return false;
                close_range(3, ~0u, 0);
                for (std::uint32_t i = 0; i < 100'000; ++i) emit_bead(i);
                evglass_trace_stop();
                return true;
            },
            ok);
        EXPECT_TRUE(ok);
        Reader reader = open(name);
        const std::vector<Record> records = reader.poll();
        ASSERT_FALSE(records.empty());
        // A ring needs no descriptor; a long trace ends where it can't grow.
        if (mode.starts_with("ring")) {
            EXPECT_EQ(bead(records.back()), 99'999u);
        } else {
            EXPECT_EQ(reader.info().stop_error, EBADF);
            EXPECT_EQ(bead(records[0]), 0u);
        }
    }
}

TEST_F(TraceIo, FullTraceKeepsEverything) {
    start("full=64M");
    for (std::uint32_t i = 0; i < 300'000; ++i) emit_bead(i);
    evglass_trace_stop();
    const std::vector<Record> records = read_all();
    ASSERT_EQ(records.size(), 300'000u);
    for (std::uint32_t i = 0; i < records.size(); ++i) ASSERT_EQ(bead(records[i]), i);
}

TEST_F(TraceIo, FullTraceEndsAtItsLimit) {
    start("full=1M");
    for (std::uint32_t i = 0; i < 100'000; ++i) emit_bead(i);
    EXPECT_FALSE(enabled_any());
    evglass_status status;
    evglass_trace_status(&status);
    EXPECT_EQ(status.recording, 0);
    EXPECT_EQ(status.error, EFBIG);
    EXPECT_NE(message().find("limit"), std::string::npos);
    evglass_trace_stop();
    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    EXPECT_EQ(records.size(), status.records);
    EXPECT_GT(records.size(), 10'000u);
    EXPECT_EQ(reader.info().stop_error, EFBIG);
    EXPECT_LE(std::filesystem::file_size(path()), 3u << 20);
}

TEST_F(TraceIo, FileSizeLimitEndsTheTraceNotTheProgram) {
    bool ok = false;
    in_child(
        [&] {
            if (evglass_trace_start(path().c_str(), "full=64M") != 0) return false;
            const rlimit limit{3u << 20, RLIM_INFINITY};
            setrlimit(RLIMIT_FSIZE, &limit);
            for (std::uint32_t i = 0; i < 100'000; ++i) emit_bead(i);
            return !enabled_any();
        },
        ok);
    EXPECT_TRUE(ok);
    EXPECT_FALSE(open().poll().empty());
}

/// A disk of its own, with this much room; unmounted at the end. Needs root.
class SmallDisk {
 public:
    SmallDisk(const std::string& at, const char* size) : at_(at) {
        std::filesystem::create_directory(at);
        mounted_ = mount("none", at.c_str(), "tmpfs", 0, size) == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount(at_.c_str());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }

 private:
    std::string at_;
    bool mounted_ = false;
};

TEST_F(TraceIo, DiskThatFillsUpEndsTheTraceNotTheProgram) {
    const SmallDisk disk(path("disk"), "size=4m");
    if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
    start("full=64M", "disk/t.evg");
    for (std::uint32_t i = 0; i < 200'000; ++i) emit_bead(i);
    evglass_status status;
    evglass_trace_status(&status);
    EXPECT_EQ(status.error, ENOSPC);
    evglass_trace_stop();
    Reader reader = open("disk/t.evg");
    EXPECT_EQ(reader.poll().size(), status.records);
    EXPECT_EQ(reader.info().stop_error, ENOSPC);
}

TEST_F(TraceIo, DiskTooSmallForARingLeavesNothing) {
    const SmallDisk disk(path("disk"), "size=4m");
    if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
    EXPECT_EQ(evglass_trace_start(path("disk/t.evg").c_str(), "ring=16M"), -1);
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_FALSE(std::filesystem::exists(path("disk/t.evg")));
    emit_bead(1);
}

TEST_F(TraceIo, FinishedWhenTheProcessIsGone) {
    bool ok = false;
    const pid_t child = in_child(
        [&] {
            if (evglass_trace_start(path().c_str(), "ring=64K") != 0) return false;
            emit_bead(5);
            return true;  // _exit: no word about the end
        },
        ok);
    ASSERT_TRUE(ok);
    Reader reader = open();
    EXPECT_TRUE(reader.info().recording);
    ASSERT_EQ(reader.poll().size(), 1u);
    EXPECT_TRUE(reader.finished());
    EXPECT_FALSE(process_alive(static_cast<std::uint64_t>(child), 0));
}

TEST_F(TraceIo, AnotherProcessOfTheSameIdIsNotTheWriter) {
    const auto me = static_cast<std::uint64_t>(getpid());
    EXPECT_TRUE(process_alive(me, 0));
    EXPECT_FALSE(process_alive(me, 1));
}

TEST_F(TraceIo, AProcessThatBecameAnotherProgramWritesNoMore) {
    start();
    emit_bead(1);
    RawFile file;
    ASSERT_TRUE(file.open(path()));
    EXPECT_TRUE(process_maps(static_cast<std::uint64_t>(getpid()), file.descriptor()));
    const pid_t child = fork();
    if (child == 0) {
        execl("/bin/sleep", "sleep", "100", nullptr);
        _exit(1);
    }
    bool maps = true;
    for (int i = 0; i < 500 && maps; ++i) {
        usleep(10'000);
        maps = process_maps(static_cast<std::uint64_t>(child), file.descriptor());
    }
    EXPECT_FALSE(maps);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace evglass::trace::testing
