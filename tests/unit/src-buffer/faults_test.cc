// Every allocation and every system call of evbuffers fails once: the operation says so, and the
// buffers are as they were.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "src/buffer/evbuffer.h"
#include "src/util/memory.h"
#include "src/util/sys.h"
#include "tests/support/failing_memory.h"

namespace {

using evglass::test::FailingMemory;

std::string content(evbuffer* b) {
    std::string s(evbuffer_get_length(b), '?');
    EXPECT_EQ(evbuffer_copyout(b, s.data(), s.size()), static_cast<ev_ssize_t>(s.size()));
    return s;
}

/// Two buffers with several chains each, some of another's memory.
struct Pair {
    Pair() {
        const std::string large(3000, 'x');
        for (evbuffer* b : {a, c}) {
            evbuffer_add(b, "hello\n", 6);
            evbuffer_add_reference(b, "reference", 9, nullptr, nullptr);
            evbuffer_add(b, large.data(), large.size());
            evbuffer_drain(b, 2);
        }
    }
    ~Pair() {
        evbuffer_free(a);
        evbuffer_free(c);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    void check() const {
        evbuffer_assert_ok_(a);
        evbuffer_assert_ok_(c);
    }
    evbuffer* a = evbuffer_new();
    evbuffer* c = evbuffer_new();
};

struct Operation {
    const char* name;
    std::function<bool(Pair&)> run;  ///< did it succeed?
};

const std::string kLarge(20000, 'L');

const std::vector<Operation> kOperations = {
    {"add", [](Pair& p) { return evbuffer_add(p.a, kLarge.data(), kLarge.size()) == 0; }},
    {"prepend", [](Pair& p) { return evbuffer_prepend(p.a, kLarge.data(), kLarge.size()) == 0; }},
    {"expand", [](Pair& p) { return evbuffer_expand(p.a, 30000) == 0; }},
    {"reserve",
     [](Pair& p) {
         evbuffer_iovec v[2];
         return evbuffer_reserve_space(p.a, 30000, v, 2) >= 0;
     }},
    {"pullup", [](Pair& p) { return evbuffer_pullup(p.a, -1) != nullptr; }},
    {"printf", [](Pair& p) { return evbuffer_add_printf(p.a, "%s", kLarge.c_str()) == 20000; }},
    {"remove_buffer", [](Pair& p) { return evbuffer_remove_buffer(p.a, p.c, 20) == 20; }},
    {"remove_buffer a little", [](Pair& p) { return evbuffer_remove_buffer(p.a, p.c, 8) == 8; }},
    {"add_buffer", [](Pair& p) { return evbuffer_add_buffer(p.a, p.c) == 0; }},
    {"share", [](Pair& p) { return evbuffer_add_buffer_reference(p.a, p.c) == 0; }},
    {"reference",
     [](Pair& p) { return evbuffer_add_reference(p.a, "abc", 3, nullptr, nullptr) == 0; }},
    {"readln",
     [](Pair& p) {
         char* line = evbuffer_readln(p.a, nullptr, EVBUFFER_EOL_LF);
         event_mm_free_(line);
         return line != nullptr;
     }},
    {"add_cb",
     [](Pair& p) {
         return evbuffer_add_cb(
                    p.a, [](evbuffer*, const evbuffer_cb_info*, void*) {}, nullptr) != nullptr;
     }},
    {"iovec",
     [](Pair& p) {
         evbuffer_iovec v[1] = {{const_cast<char*>(kLarge.data()), kLarge.size()}};
         return evbuffer_add_iovec(p.a, v, 1) == kLarge.size();
     }},
};

TEST(FaultsTest, EachAllocationOfEachOperationFails) {
    FailingMemory memory;
    for (const Operation& operation : kOperations) {
        SCOPED_TRACE(operation.name);
        for (long n = 1;; ++n) {
            ASSERT_LT(n, 20);
            Pair pair;
            const std::string a = content(pair.a);
            const std::string c = content(pair.c);
            const long before = memory.allocations();
            memory.fail_at(n);
            const bool success = operation.run(pair);
            memory.heal();
            pair.check();
            if (memory.allocations() - before < n) {
                EXPECT_TRUE(success);
                break;
            }
            EXPECT_FALSE(success);
            EXPECT_EQ(content(pair.a), a);
            EXPECT_EQ(content(pair.c), c);
            EXPECT_TRUE(operation.run(pair)) << "it must work once there is memory";
        }
    }
    EXPECT_EQ(memory.live(), 0);
}

TEST(FaultsTest, NewAndFilesWithoutMemory) {
    FailingMemory memory;
    memory.fail_at(1);
    EXPECT_EQ(evbuffer_new(), nullptr);
    char name[] = "/tmp/evglass-faults-XXXXXX";
    const int fd = mkstemp(name);
    unlink(name);
    ASSERT_EQ(write(fd, "0123456789", 10), 10);
    evbuffer* b = evbuffer_new();
    for (long n = 1; n <= 2; ++n) {
        memory.fail_at(n);
        EXPECT_EQ(evbuffer_add_file(b, fd, 0, -1), -1) << n;
        EXPECT_EQ(evbuffer_get_length(b), 0u);
    }
    memory.heal();
    EXPECT_EQ(evbuffer_add_file(b, fd, 0, -1), 0);
    evbuffer_free(b);
    EXPECT_EQ(memory.live(), 0);
}

/// System calls of a table in which one can be made to fail.
class FailingCalls : public testing::Test {
 protected:
    FailingCalls() {
        error = 0;
        table.read = [](int fd, void* to, size_t size) {
            return failing() ? -1 : sys::kernel.read(fd, to, size);
        };
        table.write = [](int fd, const void* from, size_t size) {
            return failing() ? -1 : sys::kernel.write(fd, from, size);
        };
        table.readv = [](int fd, const iovec* v, int n) {
            return failing() ? -1 : sys::kernel.readv(fd, v, n);
        };
        table.writev = [](int fd, const iovec* v, int n) {
            return failing() ? -1 : sys::kernel.writev(fd, v, n);
        };
        table.sendfile = [](int to, int from, off_t* at, size_t size) {
            return failing() ? -1 : sys::kernel.sendfile(to, from, at, size);
        };
        table.mmap = [](void* a, size_t size, int p, int f, int fd, off_t at) {
            return failing() ? MAP_FAILED : sys::kernel.mmap(a, size, p, f, fd, at);
        };
        table.pread = [](int fd, void* m, size_t size, off_t at) {
            return failing() ? -1 : sys::kernel.pread(fd, m, size, at);
        };
        table.fstat = [](int fd, struct stat* s) {
            return failing() ? -1 : sys::kernel.fstat(fd, s);
        };
        sys::set_table(&table);
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        unlink(name);
        EXPECT_EQ(write(file, "0123456789", 10), 10);
    }
    ~FailingCalls() override {
        sys::set_table(nullptr);
        evbuffer_assert_ok_(b);
        evbuffer_free(b);
        for (const int fd : {ends[0], ends[1], file}) close(fd);
    }
    static bool failing() {
        if (error == 0) return false;
        errno = error;
        if (once) error = 0;
        return true;
    }
    static inline int error;
    static inline bool once;
    sys::Table table = sys::kernel;
    int ends[2] = {-1, -1};
    char name[32] = "/tmp/evglass-faults-XXXXXX";
    int file = mkstemp(name);
    evbuffer* b = evbuffer_new();
};

TEST_F(FailingCalls, ReadsAndWritesKeepEveryByte) {
    ASSERT_EQ(write(ends[1], "incoming", 8), 8);
    for (const int e : {EINTR, EAGAIN, ECONNRESET, ENOMEM, EIO}) {
        evbuffer_add(b, "abc", 3);
        const std::string before = content(b);
        once = true;
        error = e;
        EXPECT_EQ(evbuffer_read(b, ends[0], -1), -1);
        EXPECT_EQ(errno, e);
        error = e;
        EXPECT_EQ(evbuffer_write(b, ends[0]), -1);
        EXPECT_EQ(errno, e);
        error = e;
        EXPECT_EQ(evbuffer_read_(b, ends[0], 100000), -1);
        EXPECT_EQ(errno, e);
        EXPECT_EQ(content(b), before);
    }
    EXPECT_EQ(evbuffer_read(b, ends[0], -1), 8);
}

TEST_F(FailingCalls, SendfileKeepsThePlaceInTheFile) {
    evbuffer_set_flags(b, EVBUFFER_FLAG_DRAINS_TO_FD);
    ASSERT_EQ(evbuffer_add_file(b, dup(file), 0, -1), 0);
    once = true;
    for (const int e : {EINTR, EAGAIN, EIO}) {
        error = e;
        EXPECT_EQ(evbuffer_write(b, ends[0]), -1);
        EXPECT_EQ(errno, e);
        EXPECT_EQ(evbuffer_write_atmost(b, ends[0], 2), 2);
    }
    EXPECT_EQ(evbuffer_write(b, ends[0]), 4);
    char out[16] = {};
    EXPECT_EQ(read(ends[1], out, sizeof out), 10);
    EXPECT_STREQ(out, "0123456789");
}

TEST_F(FailingCalls, AFileThatCannotBeMappedIsRead) {
    evbuffer_file_segment* seg = evbuffer_file_segment_new(file, 2, 5, 0);
    once = true;
    error = ENOMEM;
    EXPECT_EQ(evbuffer_add_file_segment(b, seg, 0, -1), 0);
    evbuffer_file_segment_free(seg);
    EXPECT_EQ(content(b), "23456");
}

TEST_F(FailingCalls, AFileThatCannotBeReachedAtAll) {
    evbuffer_file_segment* seg = evbuffer_file_segment_new(file, 2, 5, 0);
    once = false;
    error = EIO;
    EXPECT_EQ(evbuffer_add_file_segment(b, seg, 0, -1), -1);
    EXPECT_EQ(evbuffer_file_segment_new(file, 0, -1, 0), nullptr);
    error = 0;
    EXPECT_EQ(evbuffer_add_file_segment(b, seg, 0, -1), 0);
    evbuffer_file_segment_free(seg);
}

}  // namespace
