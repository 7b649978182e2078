// What index_file.h declares. The layout: a Head, then pieces: four bytes of length, the bytes.
#include "trace/index_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "trace/raw_file.h"

namespace evglass::trace {
namespace {

constexpr std::array<char, 8> kMagic = {'e', 'v', 'g', 'i', 'n', 'd', 'e', 'x'};
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kBuffer = std::size_t{1} << 20;
constexpr std::size_t kFirstRead = 512;  ///< most pieces are smaller

struct Head {
    std::array<char, 8> magic = kMagic;
    std::uint32_t version = kVersion, reserved = 0;
    std::uint64_t subject = 0, bytes = 0, root = 0;
    std::uint64_t checksum = 0;       ///< of all that follows this head
    std::uint64_t head_checksum = 0;  ///< of what stands before this
};
constexpr std::size_t kHeadChecked = offsetof(Head, head_checksum);

bool write_all(int fd, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        offset += static_cast<std::uint64_t>(n);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

/// Nobody else could have written it.
bool is_ours(int fd) {
    struct stat info {};
    return fstat(fd, &info) == 0 && info.st_uid == geteuid() &&
           (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

class Checksum {
 public:
    Checksum() : state_(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(state_.get()); }
    void add(std::span<const std::byte> bytes) {
        XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
    }
    std::uint64_t value() const { return XXH3_64bits_digest(state_.get()); }

 private:
    std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

}  // namespace

struct IndexFile::Impl {
    int fd = -1;
    std::string temporary;  ///< its name, while it has no other
    std::vector<std::byte> buffer;
    std::uint64_t written = sizeof(Head);  ///< what is in the file; the buffer follows
    std::uint64_t root = 0;
    Checksum checksum;
    bool failed = false;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (fd >= 0) close(fd);
        if (!temporary.empty()) unlink(temporary.c_str());
    }
    void flush() {
        failed = failed || !write_all(fd, written, buffer);
        checksum.add(buffer);
        written += buffer.size();
        buffer.clear();
    }
    std::size_t read(std::uint64_t offset, std::span<std::byte> out) const {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t n =
                pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }
    bool is_whole(const Head& head);
};

/// Everything is read once: 300 MB take a tenth of a second.
bool IndexFile::Impl::is_whole(const Head& head) {
    struct stat info {};
    if (fstat(fd, &info) != 0 || static_cast<std::uint64_t>(info.st_size) != head.bytes)
        return false;
    std::vector<std::byte> piece(kBuffer);
    for (std::uint64_t at = sizeof(Head); at < head.bytes;) {
        const std::size_t n = read(at, piece);
        if (n == 0) return false;
        checksum.add(std::span(piece).first(n));
        at += n;
    }
    written = head.bytes;
    root = head.root;
    return checksum.value() == head.checksum;
}

IndexFile::IndexFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IndexFile::~IndexFile() = default;

std::shared_ptr<IndexFile> IndexFile::create(const std::string& directory) {
    auto impl = std::make_unique<Impl>();
    std::string name = directory + "/new-XXXXXX";
    impl->fd = mkostemp(name.data(), O_CLOEXEC);
    if (impl->fd < 0) return nullptr;
    impl->temporary = name;
    return std::shared_ptr<IndexFile>(new IndexFile(std::move(impl)));
}

std::shared_ptr<IndexFile> IndexFile::open(const std::string& path, std::uint64_t subject) {
    auto impl = std::make_unique<Impl>();
    impl->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    Head head;
    const auto bytes = std::as_writable_bytes(std::span(&head, 1));
    if (impl->fd < 0 || !is_ours(impl->fd) || impl->read(0, bytes) != sizeof head) return nullptr;
    const bool known = head.magic == kMagic && head.version == kVersion &&
                       head.head_checksum == XXH3_64bits(&head, kHeadChecked);
    if (!known || head.subject != subject || !impl->is_whole(head)) return nullptr;
    return std::shared_ptr<IndexFile>(new IndexFile(std::move(impl)));
}

std::uint64_t IndexFile::put(std::span<const std::byte> bytes) {
    const std::uint64_t place = impl_->written + impl_->buffer.size();
    const auto length = static_cast<std::uint32_t>(bytes.size());
    const auto head = std::as_bytes(std::span(&length, 1));
    if (length != bytes.size()) impl_->failed = true;
    impl_->buffer.insert(impl_->buffer.end(), head.begin(), head.end());
    impl_->buffer.insert(impl_->buffer.end(), bytes.begin(), bytes.end());
    if (impl_->buffer.size() >= kBuffer) impl_->flush();
    return place;
}

std::vector<std::byte> IndexFile::get(std::uint64_t place) const {
    std::uint32_t length = 0;
    std::array<std::byte, kFirstRead> first;
    const std::uint64_t end = impl_->written;
    if (place < sizeof(Head) || place >= end) return {};
    const std::size_t there = impl_->read(place, first);
    if (there < sizeof length) return {};
    std::memcpy(&length, first.data(), sizeof length);
    if (length > end - place) return {};
    const auto piece = std::span(first).first(there).subspan(sizeof length);
    if (length <= piece.size()) return {piece.begin(), piece.begin() + length};
    std::vector<std::byte> bytes(length);
    std::memcpy(bytes.data(), piece.data(), piece.size());
    const auto rest = std::span(bytes).subspan(piece.size());
    if (impl_->read(place + there, rest) != rest.size()) return {};
    return bytes;
}

std::uint64_t IndexFile::bytes() const {
    return impl_->written + impl_->buffer.size();
}

std::uint64_t IndexFile::root() const {
    return impl_->root;
}

bool IndexFile::finish(std::uint64_t subject, std::uint64_t root) {
    impl_->flush();
    impl_->root = root;
    Head head;
    head.subject = subject;
    head.bytes = impl_->written;
    head.root = root;
    head.checksum = impl_->checksum.value();
    head.head_checksum = XXH3_64bits(&head, kHeadChecked);
    return !impl_->failed && write_all(impl_->fd, 0, std::as_bytes(std::span(&head, 1)));
}

bool IndexFile::keep_as(const std::string& path) {
    if (std::rename(impl_->temporary.c_str(), path.c_str()) != 0) return false;
    impl_->temporary.clear();
    return true;
}

}  // namespace evglass::trace
