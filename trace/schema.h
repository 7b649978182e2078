// What records.def and enums.def become in C++: field types, one struct per record, ids, and the
// descriptor table. Pure declarations: nothing here emits, reads or prints.
// Read next: probe.h (how a record is emitted), format.h (how it lies in the file).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace evglass::trace {

/// A category is one bit of the mask that the probes test.
enum class Category : std::uint32_t {
    state = 1,
    syscall = 2,
    buffer = 4,
    lock = 8,
    call = 16,
    net = 32
};

constexpr std::uint32_t bit(Category c) {
    return static_cast<std::uint32_t>(c);
}
inline constexpr std::uint32_t kAllCategories = 63;
/// Recorded unless the user asks otherwise; `call` is for source walks, `lock` for lock studies.
inline constexpr std::uint32_t kDefaultCategories =
    bit(Category::state) | bit(Category::syscall) | bit(Category::buffer) | bit(Category::net);

/// Field types. A pointer is only ever an identity: a reader never follows it.
namespace field {
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// A distinct type for each meaning, so that printers know what a number is.
template <class Tag, class T>
struct Named {
    T value{};
    constexpr Named() = default;
    constexpr Named(T v) : value(v) {}
    template <class P>
    requires std::is_null_pointer_v<P>
    constexpr Named(P) {}
    template <class P>
    requires std::is_pointer_v<P> Named(P p) : value(reinterpret_cast<T>(p)) {}
    constexpr operator T() const { return value; }
};
using ptr = Named<struct PtrTag, u64>;      ///< any object
using base = Named<struct BaseTag, u64>;    ///< an event_base
using event = Named<struct EventTag, u64>;  ///< an event (or a bare event_callback)
using code = Named<struct CodeTag, u64>;    ///< an address in the program's code
using fd = Named<struct FdTag, i32>;        ///< a file descriptor, -1 for none
using error = Named<struct ErrorTag, i32>;  ///< an errno, 0 for none
using usec = Named<struct UsecTag, i64>;    ///< microseconds; -1 for none
using ticks = Named<struct TicksTag, u64>;  ///< a duration in ticks of the trace's clock

/// Text of a bounded size, cut where it does not fit, always ended by a NUL.
template <std::size_t N>
struct Text {
    char bytes[N]{};
    constexpr Text() = default;
    Text(const char* s) {
        if (s != nullptr) std::memcpy(bytes, s, strnlen(s, N - 1));
    }
    std::string_view view() const { return {bytes, strnlen(bytes, N)}; }
};
using text = Text<32>;
using longtext = Text<96>;

#define VALUE(number, name) name = static_cast<int>(number),
#define ENUM(type, values) enum class type : u8 { values };
#define FLAGS(type, values)
#include "enums.def"
#undef ENUM
#undef FLAGS
#undef VALUE
using what = Named<struct WhatTag, i16>;              ///< EV_* bits
using evlist = Named<struct EvlistTag, u16>;          ///< EVLIST_* bits
using loopflags = Named<struct LoopFlagsTag, u32>;    ///< EVLOOP_* bits
using loopbits = Named<struct LoopBitsTag, u32>;      ///< running, gotterm, break, continue
using epollmask = Named<struct EpollMaskTag, u32>;    ///< EPOLL* bits
using chainflags = Named<struct ChainFlagsTag, u32>;  ///< what the memory of a buffer's chain is
using bevopt = Named<struct BevOptTag, u32>;          ///< BEV_OPT_* bits
using bevsuspend = Named<struct BevSuspendTag, u16>;  ///< BEV_SUSPEND_* bits
using bevevent = Named<struct BevEventTag, u16>;      ///< BEV_EVENT_* bits
}  // namespace field

/// Record ids: RecordId::queue_insert and so on.
enum class RecordId : std::uint16_t {
#define RECORD(id, name, category, clock, fields, doc) name = id,
#define RETIRED(id, name)
#define FIELD(type, name)
#include "records.def"
#undef RECORD
#undef FIELD
};

/// One struct per record: rec::queue_insert and so on.
namespace rec {
inline constexpr bool timed = true;
inline constexpr bool untimed = false;
#define FIELD(type, name) field::type name;
#define RECORD(id, record, cat, clock, fields, doc)          \
    struct alignas(8) record {                               \
        static constexpr RecordId kId = RecordId::record;    \
        static constexpr Category kCategory = Category::cat; \
        static constexpr bool kTimed = clock;                \
        fields                                               \
    };
#include "records.def"
#undef RECORD
#undef FIELD
}  // namespace rec

/// A legal change of an event's state (moves.def): one queue, one flag.
enum class Move : std::uint8_t {
#define MOVE(name, queue, flag, how, needs, forbids) name,
#include "moves.def"
#undef MOVE
};
struct MoveRule {
    std::string_view name;
    field::queue queue;
    std::uint16_t flag;     ///< the EVLIST_ bit that changes
    bool sets;              ///< else it is cleared
    std::uint16_t needs;    ///< bits that must be set before
    std::uint16_t forbids;  ///< bits that must not be
};
/// By Move.
inline constexpr std::array kMoveRules = [] {
    constexpr bool sets = true;
    constexpr bool clears = false;
    return std::array{
#define MOVE(name, list, flag, how, needs, forbids) \
    MoveRule{#name, field::queue::list, flag, how, needs, forbids},
#include "moves.def"
#undef MOVE
    };
}();

/// How a field lies in its record and what it means (its type's name).
struct FieldInfo {
    std::string_view name;
    std::string_view type;
    std::uint16_t offset;
    std::uint16_t size;
};

struct RecordInfo {
    RecordId id;
    std::string_view name;
    Category category;
    bool timed;
    std::uint16_t size;
    std::span<const FieldInfo> fields;
    std::string_view doc;
};

struct EnumValue {
    std::uint64_t number;
    std::string_view name;
};

struct EnumInfo {
    std::string_view type;
    bool is_flags;
    std::span<const EnumValue> values;
};

/// All records of records.def, in its order.
std::span<const RecordInfo> record_infos();
/// All types of enums.def.
std::span<const EnumInfo> enum_infos();
/// The record with this id or name, or null.
const RecordInfo* find_record(std::uint16_t id);
const RecordInfo* find_record(std::string_view name);
const EnumInfo* find_enum(std::string_view type);
/// The name of a category's bit: "state", ...; and back (0 if there is none of that name).
std::string_view category_name(Category c);
std::uint32_t category_bit(std::string_view name);

}  // namespace evglass::trace
