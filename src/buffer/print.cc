// Formatted text at the end of a buffer: into the room that is there, and if that was too little,
// once more into as much as is needed.
#include <cstdio>

#include "src/buffer/evbuffer.h"

namespace {

using evglass::trace::field::bytesfrom;

/// Room that most texts fit into.
constexpr std::size_t kFirstRoom = 64;

/// Prints into one chain of at least `room` bytes. Returns the text's length, -1 on failure; it was
/// added only if it is less than the room.
int print_into(evbuffer* buf, std::size_t room, std::size_t* had, const char* format, va_list ap) {
    evbuffer_chain* chain = evbuffer_expand_singlechain(buf, room);
    if (chain == nullptr) return -1;
    *had = chain->room();
    va_list again;
    va_copy(again, ap);
    const int length =
        std::vsnprintf(reinterpret_cast<char*>(chain->space()), chain->room(), format, again);
    va_end(again);
    if (length < 0 || static_cast<std::size_t>(length) >= *had) return length;
    const evbuffer_iovec vec{chain->space(), static_cast<std::size_t>(length)};
    return evbuffer_commit_(buf, &vec, 1, bytesfrom::print) == 0 ? length : -1;
}

}  // namespace

int evbuffer_add_vprintf(evbuffer* buf, const char* format, va_list ap) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen)) return -1;
    std::size_t had = 0;
    int length = print_into(buf, kFirstRoom, &had, format, ap);
    if (length >= 0 && static_cast<std::size_t>(length) >= had) {
        length = print_into(buf, static_cast<std::size_t>(length) + 1, &had, format, ap);
        if (length >= 0 && static_cast<std::size_t>(length) >= had) length = -1;
    }
    return length;
}

int evbuffer_add_printf(evbuffer* buf, const char* format, ...) {
    va_list ap;
    va_start(ap, format);
    const int length = evbuffer_add_vprintf(buf, format, ap);
    va_end(ap);
    return length;
}

char* evbuffer_readline(evbuffer* buf) {
    return evbuffer_readln(buf, nullptr, EVBUFFER_EOL_ANY);
}
