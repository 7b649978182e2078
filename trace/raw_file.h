// A file read by position with every bound checked. It never maps the file: a trace that shrinks
// while it is read gives a short read here, not a SIGBUS.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace evglass::trace {

class RawFile {
 public:
    RawFile() = default;
    RawFile(RawFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    RawFile& operator=(RawFile&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~RawFile() {
        if (fd_ >= 0) close(fd_);
    }

    /// False with errno. Only a regular file is taken, and opening never waits (a pipe would).
    bool open(const std::string& path);
    /// How long it is now; 0 if that can't be told.
    std::uint64_t size() const;
    /// Reads at most out.size() bytes at `offset`. Returns how many there were.
    std::size_t read(std::uint64_t offset, std::span<std::byte> out) const;
    int descriptor() const { return fd_; }
    bool read_all(std::uint64_t offset, std::span<std::byte> out) const {
        return read(offset, out) == out.size();
    }

 private:
    int fd_ = -1;
};

/// A number out of raw bytes; the caller has checked that it lies within them.
template <class T>
T load_at(std::span<const std::byte> bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

}  // namespace evglass::trace
