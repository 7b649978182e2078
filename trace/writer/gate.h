// The gate behind every record: here a viewer's stops are tested, and here a thread waits until it
// is let go. The program is never at a viewer's mercy: a waiting thread looks ten times a second
// whether the viewer still lives, and opens the gate if not. Read next: trace/control.cc.
#pragma once

#include "trace/probe.h"
#include "trace/writer/recording.h"
#include "trace/writer/thread_log.h"

namespace evglass::trace::writer {

/// The record that was just committed.
struct PassingRecord {
    RecordId id;
    Category category;
    const Site& site;
    const void* fields;
    std::uint16_t bytes;
    std::uint64_t stamp;
};

/// Tests the stops, spends a credit or waits for one. Keeps errno.
void pass_gate(Recording& recording, ThreadLog& log, const PassingRecord& record) noexcept;
/// Opens the gate, forgets the stops and lets everybody go.
void open_gate(Recording& recording) noexcept;

}  // namespace evglass::trace::writer
