// Reading small files through the system-call seam. A file that grows while it is read is taken as
// long as it was; one that shrinks is an error.
// Read next: text_file.h.
#include "src/net/dns/text_file.h"

#include <algorithm>

#include "src/util/evutil.h"
#include "src/util/memory.h"
#include "src/util/sys_io.h"

namespace dns {
namespace {

/// Lists of hosts to block are megabytes; more than this is a mistake.
constexpr off_t kLargest = 16 << 20;
constexpr std::string_view kBlank = " \t\r\v\f";

}  // namespace

TextFile::~TextFile() {
    mm_free(text_);
}

TextFile::Error TextFile::read(const char* path) {
    const int fd = sys::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Error::open;
    const Error error = read_from(fd);
    evutil_closesocket(fd);
    return error;
}

TextFile::Error TextFile::read_from(int fd) {
    struct stat about {};
    if (sys::fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) return Error::stat;
    if (about.st_size > kLargest) return Error::too_large;
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size == 0) return Error::none;
    text_ = static_cast<char*>(mm_malloc(size));
    if (text_ == nullptr) return Error::no_memory;
    while (size_ < size) {
        const ssize_t n = sys::read(fd, text_ + size_, size - size_);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return Error::short_read;
        size_ += static_cast<std::size_t>(n);
    }
    return Error::none;
}

std::string_view next_line(std::string_view& text, std::string_view marks) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line.substr(0, line.find_first_of(marks));
}

std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(kBlank));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace dns
