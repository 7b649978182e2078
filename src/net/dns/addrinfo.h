// Lists of evutil_addrinfo that evdns makes: in the library's memory, one block for each entry, and
// marked, so that evutil_freeaddrinfo knows them from the C library's.
// Read next: addrinfo.cc, getaddrinfo.cc.
#pragma once

#include <event2/util.h>
#include <netinet/in.h>

#include <cstdint>

namespace dns {

/// What a caller of evdns_getaddrinfo wants, and has not to be looked up.
struct Wanted {
    int family = AF_UNSPEC;
    int socktype = 0;
    int protocol = 0;
    int flags = 0;
    std::uint16_t port = 0;
};

/// A list in the making. What it holds is freed with it, unless it was taken.
class AddrList {
 public:
    AddrList() = default;
    ~AddrList() { evutil_freeaddrinfo(first_); }
    AddrList(const AddrList&) = delete;
    AddrList& operator=(const AddrList&) = delete;

    /// One entry for the address, or one each for TCP and UDP where either will do. False without
    /// memory.
    [[nodiscard]] bool add(const Wanted& wanted, int family, const void* address);
    /// Gives the first entry a canonical name. False without memory.
    [[nodiscard]] bool name_first(const char* canonical);
    void append(AddrList& other);
    bool empty() const { return first_ == nullptr; }
    evutil_addrinfo* take();

 private:
    bool add_one(const Wanted& wanted, int family, const void* address, int socktype, int protocol);

    evutil_addrinfo* first_ = nullptr;
    evutil_addrinfo** last_ = &first_;
};

/// Works out the port of a service, and checks the hints. An EVUTIL_EAI_ error, or 0.
int wanted_of(const char* nodename, const char* servname, const evutil_addrinfo* hints,
              Wanted& out);
/// Answers that need neither a server nor a hosts file: no node, or a number. EVUTIL_EAI_NEED_NAME
/// if the node is a name.
int numeric_answer(const char* nodename, const Wanted& wanted, AddrList& list);
inline constexpr int EVUTIL_EAI_NEED_NAME = -90002;
/// EVUTIL_AI_ADDRCONFIG: leaves only a family of which this machine has an address.
void narrow_to_own_families(Wanted& wanted);

}  // namespace dns
