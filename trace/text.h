// Records and objects as text for people. Everything that came from a traced program leaves
// through safe(): no control characters reach a terminal, DOT, JSON or HTML.
#pragma once

#include <string>
#include <string_view>

#include "trace/model.h"
#include "trace/reader.h"

namespace evglass::trace {

/// Printable UTF-8: control characters and broken sequences become `\xNN`.
std::string safe(std::string_view raw);

/// Short names for addresses at one moment: "B1", "E3", "L1", and "E3 listener" where it has a
/// name.
class Names {
 public:
    explicit Names(const Model& model) : model_(model) {}
    std::string base(Address a) const;
    std::string event(Address a) const;       ///< "E3"
    std::string event_long(Address a) const;  ///< "E3 listener fd 6"
    std::string listener(Address a) const;
    std::string resolver(Address a) const;                       ///< "D1"
    std::string dns_request(Address resolver, Address a) const;  ///< "Q1"
    std::string dns_port(Address a) const;                       ///< "P1"
    std::string watcher(Address a) const;                        ///< "W1"
    std::string buffer(Address a) const;                         ///< "V1"
    std::string bufferevent(Address a) const;                    ///< "S1"
    /// "the lock of B1", "lock K2 made in event_base_new"; an address where nothing is known of it.
    std::string lock(Address a) const;
    /// The address that an alias ("E3", "B1", "L1") stands for, or 0.
    Address find(std::string_view alias) const;

 private:
    const Model& model_;
};

/// One field's value: "READ|PERSIST", "E3", "ECONNRESET", "1.234 ms".
std::string field_text(const Record& record, const TraceField& field, const TraceContext& trace,
                       const Names* names);
/// One line: "queue_insert base=B1 event=E3 queue=active ...".
std::string record_text(const Record& record, const TraceContext& trace, const Names* names);
/// One sentence for people: "E3 listener: pending -> active (fd 6 readable)"; syscalls as strace
/// prints them.
std::string record_sentence(const Record& record, const TraceContext& trace, const Model& after);
/// A system call as strace would print it: "epoll_ctl(3, ADD, 7, IN) = 0 <1.20 us>". Empty if the
/// record is none.
std::string syscall_text(const Record& record, double ticks_per_ns);
std::int64_t syscall_duration_ns(const Record& record, double ticks_per_ns);
/// Why something happened: "event_add from E1's callback", "the timer expired", "called by the
/// program: event_active".
std::string cause_text(const Cause& cause, const Names& names);
/// One JSON object (a line of JSON Lines).
std::string record_json(const Record& record, const TraceContext& trace, const Names* names);

/// "READ|PERSIST" from EV_* bits; "INSERTED|INIT" from EVLIST_*; "-" for none.
std::string what_text(int bits);
std::string evlist_text(int bits);
/// "ECONNRESET", "SIGINT", or the number.
std::string errno_text(int error);
std::string signal_text(int signal);
/// "12.3 us", "4.56 ms", "7.8 s": three figures.
std::string duration_text(std::int64_t ns);

}  // namespace evglass::trace
