// Words and calls that have no place in the tree: notes to oneself, paths of one machine, calls
// that overrun, and memory that nobody owns.
// The lists below are split in two where they would find themselves.
#include <array>
#include <regex>

#include "tests/tidy/checks.h"

namespace evglass::tidy {
namespace {

struct Ban {
    std::regex pattern;
    std::string advice;
};

Ban ban(const std::string& pattern, std::string advice) {
    return {std::regex(pattern, std::regex::ECMAScript | std::regex::optimize), std::move(advice)};
}

std::vector<Violation> find_bans(const std::string& path, std::string_view text,
                                 const std::vector<Ban>& bans) {
    std::vector<Violation> found;
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
        ++number;
        for (const Ban& b : bans) {
            std::match_results<std::string_view::const_iterator> match;
            if (std::regex_search(line.begin(), line.end(), match, b.pattern))
                found.push_back({path, number, "'" + match.str() + "': " + b.advice});
        }
    }
    return found;
}

/// A call of one of these names that is no member and not of a namespace but std.
std::string call_of(const std::string& names) {
    return "(^|[^\\w.>:]|std::)(" + names + ")\\s*\\(";
}

}  // namespace

std::vector<Violation> check_words(const Source& file) {
    static const std::vector<Ban> bans = {
        ban("\\b(TO"
            "DO|FIX"
            "ME|XX"
            "X)\\b",
            "do it now, or write it down as an issue"),
        ban("/wo"
            "rk/|/ro"
            "ot/|/tmp/b"
            "-",
            "a path of one machine: make it relative"),
        ban("shared/se"
            "eds|seed-r"
            "ows|seed-m"
            "yths",
            "not part of the project: say what it says"),
    };
    return find_bans(file.path, file.text, bans);
}

std::vector<Violation> check_calls(const Source& file) {
    static const std::vector<Ban> bans = {
        ban(call_of("strcpy|strcat|sprintf|vsprintf|gets"),
            "it does not know the size: use std::string, snprintf or std::copy_n"),
        ban(call_of("system|popen"), "no shell: fork and exec, or posix_spawn"),
        ban(call_of("atoi|atol|atof|strtok|alloca"),
            "it can't report an error: use std::from_chars"),
        ban("\\busing namespace std\\s*;", "write std:: where you need it"),
    };
    if (!file.is_code()) return {};
    return find_bans(file.path, code_only(file.text), bans);
}

std::vector<Violation> check_memory(const Source& file) {
    static const std::vector<Ban> everywhere = {
        // In place it allocates nothing; inside a smart pointer's brackets it has an owner at once.
        ban("^(?!\\s*#)(?!.*_ptr<[^;]*>\\(new\\b).*\\bnew\\b(?!\\s*[;,)>]|\\s*\\((?!std::nothrow))",
            "naked new: use std::make_unique, a container or mm_new"),
        ban("(^|[^=\\s])\\s*\\bdelete\\b", "naked delete: let an owner do it"),
    };
    static const std::vector<Ban> reactor = {
        ban(call_of("malloc|calloc|realloc|free|strdup"),
            "allocate through src/util/memory: programs may replace the allocator"),
    };
    if (!file.is_code() || file.below("src/util/memory")) return {};
    const bool c_code = file.path.ends_with(".c") || file.below("src/include/event2/");
    const std::string code = code_only(file.text);
    std::vector<Violation> found;
    if (!c_code) found = find_bans(file.path, code, everywhere);
    if (file.below("src/") && !c_code) {
        std::vector<Violation> more = find_bans(file.path, code, reactor);
        found.insert(found.end(), more.begin(), more.end());
    }
    return found;
}

}  // namespace evglass::tidy
