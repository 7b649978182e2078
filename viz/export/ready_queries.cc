// The queries that come ready: the questions that people ask of a loop first. Each is checked
// against a real trace by the tests, and is a pattern to start one's own from.
#include "viz/export/schema.h"

namespace evglass::viz::exports {
namespace {

constexpr ReadyQuery kQueries[] = {
    {"slow-callbacks", "The callbacks that took longest",
     "SELECT first_record AS record, event, callback, what, duration_ns / 1000.0 AS us\n"
     "FROM callback ORDER BY duration_ns DESC, first_record LIMIT 20"},
    {"slow-starts", "The callbacks that waited longest between active and running",
     "SELECT first_record AS record, event, callback, what, delay_ns / 1000.0 AS us\n"
     "FROM callback WHERE delay_ns IS NOT NULL ORDER BY delay_ns DESC, first_record LIMIT 20"},
    {"events", "Every event: what it waits for, how often it ran, how long that took",
     "SELECT event, name, kind, fd, interest, fires, callback_ns / 1000.0 AS us,\n"
     "       longest_ns / 1000.0 AS longest_us, callback, creator\n"
     "FROM event ORDER BY callback_ns DESC, made_record"},
    {"syscalls", "System calls by name: how many, how long, how many failed",
     "SELECT name, count(*) AS calls, sum(duration_ns) / 1000.0 AS us,\n"
     "       max(duration_ns) / 1000.0 AS longest_us, count(error) AS failed\n"
     "FROM syscall GROUP BY name ORDER BY calls DESC, name"},
    {"failed-syscalls", "System calls that failed, by name and error",
     "SELECT name, error, count(*) AS times, min(record) AS first_record, text\n"
     "FROM syscall WHERE error IS NOT NULL GROUP BY name, error ORDER BY times DESC, name"},
    {"syscalls-of-callbacks", "What each event's callbacks asked of the kernel",
     "SELECT event, name, count(*) AS calls, sum(duration_ns) / 1000.0 AS us\n"
     "FROM syscall WHERE event IS NOT NULL GROUP BY event, name ORDER BY us DESC, event, name"},
    {"phases", "Where a turn's time goes, phase by phase",
     "SELECT base, phase, count(*) AS times, sum(duration_ns) / 1000.0 AS us,\n"
     "       avg(duration_ns) / 1000.0 AS mean_us, max(duration_ns) / 1000.0 AS longest_us\n"
     "FROM phase GROUP BY base, phase ORDER BY us DESC"},
    {"long-turns", "The turns that worked longest (their sleep not counted)",
     "SELECT base, turn, first_record AS record, (duration_ns - waited_ns) / 1000.0 AS work_us,\n"
     "       waited_ns / 1000.0 AS slept_us, ready, callbacks\n"
     "FROM turn ORDER BY duration_ns - waited_ns DESC, first_record LIMIT 20"},
    {"empty-turns", "Turns that woke and ran nothing",
     "SELECT base, turn, first_record AS record, waited_ns / 1000.0 AS slept_us, ready\n"
     "FROM turn WHERE callbacks = 0 ORDER BY first_record LIMIT 50"},
    {"wakes", "What makes events active: backend, timer, signal or the program",
     "SELECT cause, what, count(*) AS times, count(DISTINCT event) AS events\n"
     "FROM activation GROUP BY cause, what ORDER BY times DESC, cause"},
    {"transitions", "The changes of state, counted, with the functions that made them",
     "SELECT before, state, function, count(*) AS times\n"
     "FROM state GROUP BY before, state, function ORDER BY times DESC, before, state"},
    {"churn", "Events that were added and deleted again without running",
     "SELECT event, count(*) AS times, min(first_record) AS first_record\n"
     "FROM state WHERE state = 'initialized' AND before = 'pending'\n"
     "GROUP BY event ORDER BY times DESC, event"},
    {"never-fired", "Events that are still there and never ran",
     "SELECT event, name, kind, fd, interest, creator FROM event\n"
     "WHERE fires = 0 AND gone_record IS NULL AND internal = 0 ORDER BY made_record"},
    {"from-ready-to-callback", "The way from the kernel's word to the callback, step by step",
     "SELECT a.ready_record AS ready, a.record AS active, c.first_record AS running, c.event,\n"
     "       a.what, c.delay_ns / 1000.0 AS delay_us, c.duration_ns / 1000.0 AS us\n"
     "FROM callback c JOIN activation a ON a.record = c.activate_record\n"
     "WHERE a.ready_record IS NOT NULL ORDER BY c.first_record LIMIT 50"},
};

}  // namespace

std::span<const ReadyQuery> ready_queries() {
    return kQueries;
}

const ReadyQuery* find_ready_query(std::string_view name) {
    for (const ReadyQuery& query : kQueries)
        if (query.name == name) return &query;
    return nullptr;
}

}  // namespace evglass::viz::exports
