// File segments: sent by the kernel (sendfile), mapped, or read. Which one is decided when a
// segment is added to a buffer: a buffer that drains to a socket (EVBUFFER_FLAG_DRAINS_TO_FD) can
// have the kernel send it; any other needs the bytes in memory. A file that gets shorter meanwhile
// ends in an error: sendfile's 0 becomes EIO, writev of a mapping fails with EFAULT, and copying
// first asks how long the file is. Read next: io.cc.
#include "src/buffer/file_segment.h"

#include <cerrno>

#include "src/buffer/evbuffer.h"
#include "src/util/memory.h"
#include "src/util/sys_io.h"

namespace {

using evglass::trace::field::bytesfrom;

/// How long a regular file is; -1: no regular file, or unknown.
ev_off_t regular_size(int fd) {
    struct stat st {};
    return sys::fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

/// Is the range one that the file has? A length of -1 becomes all that follows.
bool resolve_range(int fd, ev_off_t offset, ev_off_t* length) {
    if (offset < 0 || *length < -1) return false;
    const ev_off_t size = regular_size(fd);
    if (size < 0)
        return *length >= 0 && static_cast<std::size_t>(offset) <=
                                   EVBUFFER_CHAIN_MAX - static_cast<std::size_t>(*length);
    if (offset > size) return false;
    if (*length == -1) *length = size - offset;
    return *length <= size - offset;
}

bool map_contents(evbuffer_file_segment* seg) {
    const auto page = static_cast<ev_off_t>(sysconf(_SC_PAGESIZE));
    const ev_off_t slack = seg->file_offset % page;
    const std::size_t size = seg->length + static_cast<std::size_t>(slack);
    void* mapping = sys::mmap(size, seg->fd, seg->file_offset - slack);
    if (mapping == MAP_FAILED) return false;
    seg->mapping = mapping;
    seg->mapping_len = size;
    seg->contents = static_cast<unsigned char*>(mapping) + slack;
    return true;
}

bool read_contents(evbuffer_file_segment* seg) {
    auto* memory = static_cast<unsigned char*>(mm_malloc(seg->length));
    if (memory == nullptr) return false;
    std::size_t got = 0;
    while (got < seg->length) {
        const ev_ssize_t n = sys::pread(seg->fd, memory + got, seg->length - got,
                                        seg->file_offset + static_cast<ev_off_t>(got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            // Shorter than it was said to be.
            if (n == 0) errno = EIO;
            const int error = errno;
            mm_free(memory);
            errno = error;
            return false;
        }
        got += static_cast<std::size_t>(n);
    }
    seg->contents = memory;
    return true;
}

/// The bytes into memory, if they are not there yet.
bool evbuffer_file_segment_materialize(evbuffer_file_segment* seg) {
    const ScopedLock lock(seg->lock);
    if (seg->contents != nullptr || seg->length == 0) return true;
    if ((seg->flags & EVBUF_FS_DISABLE_MMAP) == 0 && map_contents(seg)) return true;
    return read_contents(seg);
}

/// A chain for a part of the segment; null on failure.
evbuffer_chain* chain_for(evbuffer_file_segment* seg, bool send, std::size_t offset,
                          std::size_t length) {
    if (!send && !evbuffer_file_segment_materialize(seg)) return nullptr;
    evbuffer_chain* chain = evbuffer_chain_new_foreign(
        kChainFile | (send ? kChainSendfile : 0u), send ? nullptr : seg->contents + offset, length);
    if (chain == nullptr) return nullptr;
    owner_of(chain).segment = evbuffer_file_segment_incref_(seg);
    if (send) {
        chain->misalign = static_cast<std::size_t>(seg->file_offset) + offset;
        chain->buffer_len = chain->misalign + length;
    }
    return chain;
}

}  // namespace

evbuffer_file_segment* evbuffer_file_segment_new(int fd, ev_off_t offset, ev_off_t length,
                                                 unsigned flags) {
    if (!resolve_range(fd, offset, &length)) return nullptr;
    mm_ptr<evbuffer_file_segment> seg(mm_new<evbuffer_file_segment>());
    if (seg == nullptr) return nullptr;
    seg->flags = flags;
    seg->fd = fd;
    seg->file_offset = offset;
    seg->length = static_cast<std::size_t>(length);
    // Without sendfile the bytes are needed in any case: better to fail here than later.
    if ((flags & EVBUF_FS_DISABLE_SENDFILE) != 0 && !evbuffer_file_segment_materialize(seg.get()))
        return nullptr;
    if ((flags & EVBUF_FS_DISABLE_LOCKING) == 0)
        seg->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
    return seg.release();
}

evbuffer_file_segment* evbuffer_file_segment_incref_(evbuffer_file_segment* seg) {
    seg->refcnt.fetch_add(1, std::memory_order_relaxed);
    return seg;
}

void evbuffer_file_segment_free(evbuffer_file_segment* seg) {
    if (seg->refcnt.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (seg->mapping != nullptr) {
        sys::munmap(seg->mapping, seg->mapping_len);
    } else {
        mm_free(seg->contents);
    }
    if ((seg->flags & EVBUF_FS_CLOSE_ON_FREE) != 0 && seg->fd >= 0) sys::close(seg->fd);
    if (seg->cleanup_cb != nullptr)
        seg->cleanup_cb(seg, static_cast<int>(seg->flags), seg->cleanup_cb_arg);
    evthread_free_lock(seg->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(seg);
}

void evbuffer_file_segment_add_cleanup_cb(evbuffer_file_segment* seg,
                                          evbuffer_file_segment_cleanup_cb cb, void* arg) {
    seg->cleanup_cb = cb;
    seg->cleanup_cb_arg = arg;
}

int evbuffer_add_file_segment(evbuffer* buf, evbuffer_file_segment* seg, ev_off_t offset,
                              ev_off_t length) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen) || offset < 0) return -1;
    const auto skip = static_cast<std::size_t>(offset);
    if (skip > seg->length) return -1;
    const std::size_t size = length < 0 ? seg->length - skip : static_cast<std::size_t>(length);
    if (size > seg->length - skip || size > EVBUFFER_CHAIN_MAX - buf->total_len) return -1;
    if (size == 0) return 0;
    const bool send = (buf->flags & EVBUFFER_FLAG_DRAINS_TO_FD) != 0 &&
                      (seg->flags & EVBUF_FS_DISABLE_SENDFILE) == 0;
    evbuffer_chain* chain = chain_for(seg, send, skip, size);
    if (chain == nullptr) return -1;
    evbuffer_chain_insert(buf, chain, bytesfrom::file);
    return 0;
}

int evbuffer_add_file(evbuffer* buf, int fd, ev_off_t offset, ev_off_t length) {
    evbuffer_file_segment* seg =
        evbuffer_file_segment_new(fd, offset, length, EVBUF_FS_CLOSE_ON_FREE);
    if (seg == nullptr) return -1;
    const int result = evbuffer_add_file_segment(buf, seg, 0, length);
    // On failure the descriptor stays the caller's.
    if (result < 0) seg->flags &= ~static_cast<unsigned>(EVBUF_FS_CLOSE_ON_FREE);
    evbuffer_file_segment_free(seg);
    return result;
}

ev_ssize_t evbuffer_file_segment_send_(const evbuffer_chain* chain, evutil_socket_t to,
                                       std::size_t most) {
    const evbuffer_file_segment* seg = owner_of(const_cast<evbuffer_chain*>(chain)).segment;
    auto offset = static_cast<off_t>(chain->misalign);
    const ev_ssize_t n = sys::sendfile(to, seg->fd, &offset, most < chain->off ? most : chain->off);
    if (n != 0) return n;
    errno = EIO;
    return -1;
}

bool evbuffer_file_segment_intact_(const evbuffer_chain* chain) {
    const evbuffer_file_segment* seg = owner_of(const_cast<evbuffer_chain*>(chain)).segment;
    if (seg->mapping == nullptr) return true;
    const ev_off_t size = regular_size(seg->fd);
    return size < 0 || static_cast<std::size_t>(size) >=
                           static_cast<std::size_t>(seg->file_offset) + seg->length;
}
