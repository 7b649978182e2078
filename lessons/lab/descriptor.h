// Descriptors that close themselves, and pipes whose reading end has a low number: select counts
// bits up to the highest one that is watched.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "lessons/lab/calls.h"

namespace lab {

class Descriptor {
 public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    void reset(int fd = -1) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }
    int get() const { return fd_; }
    /// The same file under the lowest free number from `lowest` on.
    void move_up(int lowest) {
        const int fd = ::fcntl(fd_, F_DUPFD_CLOEXEC, lowest);
        if (fd < 0) give_up("fcntl(F_DUPFD_CLOEXEC)");
        reset(fd);
    }

 private:
    int fd_;
};

struct Pipe {
    Descriptor read, write;

    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) give_up("pipe2");
        read.reset(ends[0]);
        write.reset(ends[1]);
    }
};

}  // namespace lab
