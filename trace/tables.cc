// Reads a trace's tables.
#include "trace/tables.h"

#include <algorithm>
#include <string>

#include "trace/word_cursor.h"

namespace evglass::trace {
namespace {

std::string text_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
    const auto* begin = reinterpret_cast<const char*>(bytes.data() + offset);
    return std::string(begin, strnlen(begin, size));
}

/// Entries [first, first + count) of a table, or as many as the file has.
template <class Entry>
std::vector<std::byte> read_entries(const RawFile& file, std::uint64_t table, std::uint32_t first,
                                    std::uint32_t count) {
    std::vector<std::byte> bytes(std::size_t{count} * sizeof(Entry));
    const std::size_t got = file.read(table + std::uint64_t{first} * sizeof(Entry), bytes);
    bytes.resize(got / sizeof(Entry) * sizeof(Entry));
    return bytes;
}

}  // namespace

void Tables::refresh(const RawFile& file, const CheckedHeader& header, const LiveHeader& live) {
    read_sites(file, header, live.site_count);
    read_threads(file, header, live.thread_count);
    read_modules(file, header, live.modules_bytes);
}

void Tables::read_sites(const RawFile& file, const CheckedHeader& header, std::uint32_t count) {
    if (count <= sites_done_) return;
    const std::vector<std::byte> bytes =
        read_entries<format::Site>(file, header.sites_offset, sites_done_, count - sites_done_);
    const std::uint32_t first = sites_done_;
    bool all_ready = true;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(format::Site)) {
        const std::span<const std::byte> entry(bytes.data() + at, sizeof(format::Site));
        const std::size_t index = first + at / sizeof(format::Site);
        if (sites.size() <= index) sites.resize(index + 1);
        // A thread may be writing this one now: it is looked at again next time.
        const bool ready = load_at<std::uint32_t>(entry, offsetof(format::Site, ready)) == 1;
        all_ready = all_ready && ready;
        if (all_ready) sites_done_ = static_cast<std::uint32_t>(index + 1);
        if (!ready) continue;
        sites[index] = {
            text_at(entry, offsetof(format::Site, file), sizeof format::Site::file),
            text_at(entry, offsetof(format::Site, function), sizeof format::Site::function),
            load_at<std::uint32_t>(entry, offsetof(format::Site, line))};
    }
}

void Tables::read_threads(const RawFile& file, const CheckedHeader& header, std::uint32_t count) {
    const std::vector<std::byte> bytes =
        read_entries<format::ThreadSlot>(file, header.threads_offset, 0, count);
    const std::size_t there = bytes.size() / sizeof(format::ThreadSlot);
    threads.resize(std::max(threads.size(), there));
    records_before_block.resize(threads.size());
    for (std::size_t i = 0; i < there; ++i) {
        const std::span<const std::byte> entry(bytes.data() + i * sizeof(format::ThreadSlot),
                                               sizeof(format::ThreadSlot));
        if (load_at<std::uint32_t>(entry, offsetof(format::ThreadSlot, ready)) != 1) continue;
        threads[i].tid = load_at<std::uint32_t>(entry, offsetof(format::ThreadSlot, tid));
        threads[i].name =
            text_at(entry, offsetof(format::ThreadSlot, name), sizeof format::ThreadSlot::name);
        threads[i].lost = load_at<std::uint64_t>(entry, offsetof(format::ThreadSlot, lost));
        threads[i].held = load_at<std::uint32_t>(entry, offsetof(format::ThreadSlot, held)) != 0;
        constexpr std::uint64_t kMost = std::uint64_t{1} << 44;
        records_before_block[i] =
            std::min(load_at<std::uint64_t>(entry, offsetof(format::ThreadSlot, records)), kMost);
    }
}

void Tables::read_modules(const RawFile& file, const CheckedHeader& header, std::uint64_t bytes) {
    if (bytes <= modules_done_) return;
    std::vector<std::byte> raw(bytes - modules_done_);
    raw.resize(file.read(header.modules_offset + modules_done_, raw));
    modules_done_ = bytes;
    std::string_view text(reinterpret_cast<const char*>(raw.data()), raw.size());
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        WordCursor words(text.substr(0, newline));
        const auto begin = words.number(UINT64_MAX, 16);
        const auto end = words.number(UINT64_MAX, 16);
        const auto offset = words.number(UINT64_MAX, 16);
        const std::string_view id = words.word();
        const std::string_view path = words.rest();
        if (begin && end && offset && *begin < *end && !path.empty())
            modules.push_back(
                {*begin, *end, *offset, std::string(path), id == "-" ? "" : std::string(id)});
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    }
}

}  // namespace evglass::trace
