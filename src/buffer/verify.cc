// Every invariant of a buffer, in one function: what must hold whenever no operation is under way.
// Run after each operation in sanitizer builds.
#include "src/buffer/evbuffer.h"
#include "src/util/log.h"

namespace {

void assert_chain(const evbuffer_chain* chain) {
    EVUTIL_ASSERT(chain->refcnt.load(std::memory_order_relaxed) > 0);
    EVUTIL_ASSERT(chain->misalign <= chain->buffer_len);
    EVUTIL_ASSERT(chain->off <= chain->buffer_len - chain->misalign);
    if (!chain->writable()) EVUTIL_ASSERT(chain->room() == 0 && chain->off != 0);
    if (!chain->readable()) EVUTIL_ASSERT((chain->flags & kChainFile) != 0);
    if ((chain->flags & kChainForeign) == 0)
        EVUTIL_ASSERT(chain->buffer == reinterpret_cast<const unsigned char*>(chain + 1));
}

std::uint8_t expected_slow(const evbuffer* buf) {
    const unsigned frozen = buf->slow.load() & (kSlowFrontFrozen | kSlowBackFrozen);
    const unsigned lock = kSlowLock * unsigned{buf->lock != nullptr};
    const unsigned callbacks = kSlowCallbacks * unsigned{buf->callbacks != nullptr};
    return static_cast<std::uint8_t>(frozen | lock | callbacks);
}

}  // namespace

void evbuffer_assert_ok_(const evbuffer* buf) {
    EVUTIL_ASSERT((buf->first == nullptr) == (buf->last == nullptr));
    EVUTIL_ASSERT((buf->first == nullptr) == (buf->tail == nullptr));
    EVUTIL_ASSERT(buf->refcnt > 0);
    if (buf->spare != nullptr) EVUTIL_ASSERT(buf->spare->plain() && buf->spare->off == 0);
    EVUTIL_ASSERT(buf->slow == expected_slow(buf));
    std::size_t total = 0;
    bool behind_tail = false;
    for (const evbuffer_chain* chain = buf->first; chain != nullptr; chain = chain->next) {
        assert_chain(chain);
        if (behind_tail) EVUTIL_ASSERT(chain->off == 0 && chain->writable());
        if (!behind_tail && chain != buf->tail) EVUTIL_ASSERT(chain->off != 0);
        if (chain == buf->tail) {
            behind_tail = true;
            EVUTIL_ASSERT(chain->off != 0 || chain == buf->first);
            if (chain->off == 0) EVUTIL_ASSERT(chain->writable());
        }
        if (chain->next == nullptr) EVUTIL_ASSERT(chain == buf->last);
        EVUTIL_ASSERT(!__builtin_add_overflow(total, chain->off, &total));
    }
    EVUTIL_ASSERT(behind_tail == (buf->first != nullptr));
    EVUTIL_ASSERT(total == buf->total_len);
}
