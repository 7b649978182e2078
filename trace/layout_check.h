// The head of a trace, read and checked: after this every offset and count lies within bounds, and
// their sums do not overflow. It says in one line why a file is no trace.
#pragma once

#include <cstdint>
#include <string>

#include "trace/format.h"
#include "trace/raw_file.h"

namespace evglass::trace {

/// FileHeader's fields that never change, checked.
struct CheckedHeader {
    format::Mode mode{};
    format::Clock clock{};
    std::uint64_t control_offset = 0, schema_offset = 0, schema_bytes = 0;
    std::uint64_t modules_offset = 0, modules_capacity = 0, sites_offset = 0, threads_offset = 0;
    std::uint64_t blocks_offset = 0;
    std::uint32_t site_capacity = 0, thread_capacity = 0, block_bytes = 0;
    std::uint64_t pid = 0, parent_pid = 0, process_start = 0;
    std::uint64_t start_wall_ns = 0, start_ticks = 0, start_mono_ns = 0;
    double ticks_per_ns = 1.0;
    std::string program, command;
};

/// The fields that change while the trace is written.
struct LiveHeader {
    std::uint64_t modules_bytes = 0;
    std::uint32_t site_count = 0, thread_count = 0, block_count = 0;
    format::Status status = format::Status::recording;
    std::int32_t stop_error = 0;
    std::uint64_t lost_unthreaded = 0, sync_ticks = 0, sync_ns = 0;
};

/// Empty, or one line: what is wrong with the file and what to do.
std::string read_header(const RawFile& file, const std::string& path, CheckedHeader& out);
/// The changing fields, cut to the capacities. False if the file is gone short of them.
bool read_live_header(const RawFile& file, const CheckedHeader& header, LiveHeader& out);
/// How many bytes the file must have for all of its blocks.
std::uint64_t wanted_bytes(const CheckedHeader& header, const LiveHeader& live);

}  // namespace evglass::trace
