// Plans a new trace's sections and writes what stands in them from the start.
#include "trace/writer/layout.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "trace/writer/schema_writer.h"
#include "trace/writer/sites.h"

namespace evglass::trace::writer {
namespace {

constexpr std::uint64_t whole_pages(std::uint64_t bytes) {
    return (bytes + format::kPage - 1) / format::kPage * format::kPage;
}

/// A ring has up to 256 blocks, so that recycling one loses little; a long trace's blocks are small
/// enough that a thread that emits once wastes little.
std::uint32_t choose_block_bytes(const Options& options) {
    if (options.mode == format::Mode::full) return 64u << 10;
    std::uint64_t bytes = format::kPage;
    while (bytes * 256 < options.bytes && bytes < (4u << 20)) bytes *= 2;
    return static_cast<std::uint32_t>(bytes);
}

/// Reads a small file of /proc without allocating. Returns its length.
std::size_t read_small_file(const char* path, char* out, std::size_t size) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    std::size_t length = 0;
    while (length < size) {
        const ssize_t got = read(fd, out + length, size - length);
        if (got <= 0) break;
        length += static_cast<std::size_t>(got);
    }
    close(fd);
    return length;
}

}  // namespace

Layout plan_layout(const Options& options) noexcept {
    Layout layout;
    std::uint64_t at = whole_pages(sizeof(format::FileHeader));
    const auto place = [&at](std::uint64_t bytes) {
        const std::uint64_t begin = at;
        at += whole_pages(bytes);
        return begin;
    };
    layout.control = place(sizeof(format::Control));
    layout.schema_bytes = schema_bytes();
    layout.schema = place(layout.schema_bytes);
    layout.modules = place(kModulesCapacity);
    layout.sites = place(std::uint64_t{kSiteCapacity} * sizeof(format::Site));
    layout.threads = place(std::uint64_t{kThreadCapacity} * sizeof(format::ThreadSlot));
    layout.blocks = at;
    layout.block_bytes = choose_block_bytes(options);
    layout.block_limit = static_cast<std::uint32_t>(options.bytes / layout.block_bytes);
    return layout;
}

ProgramName read_program_name() noexcept {
    ProgramName program;
    const std::size_t length =
        read_small_file("/proc/self/cmdline", program.command, sizeof program.command - 1);
    const char* begin = program.command;
    if (const char* slash = std::strrchr(program.command, '/')) begin = slash + 1;
    if (*begin == '\0') begin = "program";
    std::memcpy(program.name, begin, strnlen(begin, sizeof program.name - 1));
    for (char* c = program.name; *c != '\0'; ++c)
        if (std::isalnum(static_cast<unsigned char>(*c)) == 0 && std::strchr("._-", *c) == nullptr)
            *c = '_';
    for (std::size_t i = 0; i + 1 < length; ++i)
        if (program.command[i] == '\0') program.command[i] = ' ';
    return program;
}

std::uint64_t read_process_start() noexcept {
    char text[1024]{};
    read_small_file("/proc/self/stat", text, sizeof text - 1);
    // The second field is the name in parentheses, which may hold anything: count from its end.
    const char* at = std::strrchr(text, ')');
    for (int field = 2; at != nullptr && field < 22; ++field) at = std::strchr(at + 1, ' ');
    return at == nullptr ? 0 : std::strtoull(at, nullptr, 10);
}

void write_preamble(std::byte* base, const Layout& layout, const Options& options,
                    const ProgramName& program) noexcept {
    auto& header = *reinterpret_cast<format::FileHeader*>(base);
    header.byte_order = format::kByteOrder;
    header.version = format::kVersion;
    header.header_bytes = sizeof(format::FileHeader);
    header.mode = options.mode;
    header.control_offset = layout.control;
    header.schema_offset = layout.schema;
    header.schema_bytes = layout.schema_bytes;
    header.modules_offset = layout.modules;
    header.modules_capacity = kModulesCapacity;
    header.sites_offset = layout.sites;
    header.threads_offset = layout.threads;
    header.blocks_offset = layout.blocks;
    header.site_capacity = kSiteCapacity;
    header.thread_capacity = kThreadCapacity;
    header.block_bytes = layout.block_bytes;
    header.pid = static_cast<std::uint64_t>(getpid());
    header.parent_pid = static_cast<std::uint64_t>(getppid());
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    header.start_wall_ns = static_cast<std::uint64_t>(wall.tv_sec) * 1'000'000'000u +
                           static_cast<std::uint64_t>(wall.tv_nsec);
    header.process_start = read_process_start();
    std::memcpy(header.program, program.name, sizeof program.name);
    std::memcpy(header.command, program.command, sizeof program.command);
    header.status.store(format::Status::recording);
    write_schema(reinterpret_cast<char*>(base) + layout.schema);
    auto& control = *reinterpret_cast<format::Control*>(base + layout.control);
    control.mask.store(options.categories);
    control.gate_mask.store(kAllCategories);
}

}  // namespace evglass::trace::writer
