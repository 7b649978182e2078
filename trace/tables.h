// A trace's small tables: probe sites, threads, mapped files. They only grow while a trace is
// written, and are read again before records that may refer to new entries are handed out.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/layout_check.h"
#include "trace/raw_file.h"
#include "trace/reader.h"

namespace evglass::trace {

class Tables {
 public:
    std::vector<SiteInfo> sites;
    std::vector<ThreadInfo> threads;
    std::vector<Module> modules;
    /// By thread: how many records it had written before the block it is in.
    std::vector<std::uint64_t> records_before_block;

    void refresh(const RawFile& file, const CheckedHeader& header, const LiveHeader& live);

 private:
    void read_sites(const RawFile& file, const CheckedHeader& header, std::uint32_t count);
    void read_threads(const RawFile& file, const CheckedHeader& header, std::uint32_t count);
    void read_modules(const RawFile& file, const CheckedHeader& header, std::uint64_t bytes);

    std::uint32_t sites_done_ = 0;  ///< all sites before this one are known
    std::uint64_t modules_done_ = 0;
};

}  // namespace evglass::trace
