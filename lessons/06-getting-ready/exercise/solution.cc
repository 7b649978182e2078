// The solution of lesson 6's exercise: the size stands in front of each block, in a header that is
// as wide as the strictest alignment.
#include <event2/event.h>
#include <event2/evglass.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

struct alignas(std::max_align_t) Header {
    std::size_t size;
};
long in_use = 0;

long live() {
    return in_use;
}

Header* header_of(void* block) {
    return static_cast<Header*>(block) - 1;
}

void* my_malloc(std::size_t size) {
    auto* header = static_cast<Header*>(std::malloc(sizeof(Header) + size));
    if (header == nullptr) return nullptr;
    header->size = size;
    in_use += static_cast<long>(size);
    return header + 1;
}

void my_free(void* block) {
    if (block == nullptr) return;
    in_use -= static_cast<long>(header_of(block)->size);
    std::free(header_of(block));
}

void* my_realloc(void* block, std::size_t size) {
    if (block == nullptr) return my_malloc(size);
    if (size == 0) {
        my_free(block);
        return nullptr;
    }
    const std::size_t before = header_of(block)->size;
    auto* header = static_cast<Header*>(std::realloc(header_of(block), sizeof(Header) + size));
    if (header == nullptr) return nullptr;
    header->size = size;
    in_use += static_cast<long>(size) - static_cast<long>(before);
    return header + 1;
}

// ---- main's own books; leave the rest as it is --------------------------------------------------

std::map<void*, std::size_t> blocks;
long expected = 0;
int crooked = 0, wrong_counts = 0, lost_bytes = 0;

void* noted(void* block, std::size_t size) {
    if (block != nullptr) {
        blocks[block] = size;
        expected += static_cast<long>(size);
        if (reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t) != 0) ++crooked;
    }
    if (live() != expected) ++wrong_counts;
    return block;
}
void forget(void* block) {
    const auto found = blocks.find(block);
    if (found == blocks.end()) return;
    expected -= static_cast<long>(found->second);
    blocks.erase(found);
}

void* checked_malloc(std::size_t size) {
    return noted(my_malloc(size), size);
}
void checked_free(void* block) {
    forget(block);
    my_free(block);
    if (live() != expected) ++wrong_counts;
}
void* checked_realloc(void* block, std::size_t size) {
    const auto found = blocks.find(block);
    const std::size_t kept = found == blocks.end() ? 0 : std::min(found->second, size);
    std::vector<char> before(kept);
    if (kept != 0) std::memcpy(before.data(), block, kept);
    forget(block);
    void* grown = noted(my_realloc(block, size), size);
    if (kept != 0 && std::memcmp(before.data(), grown, kept) != 0) ++lost_bytes;
    return grown;
}

void random_calls(std::mt19937& random) {
    std::vector<void*> mine;
    for (int step = 0; step < 1000; ++step) {
        const std::size_t size = 1 + random() % 300;
        if (mine.size() < 10 || random() % 3 == 0) {
            mine.push_back(random() % 2 == 0 ? checked_malloc(size)
                                             : checked_realloc(nullptr, size));
            std::memset(mine.back(), static_cast<int>(random() % 256), size);
            continue;
        }
        void*& one = mine[random() % mine.size()];
        if (random() % 2 == 0) {
            one = checked_realloc(one, size);
        } else {
            if (random() % 2 == 0)
                checked_free(one);
            else
                checked_realloc(one, 0);
            one = mine.back();
            mine.pop_back();
        }
    }
    for (void* each : mine) checked_free(each);
}

void on_event(evutil_socket_t, short, void*) {}

void events(int count) {
    event_base* base = event_base_new();
    std::vector<event*> made;
    for (int i = 0; i < count; ++i) {
        made.push_back(evtimer_new(base, on_event, nullptr));
        const timeval delay{0, 1000 * i};
        event_add(made.back(), &delay);
    }
    event_base_dispatch(base);
    for (event* each : made) event_free(each);
    event_base_free(base);
}

}  // namespace

int main(int argc, char** argv) {
    std::mt19937 random(argc > 1 ? static_cast<unsigned>(std::stoul(argv[1])) : 1U);
    evglass_use_virtual_clock(1);
    event_set_mem_functions(checked_malloc, checked_realloc, checked_free);
    events(argc > 2 ? std::stoi(argv[2]) : 1);
    random_calls(random);
    std::printf("crooked: %d\nwrong counts: %d\nlost bytes: %d\nlive in the end: %ld\n", crooked,
                wrong_counts, lost_bytes, live());
    return 0;
}
