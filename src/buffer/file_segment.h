// A part of a file that buffers refer to: how its bytes are reached, and how long it lives.
// Read next: file_segment.cc.
#pragma once

#include <event2/buffer.h>

#include <atomic>
#include <cstddef>

#include "src/buffer/chain.h"

/// Invariants: `contents` is null until somebody needs the bytes in memory, and then holds `length`
/// of them; refcnt counts the creator and every chain.
/// Thread rule: `lock` guards contents and mapping; the count is atomic; the rest does not change.
struct evbuffer_file_segment {
    void* lock = nullptr;  ///< null where locks are off, or the flags say so
    std::atomic<int> refcnt{1};
    unsigned flags = 0;  ///< EVBUF_FS_*
    int fd = -1;
    ev_off_t file_offset = 0;
    std::size_t length = 0;
    unsigned char* contents = nullptr;
    void* mapping = nullptr;  ///< of the pages around contents; null: contents is mm_malloc's
    std::size_t mapping_len = 0;
    evbuffer_file_segment_cleanup_cb cleanup_cb = nullptr;
    void* cleanup_cb_arg = nullptr;
};

/// One more who uses it; returns it.
evbuffer_file_segment* evbuffer_file_segment_incref_(evbuffer_file_segment* seg);
/// Sends from a chain with kChainSendfile. As sendfile returns; where the file ended before the
/// chain, -1 with EIO.
ev_ssize_t evbuffer_file_segment_send_(const evbuffer_chain* chain, evutil_socket_t to,
                                       std::size_t most);
/// Can a file's chain be looked at? False where the file was truncated under its mapping.
bool evbuffer_file_segment_intact_(const evbuffer_chain* chain);
