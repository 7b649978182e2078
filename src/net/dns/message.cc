// Reading and writing DNS messages. The fixed fields are taken by a cursor; names by the C library,
// which checks each step against the message's bounds and counts steps, so that a name that refers
// to itself ends.
// Read next: tests/unit/src-net/dns_message_test.cc (what a hostile message looks like).
#include "src/net/dns/message.h"

#include <resolv.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

namespace dns {
namespace {

constexpr std::size_t kLongestData = 0xffff;

unsigned char lower(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<unsigned char>(c + ('a' - 'A')) : c;
}

std::size_t length_of(const unsigned char* wire) {
    std::size_t length = 0;
    while (wire[length] != 0) length += std::size_t{wire[length]} + 1;
    return length + 1;
}

void put(unsigned char* to, std::uint16_t value) {
    to[0] = static_cast<unsigned char>(value >> 8);
    to[1] = static_cast<unsigned char>(value);
}

}  // namespace

// ---- names --------------------------------------------------------------------------------------

// A label's length is below 'A', so that letters are all that differs by case.
bool WireName::same_as(const WireName& other, bool any_case) const {
    if (length != other.length) return false;
    if (!any_case) return std::memcmp(bytes, other.bytes, length) == 0;
    return std::equal(bytes, bytes + length, other.bytes,
                      [](unsigned char a, unsigned char b) { return lower(a) == lower(b); });
}

bool parse_name(const char* text, WireName& out) {
    if (ns_name_pton(text, out.bytes, sizeof out.bytes) < 0) return false;
    out.length = length_of(out.bytes);
    return true;
}

bool print_name(const WireName& name, TextName& out) {
    return name.length != 0 && ns_name_ntop(name.bytes, out.text, sizeof out.text) >= 0;
}

ArpaName::ArpaName(const in_addr& address) {
    const auto* a = reinterpret_cast<const unsigned char*>(&address);
    std::snprintf(text, sizeof text, "%u.%u.%u.%u.in-addr.arpa", a[3], a[2], a[1], a[0]);
}

// Half a byte for each label, the last one first.
ArpaName::ArpaName(const in6_addr& address) {
    constexpr char kDigits[] = "0123456789abcdef";
    char* end = text;
    for (std::size_t i = sizeof address.s6_addr; i-- > 0;)
        for (const int digit : {address.s6_addr[i] & 15, address.s6_addr[i] >> 4}) {
            *end++ = kDigits[digit];
            *end++ = '.';
        }
    std::snprintf(end, sizeof "ip6.arpa", "ip6.arpa");
}

// ---- reading ------------------------------------------------------------------------------------

bool Reader::number(std::uint16_t& out) {
    if (message_.size() - at_ < NS_INT16SZ) return false;
    out = static_cast<std::uint16_t>(message_[at_] << 8 | message_[at_ + 1]);
    at_ += NS_INT16SZ;
    return true;
}

bool Reader::number(std::uint32_t& out) {
    std::uint16_t high = 0, low = 0;
    if (!number(high) || !number(low)) return false;
    out = std::uint32_t{high} << 16 | low;
    return true;
}

bool Reader::name(WireName& out) {
    const unsigned char* begin = message_.data();
    const int used =
        ns_name_unpack(begin, begin + message_.size(), begin + at_, out.bytes, sizeof out.bytes);
    if (used < 0) return false;
    at_ += static_cast<std::size_t>(used);
    out.length = length_of(out.bytes);
    return true;
}

bool Reader::header(Header& out) {
    return number(out.id) && number(out.flags) &&
           std::ranges::all_of(out.count, [&](std::uint16_t& count) { return number(count); });
}

bool Reader::question(Question& out) {
    return name(out.name) && number(out.type) && number(out.dns_class);
}

bool Reader::record(Record& out) {
    std::uint16_t length = 0;
    if (!name(out.name) || !number(out.type) || !number(out.dns_class) || !number(out.ttl) ||
        !number(length) || message_.size() - at_ < length)
        return false;
    out.data = message_.subspan(at_, length);
    at_ += length;
    return true;
}

bool Reader::name_in(Bytes data, WireName& out) const {
    // What lies in the data must end in them; where it refers to is up to the message.
    const unsigned char* begin = message_.data();
    const int used =
        ns_name_unpack(begin, begin + message_.size(), data.data(), out.bytes, sizeof out.bytes);
    if (used < 0 || static_cast<std::size_t>(used) > data.size()) return false;
    out.length = length_of(out.bytes);
    return true;
}

// ---- writing ------------------------------------------------------------------------------------

Writer::Writer(std::span<unsigned char> room) : room_(room) {
    names_[0] = room.data();
}

bool Writer::bytes(Bytes bytes) {
    if (room_.size() < at_ || room_.size() - at_ < bytes.size()) return false;
    std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += bytes.size();
    return true;
}

bool Writer::number(std::uint16_t value) {
    unsigned char two[NS_INT16SZ];
    put(two, value);
    return bytes(two);
}

bool Writer::number(std::uint32_t value) {
    return number(static_cast<std::uint16_t>(value >> 16)) &&
           number(static_cast<std::uint16_t>(value));
}

bool Writer::name(const WireName& name) {
    if (room_.size() < at_) return false;
    const int used =
        ns_name_pack(name.bytes, room_.data() + at_, static_cast<int>(room_.size() - at_), names_,
                     names_ + kMostNames);
    if (used < 0) return false;
    at_ += static_cast<std::size_t>(used);
    return true;
}

void Writer::forget(std::size_t from) {
    const unsigned char* end = room_.data() + from;
    const auto gone = std::find_if(names_ + 1, names_ + kMostNames, [&](const unsigned char* n) {
        return n == nullptr || n >= end;
    });
    std::fill(gone, names_ + kMostNames, nullptr);
    at_ = from;
}

bool Writer::question(const Question& question) {
    const std::size_t start = at_;
    if (count_[kQuestions] < UINT16_MAX && name(question.name) && number(question.type) &&
        number(question.dns_class)) {
        ++count_[kQuestions];
        return true;
    }
    forget(start);
    return false;
}

template <class Data>
bool Writer::append(Section section, const Record& record, const Data& data) {
    const std::size_t start = at_;
    if (count_[section] < UINT16_MAX && name(record.name) && number(record.type) &&
        number(record.dns_class) && number(record.ttl)) {
        const std::size_t length_at = at_;
        if (number(std::uint16_t{0}) && data()) {
            const std::size_t length = at_ - length_at - NS_INT16SZ;
            put(room_.data() + length_at, static_cast<std::uint16_t>(length));
            ++count_[section];
            return true;
        }
    }
    forget(start);
    return false;
}

bool Writer::record(Section section, const Record& record) {
    return record.data.size() <= kLongestData &&
           append(section, record, [&] { return bytes(record.data); });
}

bool Writer::record_of_name(Section section, const Record& record, const WireName& data) {
    return append(section, record, [&] { return name(data); });
}

std::size_t Writer::finish(std::uint16_t id, std::uint16_t flags) {
    const std::size_t length = std::exchange(at_, 0);
    if (!number(id) || !number(flags)) return 0;
    for (const std::uint16_t count : count_)
        if (!number(count)) return 0;
    at_ = length;
    return length;
}

std::size_t write_query(std::uint16_t id, const Question& question, std::span<unsigned char> room) {
    Writer writer(room);
    return writer.question(question) ? writer.finish(id, kRecursionDesired) : 0;
}

}  // namespace dns
