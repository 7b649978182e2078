// The library's memory: every allocation of the reactor goes through these functions, and they go
// through the ones that event_set_mem_functions was given.
// Nothing here throws: a failed allocation is a null pointer with errno ENOMEM, and the caller
// leaves everything as it was. A test makes the nth allocation fail by giving its own functions
// (tests/support/failing_memory.h).
// Threads: as safe as the functions given. Read next: memory.cc.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <event2/visibility.h>

// Exported, because libevent_pthreads allocates its locks through them.
extern "C" {
EVENT2_EXPORT_SYMBOL void* event_mm_malloc_(std::size_t size);
EVENT2_EXPORT_SYMBOL void* event_mm_calloc_(std::size_t count, std::size_t size);
EVENT2_EXPORT_SYMBOL void* event_mm_realloc_(void* memory, std::size_t size);
EVENT2_EXPORT_SYMBOL char* event_mm_strdup_(const char* text);
EVENT2_EXPORT_SYMBOL void event_mm_free_(void* memory);
}

/// Memory for `size` bytes; null for size 0 or on failure.
inline void* mm_malloc(std::size_t size) {
    return event_mm_malloc_(size);
}
/// Zeroed memory for an array; null if it is empty, if its size overflows, or on failure.
inline void* mm_calloc(std::size_t count, std::size_t size) {
    return event_mm_calloc_(count, size);
}
/// Grows or shrinks; on failure null, and `memory` stays as it was.
inline void* mm_realloc(void* memory, std::size_t size) {
    return event_mm_realloc_(memory, size);
}
/// A copy of a text; null on failure, and for a null text (EINVAL).
inline char* mm_strdup(const char* text) {
    return event_mm_strdup_(text);
}
/// Null is ignored.
inline void mm_free(void* memory) {
    event_mm_free_(memory);
}

/// An object in the library's memory; null on failure. Its constructor can't fail.
template <class T, class... Args>
T* mm_new(Args&&... args) {
    static_assert(std::is_nothrow_constructible_v<T, Args...>, "no exception crosses the C API");
    static_assert(alignof(T) <= alignof(std::max_align_t), "malloc aligns no further");
    void* memory = mm_malloc(sizeof(T));
    if (memory == nullptr) return nullptr;
    return ::new (memory) T(std::forward<Args>(args)...);
}

/// Ends what mm_new began; null is ignored.
template <class T>
void mm_delete(T* object) {
    if (object == nullptr) return;
    object->~T();
    mm_free(object);
}

struct MmDelete {
    template <class T>
    void operator()(T* object) const {
        if constexpr (std::is_trivially_destructible_v<T>)
            mm_free(object);
        else
            mm_delete(object);
    }
};

/// Owns one object of mm_new, or plain memory of mm_malloc.
template <class T>
using mm_ptr = std::unique_ptr<T, MmDelete>;

/// Grows a plain array from old_n to new_n entries; the new ones are zero. On failure the array is
/// as it was.
template <class T>
[[nodiscard]] bool mm_grow(T*& array, std::size_t old_n, std::size_t new_n) {
    static_assert(std::is_trivially_copyable_v<T>, "realloc moves bytes, not objects");
    std::size_t bytes = 0;
    if (new_n == old_n) return true;
    if (new_n < old_n || __builtin_mul_overflow(new_n, sizeof(T), &bytes)) return false;
    void* grown = mm_realloc(array, bytes);
    if (grown == nullptr) return false;
    array = static_cast<T*>(grown);
    std::memset(static_cast<void*>(array + old_n), 0, (new_n - old_n) * sizeof(T));
    return true;
}
