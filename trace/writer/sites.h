// The probes of this process that have emitted: a table that grows and never shrinks. An id is
// given once and stays for the life of the process, so that every recording of it, and a forked
// child's, can have the whole table. No lock is taken: two threads that meet at a new probe each
// write the same words, and one id wins.
#pragma once

#include <cstdint>

#include "trace/format.h"
#include "trace/probe.h"

namespace evglass::trace::writer {

inline constexpr std::uint32_t kSiteCapacity = 2048;

/// Gives a site its id (1 + index) and writes it to the present recording's table as well.
/// 0 if the table is full.
std::uint32_t register_site(Site& site) noexcept;
/// Writes all sites known so far into a trace's table.
void write_all_sites(format::FileHeader& header, format::Site* table) noexcept;

}  // namespace evglass::trace::writer
