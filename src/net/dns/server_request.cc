// One query: what it asks, the records that the program adds, and the answer as bytes.
// An answer has at most 512 bytes: records that have no room are left out, whole, and it says that
// it is truncated.
// Read next: message.h (the writer), server_port.cc.
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "src/event/event_core.h"
#include "src/net/dns/server.h"

namespace {

using namespace dns;

/// Of a query's header: what users see, and what its answer repeats.
constexpr int kSeen = kRecursionDesired | kCheckingDisabled;
/// What is the library's to say in an answer's header.
constexpr int kOurs = kIsAnswer | kOperation | kTruncated | kResultCode;

ServerRequest* request_of(evdns_server_request* req) {
    return static_cast<ServerRequest*>(req);
}

/// A user's struct for one question, with its name behind it.
evdns_server_question* make_question(const Question& asked) {
    TextName name;
    if (!print_name(asked.name, name)) return nullptr;
    // Users know the root as the empty name.
    if (std::strcmp(name.text, ".") == 0) name.text[0] = '\0';
    const std::size_t length = std::strlen(name.text);
    auto* question = static_cast<evdns_server_question*>(
        mm_malloc(offsetof(evdns_server_question, name) + length + 1));
    if (question == nullptr) return nullptr;
    question->type = asked.type;
    question->dns_question_class = asked.dns_class;
    std::memcpy(question->name, name.text, length + 1);
    return question;
}

bool read_questions(Reader& reader, int count, ServerRequest* req) {
    req->questions = static_cast<evdns_server_question**>(
        mm_calloc(static_cast<std::size_t>(count), sizeof *req->questions));
    if (req->questions == nullptr) return false;
    for (; req->nquestions < count; ++req->nquestions) {
        Question asked;
        if (!reader.question(asked)) return false;
        evdns_server_question* question = make_question(asked);
        if (question == nullptr) return false;
        req->questions[req->nquestions] = question;
    }
    return true;
}

/// Adds a record whose data are bytes as they are.
bool add_record(ServerRequest* req, const AnswerRecord& model, Bytes data) {
    void* memory = mm_malloc(sizeof(AnswerRecord) + data.size());
    if (memory == nullptr) return false;
    auto* record = ::new (memory) AnswerRecord(model);
    record->size = data.size();
    std::ranges::copy(data, record->data());
    *req->last = record;
    req->last = &record->next;
    return true;
}

bool write_questions(Writer& writer, const ServerRequest* req) {
    for (int i = 0; i < req->nquestions; ++i) {
        Question question;
        if (!parse_name(req->questions[i]->name, question.name)) return false;
        question.type = static_cast<std::uint16_t>(req->questions[i]->type);
        question.dns_class = static_cast<std::uint16_t>(req->questions[i]->dns_question_class);
        if (!writer.question(question)) return false;
    }
    return true;
}

bool write_record(Writer& writer, AnswerRecord* from) {
    Record record;
    record.name = from->name;
    record.type = from->type;
    record.dns_class = from->dns_class;
    record.ttl = from->ttl;
    record.data = {from->data(), from->size};
    if (!from->is_name) return writer.record(from->section, record);
    WireName name;
    std::memcpy(name.bytes, from->data(), from->size);
    name.length = from->size;
    return writer.record_of_name(from->section, record, name);
}

/// False if not all records had room.
bool write_records(Writer& writer, ServerRequest* req) {
    for (const Section section : {kAnswers, kAuthority, kAdditional})
        for (AnswerRecord* record = req->first; record != nullptr; record = record->next)
            if (record->section == section && !write_record(writer, record)) return false;
    return true;
}

void write_answer(ServerRequest* req, int error) {
    Writer writer(req->packet);
    const bool whole = write_questions(writer, req) && write_records(writer, req);
    int flags =
        kIsAnswer | (req->flags & kSeen) | (req->answer_flags & ~kOurs) | (error & kResultCode);
    if (!whole) flags |= kTruncated;
    req->size = writer.finish(req->id, static_cast<std::uint16_t>(flags));
    TRACE(dns_respond, .port = req->port, .request = req,
          .result = static_cast<evglass::trace::field::dnserr>(error & kResultCode),
          .size = static_cast<std::uint32_t>(req->size), .truncated = whole ? 0u : 1u);
}

/// A question in the ordinary way. Answers, and other operations, are nothing a program sees.
bool is_query(const Header& header) {
    return (header.flags & (kIsAnswer | kOperation)) == 0 && header.count[kQuestions] != 0;
}

/// A port that is closed waits for nothing.
bool wait_until_writable(evdns_server_port* port, ServerRequest* req) {
    if (port->closed) return false;
    if (port->unsent.empty() && event_add(&port->writable, nullptr) < 0) return false;
    port->unsent.insert_tail(req);
    return true;
}

/// n records of one address each.
int add_addresses(evdns_server_request* req, const char* name, int type, int n, const void* addrs,
                  std::size_t size, int ttl) {
    const auto* bytes = static_cast<const char*>(addrs);
    for (int i = 0; i < n; ++i)
        if (evdns_server_request_add_reply(req, EVDNS_ANSWER_SECTION, name, type, EVDNS_CLASS_INET,
                                           ttl, static_cast<int>(size), 0,
                                           bytes + static_cast<std::size_t>(i) * size) < 0)
            return -1;
    return 0;
}

}  // namespace

namespace dns {

ServerRequest* server_request_of(Bytes packet) {
    Reader reader(packet);
    Header header;
    if (!reader.header(header) || !is_query(header)) return nullptr;
    ServerRequest* req = mm_new<ServerRequest>();
    if (req == nullptr) return nullptr;
    req->id = header.id;
    req->flags = header.flags & kSeen;
    if (read_questions(reader, header.count[kQuestions], req)) return req;
    server_request_free(req);
    return nullptr;
}

void server_request_free(ServerRequest* req) {
    for (int i = 0; i < req->nquestions; ++i) mm_free(req->questions[i]);
    mm_free(req->questions);
    while (req->first != nullptr) {
        AnswerRecord* next = req->first->next;
        mm_free(req->first);
        req->first = next;
    }
    mm_delete(req);
}

}  // namespace dns

void evdns_server_request_set_flags(evdns_server_request* req, int flags) {
    request_of(req)->answer_flags = flags;
}

int evdns_server_request_add_reply(evdns_server_request* r, int section, const char* name, int type,
                                   int dns_class, int ttl, int datalen, int is_name,
                                   const char* data) {
    ServerRequest* req = request_of(r);
    TRACE_CALL(req);
    if (section < EVDNS_ANSWER_SECTION || section > EVDNS_ADDITIONAL_SECTION) return -1;
    AnswerRecord record;
    record.section = static_cast<Section>(kAnswers + static_cast<std::size_t>(section));
    record.type = static_cast<std::uint16_t>(type);
    record.dns_class = static_cast<std::uint16_t>(dns_class);
    record.ttl = static_cast<std::uint32_t>(ttl);
    record.is_name = is_name != 0;
    if (!parse_name(name, record.name)) return -1;
    const ScopedLock lock(req->port->lock);
    if (is_name == 0) {
        if (datalen < 0 || datalen > UINT16_MAX) return -1;
        const Bytes bytes(reinterpret_cast<const unsigned char*>(data),
                          static_cast<std::size_t>(datalen));
        return add_record(req, record, bytes) ? 0 : -1;
    }
    WireName wire;
    if (!parse_name(data, wire)) return -1;
    return add_record(req, record, {wire.bytes, wire.length}) ? 0 : -1;
}

int evdns_server_request_add_a_reply(evdns_server_request* req, const char* name, int n,
                                     const void* addrs, int ttl) {
    return add_addresses(req, name, EVDNS_TYPE_A, n, addrs, sizeof(in_addr), ttl);
}

int evdns_server_request_add_aaaa_reply(evdns_server_request* req, const char* name, int n,
                                        const void* addrs, int ttl) {
    return add_addresses(req, name, EVDNS_TYPE_AAAA, n, addrs, sizeof(in6_addr), ttl);
}

int evdns_server_request_add_ptr_reply(evdns_server_request* req, in_addr* in,
                                       const char* inaddr_name, const char* hostname, int ttl) {
    if ((in != nullptr) == (inaddr_name != nullptr)) return -1;
    const ArpaName name(in != nullptr ? *in : in_addr{});
    return evdns_server_request_add_reply(req, EVDNS_ANSWER_SECTION,
                                          in != nullptr ? name.text : inaddr_name, EVDNS_TYPE_PTR,
                                          EVDNS_CLASS_INET, ttl, -1, 1, hostname);
}

int evdns_server_request_add_cname_reply(evdns_server_request* req, const char* name,
                                         const char* cname, int ttl) {
    return evdns_server_request_add_reply(req, EVDNS_ANSWER_SECTION, name, EVDNS_TYPE_CNAME,
                                          EVDNS_CLASS_INET, ttl, -1, 1, cname);
}

int evdns_server_request_respond(evdns_server_request* r, int err) {
    ServerRequest* req = request_of(r);
    evdns_server_port* port = req->port;
    TRACE_CALL(req);
    TRACE_API(port->base, nullptr);
    int sent = 0;
    {
        const ScopedLock lock(port->lock);
        write_answer(req, err);
        // Behind those that wait already, so that none overtakes another.
        sent = port->unsent.empty() ? server_send(req) : 1;
        if (sent == 1 && wait_until_writable(port, req)) return api.result(1);
        server_request_free(req);
    }
    server_port_decref(port);
    return api.result(sent == 0 ? 0 : -1);
}

int evdns_server_request_drop(evdns_server_request* r) {
    ServerRequest* req = request_of(r);
    evdns_server_port* port = req->port;
    TRACE_CALL(req);
    TRACE(dns_drop, .port = port, .request = req);
    server_request_free(req);
    server_port_decref(port);
    return 0;
}

int evdns_server_request_get_requesting_addr(evdns_server_request* r, sockaddr* sa, int addr_len) {
    const ServerRequest* req = request_of(r);
    if (addr_len < 0 || static_cast<socklen_t>(addr_len) < req->peer_length) return -1;
    std::memcpy(static_cast<void*>(sa), &req->peer, req->peer_length);
    return static_cast<int>(req->peer_length);
}
