// Search lists are one block of memory each, shared by requests and counted.
// Read next: search.h (the order), resolv_conf.cc (where they come from).
#include "src/net/dns/search.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "src/util/memory.h"

namespace dns {
namespace {

SearchList* allocate(int ndots, int count, std::size_t bytes) {
    void* memory = mm_malloc(sizeof(SearchList) + bytes);
    if (memory == nullptr) return nullptr;
    return ::new (memory) SearchList{1, ndots, count, bytes};
}

char* text_of(SearchList* list) {
    return reinterpret_cast<char*>(list + 1);
}

const char* domain_at(const SearchList& list, int n) {
    const char* domain = list.domains();
    while (n-- > 0) domain += std::strlen(domain) + 1;
    return domain;
}

bool is_absolute(std::string_view name) {
    return name.ends_with('.');
}

bool as_it_is_first(const SearchList& list, std::string_view name) {
    return std::ranges::count(name, '.') >= list.ndots;
}

}  // namespace

SearchList* search_list_new(int ndots) {
    return allocate(ndots, 0, 0);
}

void search_list_release(SearchList* list) {
    if (--list->refs == 0) mm_free(list);
}

SearchList* search_list_with_ndots(const SearchList& list, int ndots) {
    SearchList* copy = allocate(ndots, list.count, list.bytes);
    if (copy != nullptr) std::memcpy(text_of(copy), list.domains(), list.bytes);
    return copy;
}

SearchList* search_list_with(const SearchList& list, const char* domain, At place) {
    while (*domain == '.') ++domain;
    const std::size_t size = std::strlen(domain) + 1;
    SearchList* longer = allocate(list.ndots, list.count + 1, list.bytes + size);
    if (longer == nullptr) return nullptr;
    char* first = text_of(longer);
    const std::size_t before = place == At::front ? 0 : list.bytes;
    std::memcpy(first, list.domains(), before);
    std::memcpy(first + before, domain, size);
    std::memcpy(first + before + size, list.domains() + before, list.bytes - before);
    return longer;
}

int search_candidates(const SearchList& list, const char* name, bool may_search) {
    return may_search && !is_absolute(name) ? list.count + 1 : 1;
}

bool search_candidate(const SearchList& list, const char* name, int n, int candidates,
                      WireName& out) {
    const int itself = as_it_is_first(list, name) ? 0 : candidates - 1;
    if (candidates == 1 || n == itself) return parse_name(name, out);
    TextName joined;
    const int length = std::snprintf(joined.text, sizeof joined.text, "%s.%s", name,
                                     domain_at(list, itself == 0 ? n - 1 : n));
    return length > 0 && static_cast<std::size_t>(length) < sizeof joined.text &&
           parse_name(joined.text, out);
}

}  // namespace dns
