// The search list: which names are asked for where a user asked for a short one. "www" with the
// list ("one.test", "two.test") becomes www.one.test, www.two.test, and in the end www itself; a
// name with enough dots is tried as it is first.
// A list never changes: a request that is under way keeps the one that it began with.
// Threads: the resolver's lock. Read next: request.cc (search_try_next).
#pragma once

#include <cstddef>

#include "src/net/dns/message.h"

namespace dns {

struct SearchList {
    int refs = 1;
    int ndots = 1;          ///< a name with as many dots is tried as it is first
    int count = 0;          ///< domains
    std::size_t bytes = 0;  ///< of them all, each with its NUL; they follow this struct

    const char* domains() const { return reinterpret_cast<const char*>(this + 1); }
};

/// A list without domains. Null without memory.
SearchList* search_list_new(int ndots);
void search_list_release(SearchList* list);

/// The same domains, with other ndots. Null without memory.
SearchList* search_list_with_ndots(const SearchList& list, int ndots);

/// The list with one more domain in front, or at its end; leading dots are dropped. Null without
/// memory.
enum class At { front, end };
SearchList* search_list_with(const SearchList& list, const char* domain, At place);

/// How many names a user's name stands for; at least 1.
int search_candidates(const SearchList& list, const char* name, bool may_search);
/// The n-th of them as it is to be asked. False if it is no name.
[[nodiscard]] bool search_candidate(const SearchList& list, const char* name, int n, int candidates,
                                    WireName& out);

}  // namespace dns
