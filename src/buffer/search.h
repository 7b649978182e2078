// Walking through the bytes of a buffer, for search.cc and line.cc. With the lock held.
#pragma once

#include "src/buffer/position.h"

/// The first `byte` within `size` bytes: how far away; `at` is there. -1: none.
ev_ssize_t evbuffer_strchr_(BufferPosition* at, std::size_t size, char byte);
/// The same for a string that lies wholly within them. REQUIRES: len > 0.
ev_ssize_t evbuffer_strstr_(BufferPosition* at, std::size_t size, const char* what,
                            std::size_t len);
evbuffer_ptr evbuffer_search_range_(evbuffer* buf, const char* what, std::size_t len,
                                    const evbuffer_ptr* start, const evbuffer_ptr* end);
