// The process's table of probe sites.
#include "trace/writer/sites.h"

#include <algorithm>
#include <cstring>

#include "trace/writer/recording.h"

namespace evglass::trace::writer {
namespace {

constinit format::Site known_sites[kSiteCapacity]{};
constinit std::atomic<std::uint32_t> known_count{0};

/// Copies text that may be too long: of a path the end says more, of a function the start.
template <std::size_t N>
void copy_end(char (&to)[N], const char* from) {
    const std::size_t length = std::strlen(from);
    const std::size_t skip = length < N ? 0 : length - (N - 1);
    std::memcpy(to, from + skip, length - skip);
}
template <std::size_t N>
void copy_start(char (&to)[N], const char* from) {
    std::memcpy(to, from, strnlen(from, N - 1));
}

/// Copies one entry to a trace. Two threads may do so at once: they write the same words.
void publish(std::uint32_t index, format::FileHeader& header, format::Site* table) {
    const format::Site& from = known_sites[index];
    if (from.ready.load(std::memory_order_acquire) == 0) return;
    constexpr std::size_t kWords = offsetof(format::Site, ready) / sizeof(std::uint32_t);
    auto* words = reinterpret_cast<std::uint32_t*>(&table[index]);
    const auto* source = reinterpret_cast<const std::uint32_t*>(&from);
    for (std::size_t i = 0; i < kWords; ++i)
        std::atomic_ref(words[i]).store(source[i], std::memory_order_relaxed);
    table[index].ready.store(1, std::memory_order_release);
    std::uint32_t seen = header.site_count.load(std::memory_order_relaxed);
    while (seen < index + 1 && !header.site_count.compare_exchange_weak(seen, index + 1)) {
    }
}

}  // namespace

std::uint32_t register_site(Site& site) noexcept {
    const std::uint32_t known = site.id.load(std::memory_order_acquire);
    if (known != 0) return known;
    if (known_count.load(std::memory_order_relaxed) >= kSiteCapacity) return 0;
    const std::uint32_t index = known_count.fetch_add(1);
    if (index >= kSiteCapacity) return 0;

    format::Site& entry = known_sites[index];
    copy_end(entry.file, site.file);
    copy_start(entry.function, site.function);
    entry.line = site.line;
    entry.ready.store(1);
    // A recording that starts now sees the entry, or this thread sees the recording: both sides
    // first write theirs and then look at the other's.
    if (Recording* recording = current_recording.load())
        publish(index, *recording->header, recording->sites);

    // Another thread may have been first: its entry says the same, and ours stays unused.
    std::uint32_t winner = 0;
    return site.id.compare_exchange_strong(winner, index + 1, std::memory_order_acq_rel) ? index + 1
                                                                                         : winner;
}

void write_all_sites(format::FileHeader& header, format::Site* table) noexcept {
    const std::uint32_t count = std::min(known_count.load(), kSiteCapacity);
    for (std::uint32_t i = 0; i < count; ++i) publish(i, header, table);
}

}  // namespace evglass::trace::writer
