// What the files with sentences share: a Teller knows a record and the moment right after it, and
// how things are called then. A file of sentences derives from it, has one `tell` for each record
// type, and gives itself to sentence_of. Private to text_*.cc.
#pragma once

#include <string>

#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::trace {

struct Teller {
    const Record& record;
    const TraceContext& trace;
    const Model& model;
    Names names;

    std::string who(Address event) const { return names.event_long(event); }
    std::string base(Address a) const { return names.base(a); }
    std::string site() const {
        const auto& sites = trace.sites();
        const bool known = record.site != 0 && record.site <= sites.size();
        return known ? safe(sites[record.site - 1U].function) : "a function";
    }
    std::string cause(Address event) const {
        const Event* e = model.event(event);
        const std::string why = e == nullptr ? std::string() : cause_text(e->cause, names);
        return why.empty() ? why : " (" + why + ")";
    }
};

/// Common timeouts, once events, finalizers, watchers, locks: text_rest.cc.
std::string rest_sentence(const Teller& teller);
/// Buffers: text_buffer.cc.
std::string buffer_sentence(const Teller& teller);
/// DNS: text_dns.cc.
std::string dns_sentence(const Teller& teller);
/// Bufferevents and rate limits: text_bufferevent.cc.
std::string bufferevent_sentence(const Teller& teller);

template <class T, class R>
concept Tells = requires(const T& teller, const R& r) {
    teller.tell(r);
};

/// The sentence of a record of type R; empty where T has none for it.
template <class R, class T>
std::string sentence(const T& teller) {
    if constexpr (Tells<T, R>) {
        const R* r = teller.record.template as<R>();
        return r == nullptr ? std::string() : teller.tell(*r);
    }
    return {};
}

template <class T>
std::string sentence_of(const T& teller) {
    switch (teller.record.id()) {
#define FIELD(type, name)
#define RETIRED(id, name)
#define RECORD(id, name, category, clock, fields, doc) \
    case RecordId::name:                               \
        return sentence<rec::name>(teller);
#include "trace/records.def"
#undef RECORD
#undef RETIRED
#undef FIELD
    }
    return {};
}

}  // namespace evglass::trace
