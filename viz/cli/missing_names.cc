// First the libraries that the program names, then the functions. A name counts as libevent's if it
// begins like one of its families and wants no version.
#include "viz/cli/missing_names.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "viz/cli/elf_file.h"
#include "viz/cli/elf_names.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFamilies[] = {
    "evdns_",  "evhttp_",   "evrpc_",          "evtag_",      "evbuffer_",     "bufferevent_",
    "evutil_", "evthread_", "evconnlistener_", "event_base_", "event_config_", "evwatch_"};
constexpr std::size_t kMostShown = 6;

bool of_libevent(std::string_view name) {
    return std::ranges::any_of(kFamilies, [&](auto family) { return name.starts_with(family); });
}

bool is_our_kind(const std::string& library) {
    return library.starts_with("libevent") && library.ends_with("-2.1.so.7");
}

std::set<std::string> all_exported(const std::string& libraries) {
    std::set<std::string> out;
    std::error_code failed;
    for (fs::directory_iterator at(libraries, failed), end; !failed && at != end;
         at.increment(failed))
        if (is_our_kind(at->path().filename().string()))
            out.merge(elf_names(at->path().string()).exported);
    return out;
}

std::string list(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < kMostShown; ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kMostShown)
        out += " and " + std::to_string(names.size() - kMostShown) + " more";
    return out;
}

}  // namespace

std::string missing_names(const std::string& program, const std::string& libraries) {
    const std::optional<ElfFacts> facts = elf_facts(program);
    if (!facts || std::ranges::none_of(facts->needed, is_our_kind)) return "";
    std::error_code failed;
    for (const std::string& library : facts->needed)
        if (is_our_kind(library) && !fs::exists(fs::path(libraries) / library, failed))
            return "'" + program + "' needs " + library + ", which evglass does not have yet";
    const std::set<std::string> ours = all_exported(libraries);
    std::vector<std::string> missing;
    for (const std::string& name : elf_names(program).imported)
        if (of_libevent(name) && !ours.contains(name)) missing.push_back(name);
    if (missing.empty()) return "";
    return "'" + program +
           "' needs functions of libevent that evglass does not have yet: " + list(missing);
}

}  // namespace evglass::viz::cli
