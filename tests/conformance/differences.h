// Where we differ from stock libevent on purpose: the scenario, what each side says there, and why.
// The list is data. A row that no longer differs fails the test, so the list can't grow stale.
// docs/differences.md tells the same for people.
#pragma once

#include <string>
#include <string_view>

namespace evglass::conformance {

struct Difference {
    std::string_view scenario;
    std::string_view backend;     ///< "epoll", "changelist", "io_uring", "poll", "select", or "any"
    std::string_view stock_line;  ///< one line of stock's transcript ...
    std::string_view our_line;    ///< ... and what we say in its place; lines after it are ours too
    std::string_view why;
};

inline constexpr Difference kDifferences[] = {
    {"running_event_inside_and_outside", "any", "ended: signal 11", "outside: null",
     "stock follows a null pointer where no callback runs; we return NULL, as its header says"},
    {"util_an_address_with_a_tail", "any", "'[::1]x' = 0: ::1 port 0, length 28",
     "'[::1]x' = -1: -, length -1", "what follows the address is not silently dropped"},
    {"T064_a_regular_file", "changelist", "loop(2) = 0", "file: READ",
     "event_add said yes before epoll said no: the event learns it once, instead of never"},
    {"T064_a_regular_file", "io_uring", "log warn", "add = 0, pending READ",
     "io_uring takes files that are always ready, as poll does"},
    {"io_an_fd_that_is_not_open", "io_uring", "log warn", "add = 0, pending READ",
     "changes are told to the ring at the next sleep: then the event learns it once"},
    {"util_snprintf_without_room", "any", "0", "3",
     "the length that was needed, as C's snprintf gives"},
    {"setup_lock_functions_can_be_set_once", "any", "wrong version = 0", "wrong version = -1",
     "functions of another version of the interface are not taken"},
    {"T069_edges_and_levels_are_not_mixed", "any", "edge 0", "log warn",
     "the backend has one mode for an fd: stock turns the other event's into it: a level's wake-up "
     "may not come"},
    {"races_the_last_timer_is_deleted_by_another_thread", "any", "ended: signal 14", "loop(0) = 1",
     "stock sleeps on until the deleted timer's time; we wake the loop, which ends"},
    {"T330_a_file_to_its_end", "any", "b: 30 '0123456789~~~~~~~~~~~~~~~~~~~~'",
     "b: 10 '0123456789'", "a length of -1 counts from the offset, not from the file's start"},
    {"T330_a_file_that_is_only_sent_cannot_be_pulled_up", "any", "pullup yes", "pullup no",
     "there are no bytes in memory: stock returns a pointer to elsewhere"},
    {"T331_a_file_is_sent_in_parts", "any", "7: 100", "7: 7",
     "evbuffer_write_atmost keeps its limit for files too"},
    {"T332_a_negative_offset_is_refused", "any", "0", "-1",
     "a part that begins behind the file's end is none"},
    {"bev_a_full_input_that_nobody_takes", "any", "b has 10",
     "b: input 10, output 0, enabled READ|WRITE",
     "stock calls the read callback again and again while the input is full; we do so only as long "
     "as "
     "the callback takes something"},
    {"filter_output_error", "any", "output 5", "f: WRITING|ERROR, enabled -",
     "a filter that can't go on is told to the user, not passed over in silence"},
    {"rate_group_of_none", "any", "ended: signal 11", "add to none = 0",
     "the header says that a null group takes the bufferevent out of its group; stock dies"},
    {"ssl_read_timeout", "any", "server: READING|TIMEOUT, enabled READ|WRITE",
     "server: READING|TIMEOUT, enabled WRITE",
     "a timeout disables its direction, as the manual says; stock reports it again and again"},
    {"ssl_socket_dirty_end_allowed", "any", "server: READING|ERROR, enabled READ|WRITE",
     "server: READING|EOF, enabled READ|WRITE",
     "OpenSSL 3 has another error for a cut connection, which stock does not know for what it is"},
    {"dns_another_spelling_is_no_answer", "any",
     "www.example.com: result 0, type 1, 1 records, ttl 60 6.6.6.6",
     "www.example.com: result 0, type 1, 1 records, ttl 60 192.0.2.1",
     "the drawn cases of letters guard a question only if its answer must repeat them"},
    {"dns_the_other_server_answers", "any", "good is asked for one.example.com, type 1", "log msg",
     "max-timeouts is how many silences take a server down, as the manual says; in stock it is a "
     "request that gives up"},
    {"dns_fewer_attempts", "any", "log msg", "www.example.com: result 67, type 0, 0 records, ttl 0",
     "as above: one silence of three takes no server down"},
    {"dns_a_final_dot_ends_a_name", "any", "server is asked for abs.two.test, type 1",
     "abs.: result 3, type 0, 0 records, ttl 0", "a name with a final dot is whole"},
    {"dns_names_that_are_none", "any", "ended: exit 0", "two..dots: no request",
     "stock sends a packet that no server can read"},
    {"dns_servers", "any", "1: 16, port 53", "1: 16, port 54",
     "servers stand in the order in which they were added; stock puts each behind the first"},
    {"dns_a_number_of_the_other_family", "any", "192.0.2.5: a request", "192.0.2.5: error -9",
     "an address of the wrong family is no name to ask a server for"},
    {"dns_failures_as_getaddrinfo_has_them", "any", "www.example.com: error -4",
     "www.example.com: error -5",
     "no address, and no answer in time, have errors of their own; stock says EAI_FAIL to both"},
    {"dns_another_operation_is_no_query", "any", "asked, flags 100, 1 questions", "no answer",
     "a program could not tell an update from a query: its flags do not show the operation"},
    {"T380_dns_two_addresses_in_one_call", "any",
     "an answer: "
     "123481000001000100000000037777770000010001c00c000100010000000a0008c0000201c0000202",
     "an answer: "
     "123481000001000200000000037777770000010001c00c000100010000000a0004c0000201c00c0001000100000"
     "00a0004c0000202",
     "an A record has one address: other resolvers refuse stock's record of two"},
};

}  // namespace evglass::conformance
