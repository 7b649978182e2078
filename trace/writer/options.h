// What a user asks of a recording: "path" and "ring=16M,only=state+syscall". It turns text into
// numbers and says what is wrong with it; it opens nothing. It allocates nothing, because a forked
// child keeps and reuses its parent's options. Read next: recording.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "trace/format.h"
#include "trace/schema.h"

namespace evglass::trace::writer {

/// One line of text for people, kept without allocating.
struct Message {
    char text[240]{};
    [[gnu::format(printf, 2, 3)]] void set(const char* format, ...) noexcept;
    bool empty() const { return text[0] == '\0'; }
};

struct Options {
    static constexpr std::uint64_t kDefaultRing = 16u << 20;
    static constexpr std::uint64_t kDefaultFull = 1u << 30;
    static constexpr std::uint64_t kSmallest = 64u << 10;
    static constexpr std::uint64_t kLargest = std::uint64_t{64} << 30;

    char path[1024]{};  ///< empty or "auto": a name in the default directory
    format::Mode mode = format::Mode::ring;
    std::uint64_t bytes = kDefaultRing;  ///< of records, at most
    std::uint32_t categories = kDefaultCategories;
    bool monotonic = false;  ///< use CLOCK_MONOTONIC even where the counter could be used

    bool automatic_path() const;
};

/// Reads "ring=16M,only=state+call,clock=monotonic" into `out`. False, and a line in `error`, if
/// there is something that it does not know. Null and "" change nothing.
bool parse_options(const char* text, Options& out, Message& error) noexcept;
/// Takes the path; %p becomes the process's id.
bool parse_path(std::string_view text, Options& out, Message& error) noexcept;

}  // namespace evglass::trace::writer
