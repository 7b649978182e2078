// What the scenarios of buffers share: owners, and words for what a buffer holds and what its
// callbacks are told. Read next: buffer_basics.cc.
#pragma once

#include <event2/buffer.h>

#include <memory>
#include <string>

#include "tests/conformance/scenarios/scenario.h"

// Stock's header has no C linkage of its own.
#ifndef EVGLASS_BUFFER_COMPAT
#define EVGLASS_BUFFER_COMPAT
extern "C" {
#include <event2/buffer_compat.h>
}
#endif

namespace evglass::conformance {

struct FreeBuffer {
    void operator()(evbuffer* b) const { evbuffer_free(b); }
};
using Buffer = std::unique_ptr<evbuffer, FreeBuffer>;

inline Buffer new_buffer(const char* content = "") {
    Buffer b(evbuffer_new());
    evbuffer_add(b.get(), content, std::string(content).size());
    return b;
}

/// The bytes, unprintable ones as ~; they stay.
inline std::string content(const Buffer& b) {
    std::string text(evbuffer_get_length(b.get()), '?');
    const auto n = evbuffer_copyout(b.get(), text.data(), text.size());
    if (n < 0) return "unreadable";
    for (char& c : text)
        if (c < ' ') c = '~';
    return text.size() > 60 ? std::to_string(text.size()) + " bytes" : text;
}

inline void tell(const char* name, const Buffer& b) {
    say("%s: %zu '%s'", name, evbuffer_get_length(b.get()), content(b).c_str());
}

/// Says what a callback is told; arg is a name.
inline void tell_change(evbuffer* b, const evbuffer_cb_info* info, void* name) {
    say("%s: %zu +%zu -%zu, now %zu", static_cast<const char*>(name), info->orig_size,
        info->n_added, info->n_deleted, evbuffer_get_length(b));
}

inline evbuffer_cb_entry* watch(const Buffer& b, const char* name) {
    return evbuffer_add_cb(b.get(), tell_change, const_cast<char*>(name));
}

/// A chain of its own, which nothing is added to.
inline void add_chain(const Buffer& b, const char* text) {
    evbuffer_add_reference(b.get(), text, std::string(text).size(), nullptr, nullptr);
}

inline evbuffer_ptr at(const Buffer& b, std::size_t position) {
    evbuffer_ptr p;
    evbuffer_ptr_set(b.get(), &p, position, EVBUFFER_PTR_SET);
    return p;
}

}  // namespace evglass::conformance
