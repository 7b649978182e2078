// DNS messages as bytes: a cursor that reads one with every bound checked, and a writer that fills
// one and never goes past its end.
// Names are the C library's work (ns_name_unpack, ns_name_ntop, ns_name_compress): what is hard in
// them, compression that loops or leads outside, is not parsed here.
// Nothing here allocates, knows sockets, or trusts a count. Read next: message.cc, reply.cc (who
// reads answers), server_request.cc (who writes them). Why so:
// docs/decisions/023-names-by-glibc.md.
#pragma once

#include <arpa/nameser.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace dns {

using Bytes = std::span<const unsigned char>;

/// The most bytes that a message has over UDP without extensions (RFC 1035).
inline constexpr std::size_t kUdpSize = NS_PACKETSZ;

// The header's second word.
inline constexpr std::uint16_t kIsAnswer = 0x8000;
inline constexpr std::uint16_t kOperation = 0x7800;
inline constexpr std::uint16_t kTruncated = 0x0200;
inline constexpr std::uint16_t kRecursionDesired = 0x0100;
inline constexpr std::uint16_t kCheckingDisabled = 0x0010;
inline constexpr std::uint16_t kResultCode = 0x000f;

/// What follows the header, in this order.
enum Section : std::size_t { kQuestions, kAnswers, kAuthority, kAdditional, kSections };

struct Header {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t count[kSections]{};
};

/// A name without compression, as it stands in a question: labels with their lengths, and an empty
/// one. `length` includes that one; 0: there is no name.
struct WireName {
    unsigned char bytes[NS_MAXCDNAME]{};
    std::size_t length = 0;

    /// Both are the same, letter for letter or (`any_case`) whatever the letters' cases.
    bool same_as(const WireName& other, bool any_case) const;
};

/// Text to wire form; a final dot makes no difference. False if it is no name: an empty label, one
/// over 63 bytes, over 255 in all.
[[nodiscard]] bool parse_name(const char* text, WireName& out);

/// A name as text. What isn't printable is escaped: \065 or \.
struct TextName {
    char text[NS_MAXDNAME]{};
};
[[nodiscard]] bool print_name(const WireName& name, TextName& out);

/// The name under which an address's own name is asked for.
struct ArpaName {
    char text[4 * sizeof(in6_addr) + sizeof "ip6.arpa"];
    explicit ArpaName(const in_addr& address);
    explicit ArpaName(const in6_addr& address);
};

struct Question {
    WireName name;
    std::uint16_t type = 0;
    std::uint16_t dns_class = 0;
};

struct Record {
    WireName name;
    std::uint16_t type = 0;
    std::uint16_t dns_class = 0;
    std::uint32_t ttl = 0;
    Bytes data;  ///< lies in the message
};

/// Reads a message from front to back. After a false nothing more can be read.
class Reader {
 public:
    explicit Reader(Bytes message) : message_(message) {}

    [[nodiscard]] bool header(Header& out);
    [[nodiscard]] bool question(Question& out);
    [[nodiscard]] bool record(Record& out);
    /// The name that a record's data begin with. It may lead to earlier parts of the message.
    [[nodiscard]] bool name_in(Bytes data, WireName& out) const;

 private:
    bool name(WireName& out);
    bool number(std::uint16_t& out);
    bool number(std::uint32_t& out);

    Bytes message_;
    std::size_t at_ = 0;
};

/// Fills a message. Each of its steps is done whole or not at all; false says that it has no room.
class Writer {
 public:
    explicit Writer(std::span<unsigned char> room);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    [[nodiscard]] bool question(const Question& question);
    /// `data` as it is.
    [[nodiscard]] bool record(Section section, const Record& record);
    /// The record's data are a name, compressed; record.data is not looked at.
    [[nodiscard]] bool record_of_name(Section section, const Record& record, const WireName& data);
    /// Writes the header, and says how long the message is.
    std::size_t finish(std::uint16_t id, std::uint16_t flags);

 private:
    template <class Data>
    bool append(Section section, const Record& record, const Data& data);
    bool name(const WireName& name);
    bool number(std::uint16_t value);
    bool number(std::uint32_t value);
    bool bytes(Bytes bytes);
    /// Takes back what was written after `from`, and what later names could refer to there.
    void forget(std::size_t from);

    /// More names than these are written, but are not referred to.
    static constexpr std::size_t kMostNames = 64;
    std::span<unsigned char> room_;
    std::size_t at_ = NS_HFIXEDSZ;
    std::uint16_t count_[kSections]{};
    const unsigned char* names_[kMostNames]{};  ///< ns_name_compress's: the message, names, null
};

/// A query for one name, which recursion is wished for. 0 if there is no room.
std::size_t write_query(std::uint16_t id, const Question& question, std::span<unsigned char> room);

}  // namespace dns
