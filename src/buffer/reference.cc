// Memory of the user's, in a buffer without a copy. It is given back through the cleanup function
// when the last byte has left, or with the buffer.
#include "src/buffer/evbuffer.h"

int evbuffer_add_reference(evbuffer* buf, const void* data, size_t size,
                           evbuffer_ref_cleanup_cb cleanup, void* arg) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen) || size > EVBUFFER_CHAIN_MAX - buf->total_len) return -1;
    evbuffer_chain* chain = evbuffer_chain_new_foreign(kChainReference, data, size);
    if (chain == nullptr) return -1;
    owner_of(chain).reference = {cleanup, arg, size};
    if (size == 0) {
        // A chain without bytes has no place in a buffer: nobody uses the memory.
        evbuffer_chain_release(buf, chain);
        return 0;
    }
    evbuffer_chain_insert(buf, chain, evglass::trace::field::bytesfrom::reference);
    return 0;
}
