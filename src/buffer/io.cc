// Bytes between a buffer and a descriptor: one system call each, never more, so that a blocking
// descriptor blocks no more than read or write would.
//
// A read does not ask how much there is (stock spends an ioctl on that). It offers the room that is
// there and, behind it, a fresh chain that is given back if no byte reached it. read_hint remembers
// how much the last reads brought, so that a busy stream gets larger chains.
// One piece goes by read and write, for which the kernel has less to do than for readv and writev:
// 200 of the 7000 ns that a message costs over the loopback. Both take any descriptor.
// Read next: src/util/sys_io.h, file_segment.cc (sendfile).
#include <algorithm>
#include <cerrno>
#include <climits>

#include "src/buffer/evbuffer.h"
#include "src/buffer/file_segment.h"
#include "src/util/sys_io.h"

namespace {

using evglass::trace::field::bytesfrom;

/// How far a busy stream's reads grow.
constexpr std::size_t kLargestHint = 65536;
constexpr int NUM_READ_IOVEC = 4;
constexpr int NUM_WRITE_IOVEC = 128;

/// Where a read may put bytes: the room that is there, then a chain that is not linked in yet.
struct ReadRoom {
    evbuffer_iovec vec[NUM_READ_IOVEC];
    int n = 0;
    std::size_t bytes = 0;
    evbuffer_chain* fresh = nullptr;
    bool from_spare = false;

    void add(unsigned char* at, std::size_t size) {
        vec[n++] = {at, size};
        bytes += size;
    }
};

/// False if there is no memory for a single byte.
bool find_room(evbuffer* buf, std::size_t most, ReadRoom* room) {
    for (evbuffer_chain* chain = buf->tail; chain != nullptr && room->n < NUM_READ_IOVEC - 1;
         chain = chain->next) {
        if (room->bytes == most) return true;
        if (chain->room() != 0)
            room->add(chain->space(), std::min(chain->room(), most - room->bytes));
    }
    if (room->bytes == most) return true;
    const evbuffer_chain* spare = buf->spare;
    room->fresh = evbuffer_chain_new_for(buf, most - room->bytes);
    room->from_spare = room->fresh != nullptr && room->fresh == spare;
    if (room->fresh != nullptr)
        room->add(room->fresh->buffer, std::min(room->fresh->buffer_len, most - room->bytes));
    return room->bytes != 0;
}

/// No byte reached the fresh chain. If it was the buffer's spare it is so again; no other is kept,
/// because a quiet connection should not hold on to memory.
void give_back(evbuffer* buf, const ReadRoom& room) {
    if (room.fresh == nullptr) return;
    if (room.from_spare) {
        buf->spare = room.fresh;
    } else {
        evbuffer_chain_free(room.fresh);
    }
}

/// The bytes that came belong to the chains that they lie in.
void take_in(evbuffer* buf, const ReadRoom& room, std::size_t bytes) {
    evbuffer_chain* chain = buf->tail;
    const int old = room.fresh != nullptr ? room.n - 1 : room.n;
    for (int i = 0; i < old && bytes != 0; ++i) {
        while (chain->space() != room.vec[i].iov_base) chain = chain->next;
        const std::size_t here = std::min(bytes, room.vec[i].iov_len);
        evbuffer_added_(buf, chain, here, bytesfrom::read);
        bytes -= here;
    }
    if (room.fresh == nullptr) return;
    if (bytes == 0) return give_back(buf, room);
    room.fresh->off = bytes;
    evbuffer_chain_insert(buf, room.fresh, bytesfrom::read);
}

/// A read that filled what was offered would have brought more; one that brought little may be the
/// first of many small ones.
void learn(evbuffer* buf, std::size_t offered, std::size_t bytes) {
    if (bytes == offered) {
        buf->read_hint = std::min(2 * offered, kLargestHint);
    } else if (bytes < buf->read_hint / 4) {
        buf->read_hint /= 2;
    }
}

ev_ssize_t read_into(evutil_socket_t fd, const ReadRoom& room) {
    if (room.n == 1) return sys::read(fd, room.vec[0].iov_base, room.vec[0].iov_len);
    return sys::readv(fd, room.vec, room.n);
}

ev_ssize_t read_some(evbuffer* buf, evutil_socket_t fd, std::size_t most) {
    most = std::min(
        {most, std::max(buf->read_hint, EVBUFFER_MAX_READ), EVBUFFER_CHAIN_MAX - buf->total_len});
    ReadRoom room;
    if (most != 0 && !find_room(buf, most, &room)) return -1;
    const ev_ssize_t n = read_into(fd, room);
    if (n <= 0) {
        const int error = errno;
        give_back(buf, room);
        errno = error;
        return n;
    }
    const auto bytes = static_cast<std::size_t>(n);
    take_in(buf, room, bytes);
    learn(buf, room.bytes, bytes);
    return n;
}

/// From memory: as many chains as one call takes, up to one whose bytes are only in a file.
ev_ssize_t evbuffer_write_iovec(evbuffer* buf, evutil_socket_t fd, std::size_t most) {
    evbuffer_iovec vec[NUM_WRITE_IOVEC];
    int n = 0;
    for (const evbuffer_chain* chain = buf->first;
         chain != nullptr && n < NUM_WRITE_IOVEC && most != 0; chain = chain->next) {
        if (chain->off == 0 || !chain->readable()) break;
        const std::size_t here = std::min(chain->off, most);
        vec[n++] = {chain->bytes(), here};
        most -= here;
    }
    if (n == 1) return sys::write(fd, vec[0].iov_base, vec[0].iov_len);
    return sys::writev(fd, vec, n);
}

ev_ssize_t write_some(evbuffer* buf, evutil_socket_t fd, std::size_t most) {
    most = std::min(most, buf->total_len);
    if (most == 0) return 0;
    const ev_ssize_t n = buf->first->readable() ? evbuffer_write_iovec(buf, fd, most)
                                                : evbuffer_file_segment_send_(buf->first, fd, most);
    if (n > 0) evbuffer_drop_(buf, static_cast<std::size_t>(n));
    return n;
}

}  // namespace

ev_ssize_t evbuffer_read_(evbuffer* buf, evutil_socket_t fd, std::size_t most) {
    const BufferEdit edit(buf);
    return read_some(buf, fd, most);
}

ev_ssize_t evbuffer_write_(evbuffer* buf, evutil_socket_t fd, std::size_t most) {
    const BufferEdit edit(buf);
    return write_some(buf, fd, most);
}

int evbuffer_read(evbuffer* buf, evutil_socket_t fd, int howmuch) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen)) return -1;
    const std::size_t most = howmuch < 0 ? EVBUFFER_MAX_READ : static_cast<std::size_t>(howmuch);
    return static_cast<int>(read_some(buf, fd, std::min(most, EVBUFFER_MAX_READ)));
}

int evbuffer_write(evbuffer* buf, evutil_socket_t fd) {
    return evbuffer_write_atmost(buf, fd, -1);
}

int evbuffer_write_atmost(evbuffer* buf, evutil_socket_t fd, ev_ssize_t howmuch) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowFrontFrozen)) return -1;
    const std::size_t most = howmuch < 0 ? INT_MAX : static_cast<std::size_t>(howmuch);
    const ev_ssize_t n = write_some(buf, fd, std::min(most, std::size_t{INT_MAX}));
    // Nothing to write is told as stock tells it.
    return n != 0 ? static_cast<int>(n) : -1;
}
