// Settings from text: options by name, the search list, and resolv.conf(5).
// What is not known is passed over: such files are read by other resolvers too.
// Read next: options.h, search.h, text_file.h.
#include "src/net/dns/resolv_conf.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "src/net/dns/dns_log.h"
#include "src/net/dns/text_file.h"
#include "src/util/sys.h"

namespace {

using namespace dns;

constexpr int kNoServers = 6;

void set_ndots(evdns_base* dns, int ndots) {
    replace_search(dns, search_list_with_ndots(*dns->search, ndots));
}

void add_domain(evdns_base* dns, const char* domain, At place) {
    replace_search(dns, search_list_with(*dns->search, domain, place));
}

void clear_domains(evdns_base* dns) {
    replace_search(dns, search_list_new(dns->search->ndots));
}

/// One file, and what it is read for.
struct Parser {
    evdns_base* dns;
    int flags;
    int servers = 0;
    bool searches = false;

    bool wants(int flag) const { return (flags & flag) != 0; }

    void add_server(std::string_view line) {
        const CWord address(next_word(line));
        if (*address.get() == '\0') return;
        if (evdns_base_nameserver_ip_add(dns, address.get()) == 0) ++servers;
    }

    /// The last line of its kind counts.
    void set_domains(std::string_view line, bool one) {
        clear_domains(dns);
        searches = true;
        for (std::string_view word = next_word(line); !word.empty() && !(one && dns->search->count);
             word = next_word(line))
            add_domain(dns, CWord(word).get(), At::end);
    }

    void set_options(std::string_view line) {
        for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
            const std::size_t colon = std::min(word.find(':'), word.size());
            const std::string_view value = word.substr(std::min(colon + 1, word.size()));
            set_base_option(dns, CWord(word.substr(0, colon)).get(), CWord(value).get(), flags);
        }
    }

    void take(std::string_view line) {
        const std::string_view keyword = next_word(line);
        if (keyword == "nameserver" && wants(DNS_OPTION_NAMESERVERS)) add_server(line);
        if (keyword == "domain" && wants(DNS_OPTION_SEARCH)) set_domains(line, true);
        if (keyword == "search" && wants(DNS_OPTION_SEARCH)) set_domains(line, false);
        if (keyword == "options") set_options(line);
    }

    /// A host's own domain is searched where the file names none.
    void search_own_domain() {
        char host[256] = "";
        if (gethostname(host, sizeof host - 1) != 0) return;
        const char* dot = std::strchr(host, '.');
        if (dot != nullptr && dot[1] != '\0') add_domain(dns, dot, At::front);
    }
};

}  // namespace

namespace dns {

void replace_search(evdns_base* dns, SearchList* list) {
    if (list == nullptr) return;
    search_list_release(dns->search);
    dns->search = list;
}

bool set_base_option(evdns_base* dns, const char* option, const char* value, int flags) {
    if (is_option(option, "ndots")) {
        int ndots = 0;
        if (!parse_count(value, ndots)) return false;
        if ((flags & DNS_OPTION_SEARCH) != 0) set_ndots(dns, ndots);
        return true;
    }
    return set_option(dns->options, option, value, flags) != SetOption::bad_value;
}

}  // namespace dns

int evdns_base_set_option(evdns_base* dns, const char* option, const char* val) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const DnsLock lock(dns);
    const int most = dns->options.max_inflight;
    const bool good = set_base_option(dns, option, val, DNS_OPTIONS_ALL);
    if (dns->options.max_inflight > most && !dns->suspended) evdns_requests_pump_waiting_queue(dns);
    return api.result(good ? 0 : -1);
}

void evdns_base_search_clear(evdns_base* dns) {
    const DnsLock lock(dns);
    clear_domains(dns);
}

void evdns_base_search_add(evdns_base* dns, const char* domain) {
    const DnsLock lock(dns);
    add_domain(dns, domain, At::front);
}

void evdns_base_search_ndots_set(evdns_base* dns, const int ndots) {
    const DnsLock lock(dns);
    set_ndots(dns, ndots);
}

int evdns_base_resolv_conf_parse(evdns_base* dns, int flags, const char* const filename) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const DnsLock lock(dns);
    log_debug("Parsing resolv.conf file %s", filename);
    if ((flags & DNS_OPTION_HOSTSFILE) != 0) evdns_base_load_hosts(dns, "/etc/hosts");
    Parser parser{dns, flags};
    TextFile file;
    const TextFile::Error error = file.read(filename);
    if (error == TextFile::Error::none) {
        std::string_view text = file.text();
        while (!text.empty()) parser.take(next_line(text, "#;"));
    }
    if (parser.wants(DNS_OPTION_SEARCH) && !parser.searches) parser.search_own_domain();
    if (error != TextFile::Error::none) return api.result(static_cast<int>(error));
    if (parser.servers == 0 && parser.wants(DNS_OPTION_NAMESERVERS) &&
        !parser.wants(DNS_OPTION_NAMESERVERS_NO_DEFAULT)) {
        evdns_base_nameserver_ip_add(dns, "127.0.0.1");
        return api.result(kNoServers);
    }
    return api.result(0);
}
