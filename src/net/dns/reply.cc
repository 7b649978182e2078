// What comes back: is it an answer, to what, and what does it say?
// A packet is believed only if it came from the server that was asked (the socket is connected),
// has the id of a request in flight, and repeats its question, letter for letter. All else is
// dropped as if it had never come: the true answer may still be on its way. Read next: message.h
// (the bounds), finish.cc.
#include <algorithm>
#include <cstring>

#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"
#include "src/net/dns/dns_log.h"

namespace dns {
namespace {

using evglass::trace::field::dnsverdict;

/// What a server said to a question.
struct Reply {
    Header header;
    bool malformed = false;
    std::uint32_t negative_ttl = 0;
    mm_ptr<Answer> answer;  ///< null where it has none
};

int code_of(const Header& header) {
    return header.flags & kResultCode;
}

std::size_t address_size(std::uint16_t type) {
    return type == ns_t_a ? sizeof(in_addr) : sizeof(in6_addr);
}

/// One record has one address. (Stock's servers put several into one: these are taken too.)
bool take_addresses(Answer& answer, std::uint16_t type, Bytes data) {
    const std::size_t size = address_size(type);
    if (data.empty() || data.size() % size != 0) return false;
    for (std::size_t at = 0; at < data.size() && answer.count < Answer::kMostAddresses; at += size)
        std::memcpy(answer.addresses + static_cast<std::size_t>(answer.count++) * size,
                    data.data() + at, size);
    return true;
}

bool take_name(const Reader& reader, Bytes data, TextName& out) {
    WireName name;
    return reader.name_in(data, name) && print_name(name, out);
}

/// One record of the answer section. False if it is malformed.
bool take_record(const Reader& reader, const Record& record, std::uint16_t type, Answer& answer) {
    if (record.dns_class != ns_c_in) return true;
    if (record.type == ns_t_cname) return take_name(reader, record.data, answer.canonical);
    const bool full = answer.count >= (type == ns_t_ptr ? 1 : Answer::kMostAddresses);
    if (record.type != type || full) return true;
    answer.ttl = answer.count == 0 ? record.ttl : std::min(answer.ttl, record.ttl);
    if (type != ns_t_ptr) return take_addresses(answer, type, record.data);
    answer.count = 1;
    return take_name(reader, record.data, answer.pointer);
}

/// How long a "no" may be kept stands at the end of a zone's SOA record (RFC 2308).
std::uint32_t negative_ttl_of(const Record& soa) {
    constexpr std::size_t kNumber = 4;
    if (soa.data.size() < kNumber) return 0;
    std::uint32_t minimum = 0;
    for (const unsigned char byte : soa.data.last(kNumber)) minimum = minimum << 8 | byte;
    return std::min(soa.ttl, minimum);
}

/// Reads what follows the question. A "no" need not say anything more.
void read_records(Reader& reader, std::uint16_t type, Reply& reply) {
    for (int i = 0; i < reply.header.count[kAnswers]; ++i) {
        Record record;
        if (!reader.record(record) || !take_record(reader, record, type, *reply.answer)) {
            reply.malformed = true;
            return;
        }
    }
    for (int i = 0; i < reply.header.count[kAuthority]; ++i) {
        Record record;
        if (!reader.record(record)) return;
        if (record.type == ns_t_soa) reply.negative_ttl = negative_ttl_of(record);
    }
}

/// The DNS_ERR_ code for a user.
int result_of(const Reply& reply) {
    if (reply.malformed || (reply.header.flags & kTruncated) != 0) return DNS_ERR_TRUNCATED;
    const int code = code_of(reply.header);
    if (code != DNS_ERR_NONE) return code <= DNS_ERR_REFUSED ? code : DNS_ERR_UNKNOWN;
    if (!reply.answer) return DNS_ERR_UNKNOWN;  // there was no memory for it
    return reply.answer->count != 0 ? DNS_ERR_NONE : DNS_ERR_NODATA;
}

void tell_packet(const Nameserver* ns, const evdns_request* req, dnsverdict verdict,
                 const Reply& reply, Bytes packet) {
    TRACE(dns_answer, .dns = ns->dns, .server = ns, .request = req, .verdict = verdict,
          .id = reply.header.id, .rcode = static_cast<std::uint32_t>(code_of(reply.header)),
          .count = reply.answer ? static_cast<std::uint32_t>(reply.answer->count) : 0,
          .size = static_cast<std::uint32_t>(packet.size()));
}

/// A probe asks whether a server lives and is willing; what it says is of no interest.
void probe_answered(evdns_request* req, int result) {
    Nameserver* ns = req->server;
    if (result == DNS_ERR_SERVERFAILED || result == DNS_ERR_NOTIMPL || result == DNS_ERR_REFUSED)
        nameserver_probe_failed(ns);
    else
        nameserver_up(ns);
}

void reply_handle(evdns_request* req, Reply& reply) {
    TRACE_CALL(req);
    Nameserver* ns = req->server;
    const int result = result_of(reply);
    if (req->is_probe) {
        probe_answered(req, result);
        return;
    }
    if (result == DNS_ERR_SERVERFAILED) {
        // It may be broken, or not like this question: as if it had kept silent.
        request_unanswered(req, "it failed");
        return;
    }
    if (result == DNS_ERR_NOTIMPL || result == DNS_ERR_REFUSED) {
        nameserver_failed(ns, evdns_err_to_string(result));
        if (req->server != ns) return;
    } else {
        nameserver_up(ns);
    }
    req->negative_ttl = reply.negative_ttl;
    if (result != DNS_ERR_NONE && search_try_next(req)) return;
    if (result == DNS_ERR_NONE) req->answer = std::move(reply.answer);
    request_finished(req, result);
}

bool is_same_question(const Question& asked, const evdns_request* req) {
    const bool any_case = req->dns->options.randomize_case == 0;
    return asked.type == req->type && asked.dns_class == ns_c_in &&
           asked.name.same_as(req->question, any_case);
}

/// Whether a packet answers a request of ours, which it finds.
dnsverdict judge(Nameserver* ns, Reader& reader, Header& header, evdns_request*& req) {
    if (!reader.header(header)) return dnsverdict::malformed;
    if ((header.flags & kIsAnswer) == 0) return dnsverdict::no_answer;
    evdns_request* found = request_find_in_flight(ns->dns, header.id);
    if (found == nullptr || found->server != ns) return dnsverdict::not_asked;
    Question question;
    if (header.count[kQuestions] != 1 || !reader.question(question)) return dnsverdict::malformed;
    if (!is_same_question(question, found)) return dnsverdict::other_question;
    req = found;
    return dnsverdict::taken;
}

}  // namespace

void reply_parse(Nameserver* ns, Bytes packet) {
    TRACE_CALL(ns);
    Reader reader(packet);
    Reply reply;
    evdns_request* req = nullptr;
    const dnsverdict verdict = judge(ns, reader, reply.header, req);
    if (verdict == dnsverdict::taken) {
        reply.answer.reset(mm_new<Answer>());
        if (reply.answer) read_records(reader, req->type, reply);
    }
    tell_packet(ns, req, verdict, reply, packet);
    if (req != nullptr) reply_handle(req, reply);
}

}  // namespace dns
