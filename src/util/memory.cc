// event_set_mem_functions, and the allocation functions that follow it.
// A null entry means the C library's function. Calling malloc only when asked keeps the rule that
// nothing is allocated before a program could set its own functions.
#include "src/util/memory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <event2/event.h>

namespace {

/// What event_set_mem_functions was given. Set once, before any other thread uses the library.
struct Functions {
    void* (*malloc_fn)(size_t) = nullptr;
    void* (*realloc_fn)(void*, size_t) = nullptr;
    void (*free_fn)(void*) = nullptr;
};
constinit Functions functions;

/// A user's malloc need not set errno.
template <class T>
T* or_enomem(T* memory) {
    if (memory == nullptr) errno = ENOMEM;
    return memory;
}

}  // namespace

void event_set_mem_functions(void* (*malloc_fn)(size_t), void* (*realloc_fn)(void*, size_t),
                             void (*free_fn)(void*)) {
    functions = {malloc_fn, realloc_fn, free_fn};
}

void* event_mm_malloc_(size_t size) {
    if (size == 0) return nullptr;
    return or_enomem(functions.malloc_fn ? functions.malloc_fn(size) : std::malloc(size));
}

void* event_mm_calloc_(size_t count, size_t size) {
    if (count == 0 || size == 0) return nullptr;
    if (!functions.malloc_fn) return or_enomem(std::calloc(count, size));
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) return or_enomem<void>(nullptr);
    void* memory = or_enomem(functions.malloc_fn(bytes));
    return memory != nullptr ? std::memset(memory, 0, bytes) : nullptr;
}

void* event_mm_realloc_(void* memory, size_t size) {
    return or_enomem(functions.realloc_fn ? functions.realloc_fn(memory, size)
                                          : std::realloc(memory, size));
}

char* event_mm_strdup_(const char* text) {
    if (text == nullptr) {
        errno = EINVAL;
        return nullptr;
    }
    const size_t bytes = std::strlen(text) + 1;
    void* copy = event_mm_malloc_(bytes);
    return copy != nullptr ? static_cast<char*>(std::memcpy(copy, text, bytes)) : nullptr;
}

void event_mm_free_(void* memory) {
    if (memory == nullptr) return;
    functions.free_fn ? functions.free_fn(memory) : std::free(memory);
}
