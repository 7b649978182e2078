// Checks a trace's header. No number of the file is used before it is compared with a limit.
#include "trace/layout_check.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "trace/text.h"

namespace evglass::trace {
namespace {

using format::FileHeader;

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 46;
/// What the first version had; a header is never shorter.
constexpr std::uint32_t kShortestHeader = sizeof(FileHeader);

#define HEADER_FIELD(type, name) load_at<type>(bytes, offsetof(FileHeader, name))

std::string text_of(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
    const auto* begin = reinterpret_cast<const char*>(bytes.data() + offset);
    return std::string(begin, strnlen(begin, size));
}

/// Magic, byte order, version: is it a trace that this build can read?
std::string check_kind(std::span<const std::byte> bytes, std::size_t length,
                       const std::string& name) {
    if (length < sizeof format::kMagic)
        return name + " is not a trace: it has only " + std::to_string(length) + " bytes";
    const std::string_view magic(reinterpret_cast<const char*>(bytes.data()),
                                 sizeof format::kMagic);
    if (magic == std::string_view("\0\0\0\0\0\0\0\0", 8))
        return name + " is an unfinished trace: its writer ended before the first record";
    if (magic != std::string_view(format::kMagic, sizeof format::kMagic))
        return name + " is not a trace: record one with `evglass run -o FILE -- PROGRAM`";
    if (length < sizeof(FileHeader))
        return name + " is truncated: only " + std::to_string(length) +
               " bytes of its header are there; nothing can be read";
    const auto order = HEADER_FIELD(std::uint32_t, byte_order);
    if (order == __builtin_bswap32(format::kByteOrder))
        return name +
               " was written on a machine of the other byte order: read it on a machine like that";
    if (order != format::kByteOrder)
        return name + " is damaged: its byte order mark is no byte order";
    const auto version = HEADER_FIELD(std::uint32_t, version);
    if (version != format::kVersion)
        return name + " has format version " + std::to_string(version) +
               ", and this evglass reads version " + std::to_string(format::kVersion) +
               ": use the evglass that came with the traced library";
    return {};
}

void take_fields(std::span<const std::byte> bytes, CheckedHeader& out) {
    out.mode = static_cast<format::Mode>(HEADER_FIELD(std::uint32_t, mode));
    out.clock = static_cast<format::Clock>(HEADER_FIELD(std::uint32_t, clock));
    out.control_offset = HEADER_FIELD(std::uint64_t, control_offset);
    out.schema_offset = HEADER_FIELD(std::uint64_t, schema_offset);
    out.schema_bytes = HEADER_FIELD(std::uint64_t, schema_bytes);
    out.modules_offset = HEADER_FIELD(std::uint64_t, modules_offset);
    out.modules_capacity = HEADER_FIELD(std::uint64_t, modules_capacity);
    out.sites_offset = HEADER_FIELD(std::uint64_t, sites_offset);
    out.threads_offset = HEADER_FIELD(std::uint64_t, threads_offset);
    out.blocks_offset = HEADER_FIELD(std::uint64_t, blocks_offset);
    out.site_capacity = HEADER_FIELD(std::uint32_t, site_capacity);
    out.thread_capacity = HEADER_FIELD(std::uint32_t, thread_capacity);
    out.block_bytes = HEADER_FIELD(std::uint32_t, block_bytes);
    out.pid = HEADER_FIELD(std::uint64_t, pid);
    out.parent_pid = HEADER_FIELD(std::uint64_t, parent_pid);
    out.process_start = HEADER_FIELD(std::uint64_t, process_start);
    out.start_wall_ns = HEADER_FIELD(std::uint64_t, start_wall_ns);
    out.start_ticks = HEADER_FIELD(std::uint64_t, start_ticks);
    out.start_mono_ns = HEADER_FIELD(std::uint64_t, start_mono_ns);
    out.ticks_per_ns = HEADER_FIELD(double, ticks_per_ns);
    out.program = text_of(bytes, offsetof(FileHeader, program), sizeof FileHeader::program);
    out.command = text_of(bytes, offsetof(FileHeader, command), sizeof FileHeader::command);
}

/// Every section within reason; then no sum of an offset and a size can overflow.
bool sane(const CheckedHeader& h) {
    const std::array offsets{h.control_offset, h.schema_offset,  h.modules_offset,
                             h.sites_offset,   h.threads_offset, h.blocks_offset};
    for (const std::uint64_t offset : offsets)
        if (offset < sizeof(FileHeader) || offset > kLargestFile || offset % 8 != 0) return false;
    return (h.mode == format::Mode::ring || h.mode == format::Mode::full) &&
           h.clock >= format::Clock::tsc && h.clock <= format::Clock::virtual_ &&
           h.schema_bytes <= (4u << 20) && h.modules_capacity <= (16u << 20) &&
           h.site_capacity <= UINT16_MAX && h.thread_capacity <= (1u << 16) &&
           h.block_bytes >= 2 * format::kBlockHeader && h.block_bytes <= (64u << 20) &&
           h.block_bytes % 8 == 0 && std::isfinite(h.ticks_per_ns) && h.ticks_per_ns > 1e-6 &&
           h.ticks_per_ns < 1e6;
}

}  // namespace

std::string read_header(const RawFile& file, const std::string& path, CheckedHeader& out) {
    const std::string name = safe(path);
    std::array<std::byte, sizeof(FileHeader)> bytes{};
    const std::size_t length = file.read(0, bytes);
    if (std::string error = check_kind(bytes, length, name); !error.empty()) return error;
    take_fields(bytes, out);
    if (HEADER_FIELD(std::uint32_t, header_bytes) < kShortestHeader || !sane(out))
        return name +
               " is damaged: the numbers in its header contradict each other; nothing can be read";
    return {};
}

bool read_live_header(const RawFile& file, const CheckedHeader& header, LiveHeader& out) {
    std::array<std::byte, sizeof(FileHeader)> bytes{};
    if (!file.read_all(0, bytes)) return false;
    out.modules_bytes =
        std::min(HEADER_FIELD(std::uint64_t, modules_bytes), header.modules_capacity);
    out.site_count = std::min(HEADER_FIELD(std::uint32_t, site_count), header.site_capacity);
    out.thread_count = std::min(HEADER_FIELD(std::uint32_t, thread_count), header.thread_capacity);
    out.block_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(
        HEADER_FIELD(std::uint32_t, block_count), kLargestFile / header.block_bytes));
    out.status = static_cast<format::Status>(HEADER_FIELD(std::uint32_t, status));
    out.stop_error = HEADER_FIELD(std::int32_t, stop_error);
    out.lost_unthreaded = HEADER_FIELD(std::uint64_t, lost_unthreaded);
    out.sync_ticks = HEADER_FIELD(std::uint64_t, sync_ticks);
    out.sync_ns = HEADER_FIELD(std::uint64_t, sync_ns);
    return true;
}

std::uint64_t wanted_bytes(const CheckedHeader& header, const LiveHeader& live) {
    return header.blocks_offset + std::uint64_t{live.block_count} * header.block_bytes;
}

}  // namespace evglass::trace
