// Small text files (resolv.conf, hosts): read whole, and taken apart into lines and words. What a
// file says is believed by nobody here: who reads it checks each word.
// Read next: text_file.cc, resolv_conf.cc and hosts.cc (who reads).
#pragma once

#include <cstddef>
#include <string_view>

namespace dns {

/// A file's bytes, as long as this lives.
class TextFile {
 public:
    TextFile() = default;
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    /// What went wrong has the numbers that evdns_base_resolv_conf_parse returns.
    enum class Error { none = 0, open = 1, stat = 2, too_large = 3, no_memory = 4, short_read = 5 };
    Error read(const char* path);
    std::string_view text() const { return {text_, size_}; }

 private:
    Error read_from(int fd);

    char* text_ = nullptr;
    std::size_t size_ = 0;
};

/// Takes the first line off, without its end and without a comment: `marks` begin one.
std::string_view next_line(std::string_view& text, std::string_view marks);
/// Takes the first word off; empty where there is none.
std::string_view next_word(std::string_view& line);

/// A word with the NUL that the C library asks for. Words that are too long become the empty one.
class CWord {
 public:
    explicit CWord(std::string_view word) {
        if (word.size() < sizeof text_) word.copy(text_, word.size());
    }
    const char* get() const { return text_; }

 private:
    char text_[1025] = {};
};

}  // namespace dns
