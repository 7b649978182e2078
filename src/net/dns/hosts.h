// Names with addresses that no server need be asked for: what a hosts file says.
// Only evdns_getaddrinfo looks here. Names are compared without regard to case.
// Threads: the resolver's lock. Read next: hosts.cc, getaddrinfo.cc.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <string_view>

namespace dns {

/// One name of one line. The name follows the struct, with its NUL.
struct HostEntry {
    HostEntry* next = nullptr;
    int family = AF_INET;
    in6_addr address{};  ///< of AF_INET, the first four bytes

    const char* name() const { return reinterpret_cast<const char*>(this + 1); }
};

/// All entries, in the order in which they were read.
class Hosts {
 public:
    Hosts() = default;
    ~Hosts() { clear(); }
    Hosts(const Hosts&) = delete;
    Hosts& operator=(const Hosts&) = delete;

    /// Adds what the file says. False if it can't be read, or without memory.
    [[nodiscard]] bool load(const char* path);
    /// Adds localhost, as it is everywhere.
    [[nodiscard]] bool add_localhost();
    void clear();
    /// The next entry of this name behind `after`; null `after`: the first. Null: there is none.
    const HostEntry* find(const char* name, const HostEntry* after = nullptr) const;

 private:
    bool add(std::string_view name, int family, const void* address);
    bool add_line(std::string_view line);

    HostEntry* first_ = nullptr;
    HostEntry** last_ = &first_;
};

}  // namespace dns
