// Parts of files: what is refused, and what happens when a file gets shorter under a buffer.
#include "src/buffer/file_segment.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "src/buffer/evbuffer.h"

namespace {

class FileSegmentTest : public testing::Test {
 protected:
    FileSegmentTest() {
        unlink(name);
        const std::string bytes(kSize, 'f');
        EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(kSize));
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    }
    ~FileSegmentTest() override {
        evbuffer_assert_ok_(b);
        evbuffer_free(b);
        close(fd);
        close(ends[0]);
        close(ends[1]);
    }
    void add(unsigned flags, ev_off_t length = -1) {
        evbuffer_file_segment* seg = evbuffer_file_segment_new(fd, 0, length, flags);
        ASSERT_NE(seg, nullptr);
        ASSERT_EQ(evbuffer_add_file_segment(b, seg, 0, -1), 0);
        evbuffer_file_segment_free(seg);
    }
    static constexpr std::size_t kSize = 20000;
    char name[32] = "/tmp/evglass-segment-XXXXXX";
    int fd = mkstemp(name);
    int ends[2] = {-1, -1};
    evbuffer* b = evbuffer_new();
};

TEST_F(FileSegmentTest, PartsThatTheFileDoesNotHaveAreRefused) {
    constexpr ev_off_t kFar = INT64_MAX;
    for (const auto& [offset, length] : {std::pair<ev_off_t, ev_off_t>{-1, 5},
                                         {-1, -1},
                                         {0, -2},
                                         {0, kSize + 1},
                                         {kSize, 1},
                                         {kSize + 1, -1},
                                         {kFar, 1},
                                         {1, kFar},
                                         {kFar, kFar}}) {
        EXPECT_EQ(evbuffer_file_segment_new(fd, offset, length, 0), nullptr) << offset;
        EXPECT_EQ(evbuffer_add_file(b, fd, offset, length), -1);
    }
    EXPECT_EQ(evbuffer_file_segment_new(-1, 0, -1, 0), nullptr);
    EXPECT_EQ(evbuffer_get_length(b), 0u);
    EXPECT_EQ(evbuffer_add_file(b, dup(fd), kSize, -1), 0);
    EXPECT_EQ(evbuffer_add_file(b, dup(fd), kSize - 1, 1), 0);
    EXPECT_EQ(evbuffer_get_length(b), 1u);
}

TEST_F(FileSegmentTest, PartsThatTheSegmentDoesNotHaveAreRefused) {
    evbuffer_file_segment* seg = evbuffer_file_segment_new(fd, 10, 100, 0);
    for (const auto& [offset, length] : {std::pair<ev_off_t, ev_off_t>{0, 101},
                                         {101, -1},
                                         {50, 51},
                                         {-1, 5},
                                         {INT64_MAX, 1},
                                         {1, INT64_MAX}}) {
        EXPECT_EQ(evbuffer_add_file_segment(b, seg, offset, length), -1) << offset;
    }
    // A refusal takes nothing from the segment.
    EXPECT_EQ(seg->refcnt.load(), 1);
    EXPECT_EQ(evbuffer_add_file_segment(b, seg, 100, -1), 0);
    EXPECT_EQ(evbuffer_add_file_segment(b, seg, 90, 10), 0);
    EXPECT_EQ(evbuffer_get_length(b), 10u);
    evbuffer_file_segment_free(seg);
}

TEST_F(FileSegmentTest, AFailedAddLeavesTheDescriptorOpen) {
    evbuffer_freeze(b, 0);
    EXPECT_EQ(evbuffer_add_file(b, fd, 0, -1), -1);
    EXPECT_EQ(lseek(fd, 0, SEEK_END), static_cast<off_t>(kSize));
}

TEST_F(FileSegmentTest, TruncatedWhileItIsSent) {
    evbuffer_set_flags(b, EVBUFFER_FLAG_DRAINS_TO_FD);
    add(0);
    EXPECT_EQ(evbuffer_write_atmost(b, ends[0], 1000), 1000);
    ASSERT_EQ(ftruncate(fd, 1500), 0);
    EXPECT_EQ(evbuffer_write(b, ends[0]), 500);
    EXPECT_EQ(evbuffer_write(b, ends[0]), -1);
    EXPECT_EQ(errno, EIO);
    EXPECT_EQ(evbuffer_get_length(b), kSize - 1500);
}

TEST_F(FileSegmentTest, TruncatedUnderItsMapping) {
    add(EVBUF_FS_DISABLE_SENDFILE);
    std::string out(kSize, '?');
    EXPECT_EQ(evbuffer_copyout(b, out.data(), 10), 10);
    ASSERT_EQ(ftruncate(fd, 100), 0);
    EXPECT_EQ(evbuffer_copyout(b, out.data(), kSize), -1);
    EXPECT_EQ(evbuffer_remove(b, out.data(), kSize), -1);
    EXPECT_EQ(evbuffer_pullup(b, 10), nullptr);
    EXPECT_EQ(evbuffer_search(b, "x", 1, nullptr).pos, -1);
    EXPECT_EQ(evbuffer_readln(b, nullptr, EVBUFFER_EOL_ANY), nullptr);
    while (evbuffer_write(b, ends[0]) > 0) continue;
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(evbuffer_drain(b, kSize), 0);
}

TEST_F(FileSegmentTest, ReadIntoMemoryItSurvivesTheFile) {
    add(EVBUF_FS_DISABLE_SENDFILE | EVBUF_FS_DISABLE_MMAP);
    ASSERT_EQ(ftruncate(fd, 0), 0);
    std::string out(kSize, '?');
    EXPECT_EQ(evbuffer_remove(b, out.data(), kSize), static_cast<int>(kSize));
    EXPECT_EQ(out, std::string(kSize, 'f'));
}

TEST_F(FileSegmentTest, WhatIsOnlySentCannotBeLookedAt) {
    evbuffer_set_flags(b, EVBUFFER_FLAG_DRAINS_TO_FD);
    evbuffer_add(b, "head", 4);
    add(0, 100);
    evbuffer_add(b, "\n", 1);
    std::string out(200, '?');
    evbuffer_iovec v[4];
    EXPECT_EQ(evbuffer_remove(b, out.data(), 4), 4);
    EXPECT_EQ(evbuffer_remove(b, out.data(), 1), -1);
    EXPECT_EQ(evbuffer_peek(b, -1, nullptr, v, 4), 0);
    EXPECT_EQ(evbuffer_pullup(b, -1), nullptr);
    EXPECT_EQ(evbuffer_readln(b, nullptr, EVBUFFER_EOL_LF), nullptr);
    // A part of it moves as a part of the file.
    evbuffer* c = evbuffer_new();
    EXPECT_EQ(evbuffer_remove_buffer(b, c, 30), 30);
    EXPECT_EQ(evbuffer_write(c, ends[0]), 30);
    EXPECT_EQ(evbuffer_write(b, ends[0]), 70);
    EXPECT_EQ(evbuffer_write(b, ends[0]), 1);
    EXPECT_EQ(read(ends[1], out.data(), out.size()), 101);
    EXPECT_EQ(out.substr(0, 101), std::string(100, 'f') + "\n");
    evbuffer_free(c);
}

}  // namespace
