// The operations that change something; model_looks.cc has those that look. Each does the same to a
// buffer and to its string, and expects the same result.
#include "tests/unit/src-buffer/model_buffers.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "src/buffer/evbuffer.h"

namespace evglass::test {

namespace {

/// Buffers are kept below this, so that a million steps end.
constexpr std::size_t kTooLong = 200000;

int temporary_file(const std::string& bytes) {
    char name[] = "/tmp/evglass-buffer-XXXXXX";
    const int fd = mkstemp(name);
    unlink(name);
    EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return fd;
}

}  // namespace

ModelBuffers::ModelBuffers(std::uint32_t seed) : random_(seed), seed_(seed) {
    for (Pair& p : pairs_) {
        p.buf = evbuffer_new();
        // One buffer has no callback, so that the short ways are taken too.
        if (&p != pairs_.data()) evbuffer_add_cb(p.buf, told, &p);
    }
    file_bytes_ = some_bytes(20000);
    file_ = temporary_file(file_bytes_);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0);
}

ModelBuffers::~ModelBuffers() {
    finish();
    close(file_);
    close(ends_[0]);
    close(ends_[1]);
}

void ModelBuffers::finish() {
    for (Pair& p : pairs_) {
        if (p.buf == nullptr) continue;
        check_content(p);
        evbuffer_free(std::exchange(p.buf, nullptr));
    }
}

void ModelBuffers::told(evbuffer* buf, const evbuffer_cb_info* info, void* pair) {
    auto* p = static_cast<Pair*>(pair);
    EXPECT_EQ(info->orig_size, p->told);
    p->told = info->orig_size + info->n_added - info->n_deleted;
    EXPECT_EQ(p->told, evbuffer_get_length(buf));
}

void ModelBuffers::given_back(const void* data, std::size_t, void* self) {
    --static_cast<ModelBuffers*>(self)->references_;
    std::free(const_cast<void*>(data));
}

/// Mostly small; sometimes around the sizes of chains.
std::size_t ModelBuffers::some_size() {
    switch (below(10)) {
        case 0:
            return 0;
        case 1:
            return 400 + below(200);
        case 2:
            return 3900 + below(400);
        case 3:
            return below(9000);
        default:
            return 1 + below(60);
    }
}

std::string ModelBuffers::some_bytes(std::size_t size) {
    std::string bytes(size, 'a');
    for (char& c : bytes) c = "abcdefgh\r\n\r\n\0ijklmn"[below(20)];
    return bytes;
}

void ModelBuffers::check(const Pair& p) {
    evbuffer_assert_ok_(p.buf);
    same(evbuffer_get_length(p.buf), p.bytes.size());
    if (&p != pairs_.data()) same(p.told, p.bytes.size());
}

void ModelBuffers::check_content(const Pair& p) {
    const int n = evbuffer_peek(p.buf, -1, nullptr, nullptr, 0);
    std::vector<evbuffer_iovec> vec(static_cast<std::size_t>(n) + 1);
    same(evbuffer_peek(p.buf, -1, nullptr, vec.data(), n + 1), n);
    std::size_t at = 0;
    for (int i = 0; i < n; ++i) {
        const auto& v = vec[static_cast<std::size_t>(i)];
        same(p.bytes.compare(at, v.iov_len, static_cast<const char*>(v.iov_base), v.iov_len), 0);
        at += v.iov_len;
    }
    same(at, p.bytes.size());
}

void ModelBuffers::step() {
    struct Operation {
        const char* name;
        void (ModelBuffers::*run)();
        unsigned weight;
    };
    static constexpr Operation kOperations[] = {
        {"add", &ModelBuffers::add, 20},
        {"prepend", &ModelBuffers::prepend, 6},
        {"drain", &ModelBuffers::drain, 12},
        {"remove", &ModelBuffers::remove, 16},
        {"copyout", &ModelBuffers::copyout, 3},
        {"pullup", &ModelBuffers::pullup, 4},
        {"expand", &ModelBuffers::expand, 3},
        {"reserve", &ModelBuffers::reserve, 8},
        {"move", &ModelBuffers::move, 5},
        {"move_part", &ModelBuffers::move_part, 6},
        {"prepend_buffer", &ModelBuffers::prepend_buffer, 3},
        {"share", &ModelBuffers::share, 2},
        {"reference", &ModelBuffers::reference, 4},
        {"file", &ModelBuffers::file, 1},
        {"iovec", &ModelBuffers::iovec_add, 3},
        {"print", &ModelBuffers::print, 4},
        {"search", &ModelBuffers::search, 4},
        {"search_eol", &ModelBuffers::search_eol, 4},
        {"readln", &ModelBuffers::readln, 8},
        {"peek", &ModelBuffers::peek, 3},
        {"pointer", &ModelBuffers::pointer, 4},
        {"socket", &ModelBuffers::through_socket, 4},
        {"freeze", &ModelBuffers::freeze, 2},
    };
    static const unsigned kTotal = [] {
        unsigned total = 0;
        for (const Operation& o : kOperations) total += o.weight;
        return total;
    }();
    std::size_t pick = below(kTotal);
    const Operation* operation = kOperations;
    while (pick >= operation->weight) pick -= (operation++)->weight;
    operation_ = operation->name;
    ++steps_;
    (this->*operation->run)();
    for (Pair& p : pairs_) {
        check(p);
        if (p.bytes.size() > kTooLong && !p.front_frozen) {
            evbuffer_drain(p.buf, p.bytes.size());
            p.bytes.clear();
        }
    }
    if (steps_ % 32 == 0) check_content(some());
}

void ModelBuffers::add() {
    Pair& p = some();
    const std::string bytes = some_bytes(some_size());
    same(evbuffer_add(p.buf, bytes.data(), bytes.size()), p.back_frozen ? -1 : 0);
    if (!p.back_frozen) p.bytes += bytes;
}

void ModelBuffers::prepend() {
    Pair& p = some();
    const std::string bytes = some_bytes(some_size());
    const bool fails = p.front_frozen && !bytes.empty();
    same(evbuffer_prepend(p.buf, bytes.data(), bytes.size()), fails ? -1 : 0);
    if (!fails) p.bytes.insert(0, bytes);
}

void ModelBuffers::drain() {
    Pair& p = some();
    const std::size_t size = some_size();
    const bool fails = p.front_frozen && !p.bytes.empty();
    same(evbuffer_drain(p.buf, size), fails ? -1 : 0);
    if (!fails) p.bytes.erase(0, size);
}

void ModelBuffers::remove() {
    Pair& p = some();
    std::string out(some_size(), '?');
    const std::size_t size = std::min(out.size(), p.bytes.size());
    const bool fails = p.front_frozen && size != 0;
    same(evbuffer_remove(p.buf, out.data(), out.size()), fails ? -1 : static_cast<int>(size));
    if (fails) return;
    same(out.substr(0, size), p.bytes.substr(0, size));
    p.bytes.erase(0, size);
}

void ModelBuffers::copyout() {
    Pair& p = some();
    std::string out(some_size(), '?');
    const std::size_t from = below(p.bytes.size() + 1);
    evbuffer_ptr ptr;
    same(evbuffer_ptr_set(p.buf, &ptr, from, EVBUFFER_PTR_SET), 0);
    const std::size_t size = std::min(out.size(), p.bytes.size() - from);
    const bool fails = p.front_frozen && size != 0;
    same(evbuffer_copyout_from(p.buf, &ptr, out.data(), out.size()),
         fails ? -1 : static_cast<ev_ssize_t>(size));
    if (!fails) same(out.substr(0, size), p.bytes.substr(from, size));
}

void ModelBuffers::pullup() {
    Pair& p = some();
    const std::size_t size = below(4) == 0 ? p.bytes.size() : below(p.bytes.size() + 2);
    const unsigned char* at = evbuffer_pullup(p.buf, static_cast<ev_ssize_t>(size));
    const bool fails = size == 0 || size > p.bytes.size();
    same(at == nullptr, fails);
    if (fails) return;
    same(p.bytes.compare(0, size, reinterpret_cast<const char*>(at), size), 0);
    same(evbuffer_get_contiguous_space(p.buf) >= size, true);
}

void ModelBuffers::expand() {
    same(evbuffer_expand(some().buf, some_size()), 0);
}

void ModelBuffers::reserve() {
    Pair& p = some();
    evbuffer_iovec vec[3];
    const int n_vec = static_cast<int>(1 + below(3));
    const std::size_t wanted = some_size();
    const int n = evbuffer_reserve_space(p.buf, static_cast<ev_ssize_t>(wanted), vec, n_vec);
    if (p.back_frozen) {
        same(n, -1);
        return;
    }
    same(n >= (wanted == 0 ? 0 : 1) && n <= n_vec, true);
    std::size_t room = 0;
    for (int i = 0; i < n; ++i) room += vec[i].iov_len;
    same(room >= wanted, true);
    const int used = static_cast<int>(below(static_cast<std::size_t>(n) + 1));
    std::string all;
    for (int i = 0; i < used; ++i) {
        const std::string bytes = some_bytes(below(std::min<std::size_t>(vec[i].iov_len, 700) + 1));
        std::memcpy(vec[i].iov_base, bytes.data(), bytes.size());
        vec[i].iov_len = bytes.size();
        all += bytes;
    }
    same(evbuffer_commit_space(p.buf, vec, used), 0);
    p.bytes += all;
}

void ModelBuffers::move() {
    Pair& to = some();
    Pair& from = some();
    const bool nothing = from.bytes.empty() || &to == &from;
    const bool fails = !nothing && (to.back_frozen || from.front_frozen);
    same(evbuffer_add_buffer(to.buf, from.buf), fails ? -1 : 0);
    if (fails || nothing) return;
    to.bytes += from.bytes;
    from.bytes.clear();
}

void ModelBuffers::move_part() {
    Pair& to = some();
    Pair& from = some();
    const std::size_t wanted = below(3) == 0 ? below(from.bytes.size() + 1) : some_size();
    const std::size_t size = std::min(wanted, from.bytes.size());
    const bool nothing = wanted == 0 || &to == &from;
    const bool fails = !nothing && (to.back_frozen || from.front_frozen);
    same(evbuffer_remove_buffer(from.buf, to.buf, wanted),
         fails ? -1 : (nothing ? 0 : static_cast<int>(size)));
    if (fails || nothing) return;
    to.bytes += from.bytes.substr(0, size);
    from.bytes.erase(0, size);
}

void ModelBuffers::prepend_buffer() {
    Pair& to = some();
    Pair& from = some();
    const bool nothing = from.bytes.empty() || &to == &from;
    const bool fails = !nothing && (to.front_frozen || from.front_frozen);
    same(evbuffer_prepend_buffer(to.buf, from.buf), fails ? -1 : 0);
    if (fails || nothing) return;
    to.bytes.insert(0, from.bytes);
    from.bytes.clear();
}

bool ModelBuffers::shared(const Pair& p) const {
    for (const evbuffer_chain* c = p.buf->first; c != nullptr; c = c->next)
        if ((c->flags & (kChainShared | kChainFile)) != 0) return true;
    return false;
}

void ModelBuffers::share() {
    Pair& to = some();
    Pair& from = some();
    const bool nothing = from.bytes.empty();
    const bool fails = !nothing && (&to == &from || to.back_frozen || shared(from));
    same(evbuffer_add_buffer_reference(to.buf, from.buf), fails ? -1 : 0);
    if (!fails && !nothing) to.bytes += from.bytes;
}

void ModelBuffers::reference() {
    Pair& p = some();
    const std::string bytes = some_bytes(some_size());
    auto* memory = static_cast<char*>(std::malloc(bytes.size() + 1));
    std::memcpy(memory, bytes.data(), bytes.size());
    ++references_;
    const int result = evbuffer_add_reference(p.buf, memory, bytes.size(), given_back, this);
    same(result, p.back_frozen ? -1 : 0);
    if (result == 0) {
        p.bytes += bytes;
    } else {
        given_back(memory, bytes.size(), this);
    }
}

void ModelBuffers::file() {
    Pair& p = some();
    const std::size_t from = below(file_bytes_.size());
    const std::size_t size = 1 + below(file_bytes_.size() - from);
    const unsigned flags = EVBUF_FS_DISABLE_SENDFILE | (below(2) == 0 ? EVBUF_FS_DISABLE_MMAP : 0);
    evbuffer_file_segment* seg =
        evbuffer_file_segment_new(file_, static_cast<ev_off_t>(from), -1, flags);
    same(seg != nullptr, true);
    same(evbuffer_add_file_segment(p.buf, seg, 0, static_cast<ev_off_t>(size)),
         p.back_frozen ? -1 : 0);
    evbuffer_file_segment_free(seg);
    if (!p.back_frozen) p.bytes += file_bytes_.substr(from, size);
}

void ModelBuffers::iovec_add() {
    Pair& p = some();
    std::string pieces[3];
    evbuffer_iovec vec[3];
    std::string all;
    for (int i = 0; i < 3; ++i) {
        pieces[i] = some_bytes(some_size());
        vec[i] = {pieces[i].data(), pieces[i].size()};
        all += pieces[i];
    }
    same(evbuffer_add_iovec(p.buf, vec, 3), p.back_frozen ? 0 : all.size());
    if (!p.back_frozen) p.bytes += all;
}

void ModelBuffers::print() {
    Pair& p = some();
    const std::string text(some_size(), 'p');
    same(evbuffer_add_printf(p.buf, "<%s|%zu>", text.c_str(), text.size()),
         p.back_frozen ? -1
                       : static_cast<int>(text.size() + 3 + std::to_string(text.size()).size()));
    if (!p.back_frozen) p.bytes += "<" + text + "|" + std::to_string(text.size()) + ">";
}

void ModelBuffers::through_socket() {
    Pair& from = some();
    Pair& to = some();
    if (from.bytes.empty() || from.front_frozen) return;
    const int n = evbuffer_write_atmost(from.buf, ends_[0], static_cast<ev_ssize_t>(some_size()));
    if (n < 0) return;
    std::string bytes = from.bytes.substr(0, static_cast<std::size_t>(n));
    from.bytes.erase(0, static_cast<std::size_t>(n));
    if (!to.back_frozen) {
        int got = 0;
        do {
            got = evbuffer_read(to.buf, ends_[1],
                                below(2) == 0 ? -1 : 1 + static_cast<int>(below(5000)));
            if (got <= 0) break;
            to.bytes += bytes.substr(0, static_cast<std::size_t>(got));
            bytes.erase(0, static_cast<std::size_t>(got));
        } while (!bytes.empty());
        same(bytes.size(), 0u);
        return;
    }
    std::string rest(bytes.size(), '?');
    same(read(ends_[1], rest.data(), rest.size()), static_cast<ssize_t>(bytes.size()));
    same(rest, bytes);
}

void ModelBuffers::freeze() {
    Pair& p = some();
    const bool front = below(2) == 0;
    bool& frozen = front ? p.front_frozen : p.back_frozen;
    // Mostly not frozen.
    frozen = !frozen && below(4) == 0;
    same(frozen ? evbuffer_freeze(p.buf, front) : evbuffer_unfreeze(p.buf, front), 0);
}

}  // namespace evglass::test
