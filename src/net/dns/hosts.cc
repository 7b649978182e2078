// The hosts file: "address name name ...", "#" begins a comment. Lines that begin with no address
// are passed over, as every resolver does.
// Read next: text_file.h, getaddrinfo.cc (who asks).
#include "src/net/dns/hosts.h"

#include <cstring>

#include <event2/util.h>

#include "src/net/dns/text_file.h"
#include "src/util/memory.h"

namespace dns {

bool Hosts::add(std::string_view name, int family, const void* address) {
    void* memory = mm_malloc(sizeof(HostEntry) + name.size() + 1);
    if (memory == nullptr) return false;
    auto* entry = ::new (memory) HostEntry;
    entry->family = family;
    std::memcpy(&entry->address, address, family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
    char* text = reinterpret_cast<char*>(entry + 1);
    text[name.copy(text, name.size())] = '\0';
    *last_ = entry;
    last_ = &entry->next;
    return true;
}

bool Hosts::add_line(std::string_view line) {
    const CWord text(next_word(line));
    in6_addr address{};
    int family = AF_INET;
    if (evutil_inet_pton(AF_INET, text.get(), &address) != 1) {
        family = AF_INET6;
        if (evutil_inet_pton(AF_INET6, text.get(), &address) != 1) return true;
    }
    for (std::string_view name = next_word(line); !name.empty(); name = next_word(line))
        if (!add(name, family, &address)) return false;
    return true;
}

bool Hosts::load(const char* path) {
    TextFile file;
    if (file.read(path) != TextFile::Error::none) return false;
    std::string_view text = file.text();
    while (!text.empty())
        if (!add_line(next_line(text, "#"))) return false;
    return true;
}

bool Hosts::add_localhost() {
    const in_addr four{htonl(INADDR_LOOPBACK)};
    return add("localhost", AF_INET, &four) && add("localhost", AF_INET6, &in6addr_loopback);
}

void Hosts::clear() {
    while (first_ != nullptr) {
        HostEntry* next = first_->next;
        mm_free(first_);
        first_ = next;
    }
    last_ = &first_;
}

const HostEntry* Hosts::find(const char* name, const HostEntry* after) const {
    const HostEntry* entry = after != nullptr ? after->next : first_;
    while (entry != nullptr && evutil_ascii_strcasecmp(entry->name(), name) != 0)
        entry = entry->next;
    return entry;
}

}  // namespace dns
