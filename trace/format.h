// How a trace lies in its file: constants and structs only. The writer (writer.cc) and the reader
// (reader.cc) share this file and nothing else; docs/trace-format.md tells the same in prose.
//
//   page 0        FileHeader
//   control       Control: what a viewer tells the traced process (mask, stops, pause)
//   schema        text: the records and enums of the program that wrote the trace
//   modules       text: which files are mapped where, to turn addresses into names
//   sites         Site[]: file, line and function of each probe
//   threads       ThreadSlot[]
//   blocks        Block headers, each followed by its records
//
// Every field that is written while somebody may read it is an atomic, and nothing here is ever a
// pointer. All numbers are little-endian as the machine wrote them (byte_order tells).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace evglass::trace::format {

inline constexpr char kMagic[8] = {'e', 'v', 'g', 'l', 'a', 's', 's', '\n'};
inline constexpr std::uint32_t kVersion = 2;
inline constexpr std::uint32_t kByteOrder = 0x01020304;

enum class Mode : std::uint32_t { ring = 1, full = 2 };
enum class Clock : std::uint32_t { tsc = 1, monotonic = 2, virtual_ = 3 };
enum class Status : std::uint32_t { recording = 1, stopped = 2 };

/// The head of the file. Offsets are from the file's start.
struct FileHeader {
    // written once, before the magic
    char magic[8];
    std::uint32_t byte_order;
    std::uint32_t version;
    std::uint32_t header_bytes;  ///< sizeof(FileHeader): a later version may be longer
    Mode mode;
    std::uint64_t control_offset;
    std::uint64_t schema_offset;
    std::uint64_t schema_bytes;
    std::uint64_t modules_offset;
    std::uint64_t modules_capacity;
    std::uint64_t sites_offset;
    std::uint64_t threads_offset;
    std::uint64_t blocks_offset;
    std::uint32_t site_capacity;
    std::uint32_t thread_capacity;
    std::uint32_t block_bytes;  ///< header and records together
    std::uint32_t reserved0;
    // who
    std::uint64_t pid;
    std::uint64_t parent_pid;
    std::uint64_t start_wall_ns;  ///< CLOCK_REALTIME at the start
    // the clock: stamps are ticks of it
    Clock clock;
    std::uint32_t reserved1;
    std::uint64_t start_ticks;
    std::uint64_t start_mono_ns;
    double ticks_per_ns;  ///< a first estimate; each block carries a newer pair
    char program[128];    ///< argv[0]'s last part
    char command[512];    ///< the command line, cut where it does not fit
    // written while recording
    std::atomic<std::uint64_t> modules_bytes;
    std::atomic<std::uint32_t> site_count;
    std::atomic<std::uint32_t> thread_count;
    std::atomic<std::uint32_t> block_count;  ///< blocks that exist in the file
    std::atomic<Status> status;
    std::atomic<std::int32_t> stop_error;  ///< errno that ended the recording, 0: told to
    std::uint32_t reserved2;
    std::atomic<std::uint64_t>
        lost_unthreaded;  ///< records of threads that got no slot or no block
    // the newest pair of clocks: makes times right in a trace that has few blocks
    std::atomic<std::uint64_t> sync_ticks;
    std::atomic<std::uint64_t> sync_ns;
    std::uint64_t
        process_start;  ///< from /proc/PID/stat: tells a process from a later one of its pid
};

/// A probe: where in the source a record was emitted.
struct Site {
    char file[96];
    char function[88];
    std::uint32_t line;
    std::atomic<std::uint32_t> ready;  ///< 1 when the rest is written
};

/// A thread that emitted at least once. A slot is never reused.
struct ThreadSlot {
    std::uint32_t tid;
    std::atomic<std::uint32_t> ready;
    char name[16];
    std::atomic<std::uint64_t> lost;  ///< dropped by the guard against re-entry
    std::atomic<std::uint32_t> held;  ///< 0: runs; 1: waits for a step; 2 + index: at that stop
    std::uint32_t reserved;
    std::atomic<std::uint64_t> held_stamp;  ///< the record at which it waits
    std::atomic<std::uint64_t> records;     ///< how many it wrote before its present block
};

/// The head of a block. Records follow it, one after the other, up to `committed`.
struct Block {
    std::atomic<std::uint64_t>
        generation;  ///< odd while the block is being given a new life; 0: unused
    std::atomic<std::uint32_t> committed;    ///< bytes of whole records after this header
    std::atomic<std::uint32_t> thread;       ///< index of the thread that writes it
    std::atomic<std::uint64_t> first_index;  ///< its thread's number for the first record in it
    std::atomic<std::uint64_t> sync_ticks;   ///< one moment in ticks ...
    std::atomic<std::uint64_t> sync_ns;      ///< ... and in CLOCK_MONOTONIC nanoseconds
    std::uint64_t reserved[2];
};
static_assert(sizeof(Block) == 56);
inline constexpr std::size_t kBlockHeader = 64;

/// The head of a record; its fields follow. Sizes are multiples of 8, so heads are aligned.
struct RecordHead {
    std::uint16_t bytes;  ///< head and fields
    std::uint16_t type;   ///< RecordId
    std::uint16_t site;   ///< 1 + index in the table of sites; 0: unknown
    std::uint16_t flags;  ///< kTimed
    std::uint64_t stamp;  ///< ticks where timed, else the thread's last stamp plus one
};
static_assert(sizeof(RecordHead) == 16);
inline constexpr std::uint16_t kTimed = 1;

/// One condition of a stop: a field (by place in its record) compared with a number.
struct StopField {
    std::uint16_t offset;  ///< from the start of the record's fields
    std::uint16_t size;    ///< 1, 2, 4 or 8
    std::uint32_t op;      ///< 0 equal, 1 not equal, 2 less, 3 greater, 4 any bit; + kStopSigned
    std::uint64_t value;   ///< sign-extended where the field is signed
};

inline constexpr std::uint32_t kStopSigned = 0x100;

inline constexpr std::size_t kStops = 12;
inline constexpr std::size_t kStopTypes = 1024;  ///< only types with smaller ids can be named
inline constexpr std::size_t kStopFields = 6;
struct Stop {
    std::atomic<std::uint32_t> armed;      ///< 1: in force
    std::uint32_t fields;                  ///< how many of field[] are used
    std::uint64_t types[kStopTypes / 64];  ///< one bit for each RecordId; none set: any
    std::atomic<std::uint64_t> hits;
    std::uint32_t skip;        ///< let this many hits pass first
    std::uint32_t once;        ///< 1: disarm after it held
    std::uint32_t categories;  ///< only records of these; 0: of any
    std::uint32_t reserved;
    char function[64];  ///< only records of sites in this function; "": in any
    StopField field[kStopFields];
};

/// What the gate does with the next record of a category in gate_mask.
enum class Gate : std::uint32_t {
    open = 0,   ///< nothing is tested
    stops = 1,  ///< test the stops
    step = 2,   ///< spend a credit for each record; hold where there is none; test the stops too
};

/// What a viewer tells the traced process. Written by both sides, all atomics.
/// A viewer proves that it lives by holding an OFD write lock on the first byte of this page: when
/// a held thread finds no lock, it opens the gate and goes on.
struct Control {
    std::atomic<std::uint32_t> mask;  ///< categories wanted
    std::atomic<Gate> gate;
    std::atomic<std::uint32_t> gate_mask;  ///< categories that count for steps
    std::atomic<std::int32_t> credits;     ///< records that may still pass in Gate::step
    std::atomic<std::uint32_t> wake;  ///< futex: bumped by the viewer to let threads look again
    std::atomic<std::uint32_t> held;  ///< how many threads wait now
    std::atomic<std::uint32_t> keyframe_requests;  ///< bumped by the viewer
    std::atomic<std::uint32_t> viewers;            ///< how often a viewer came, for people
    Stop stop[kStops];
};

inline constexpr std::size_t kPage = 4096;
static_assert(sizeof(FileHeader) <= kPage);
static_assert(sizeof(Control) <= kPage);

}  // namespace evglass::trace::format
