// The search in $PATH, and the reasons for which a program would run untraced.
#include "viz/cli/program.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "viz/cli/elf_file.h"

namespace evglass::viz::cli {
namespace {

bool can_start(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           access(path.c_str(), X_OK) == 0;
}

Program refuse(const std::string& why) {
    return {"", why, ""};
}

std::string why_not_startable(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0)
        return "can't start '" + path +
               "': " + (errno == ENOENT ? "there is no such file" : std::strerror(errno));
    if (S_ISDIR(info.st_mode)) return "'" + path + "' is a directory, not a program";
    return "'" + path + "' is not executable: is it a program? Then `chmod +x` it";
}

Program search(const std::string& name) {
    const char* variable = std::getenv("PATH");
    std::string rest = variable != nullptr ? variable : "/usr/bin:/bin";
    rest += ":";
    for (std::size_t colon; (colon = rest.find(':')) != std::string::npos;
         rest.erase(0, colon + 1)) {
        const std::string directory = rest.substr(0, colon);
        const std::string path = (directory.empty() ? "." : directory) + "/" + name;
        if (can_start(path)) return {path, "", ""};
    }
    return refuse("there is no program '" + name + "' in $PATH: give its path");
}

// Would the kernel give it other rights than ours? Then the loader ignores LD_LIBRARY_PATH.
bool gains_rights(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return false;
    if ((info.st_mode & S_ISUID) != 0 && info.st_uid != geteuid()) return true;
    if ((info.st_mode & S_ISGID) != 0 && info.st_gid != getegid()) return true;
    return geteuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
}

std::string note_on_libraries(const std::string& path, const ElfFacts& facts) {
    const auto names = [&](const char* start) {
        return std::ranges::any_of(facts.needed,
                                   [&](const std::string& n) { return n.starts_with(start); });
    };
    const auto ours = [](const std::string& n) {
        return n.starts_with("libevent") && n.ends_with("-2.1.so.7");
    };
    if (std::ranges::any_of(facts.needed, ours)) {
        if (facts.rpath)
            return "'" + path +
                   "' has an RPATH, which the loader searches before evglass's libraries: "
                   "it may run untraced";
        return "";
    }
    if (names("libevent"))
        return "'" + path +
               "' was linked against another version of libevent than 2.1: it runs untraced";
    return "'" + path + "' may not use libevent: it names none of its libraries";
}

Program judge(Program program) {
    const std::string& path = program.path;
    if (gains_rights(path))
        return refuse(
            "'" + path +
            "' runs with other rights than yours (set-uid, set-gid or capabilities): the "
            "loader would ignore evglass's libraries. Trace a copy of it, made with `cp`");
    const std::optional<ElfFacts> facts = elf_facts(path);
    if (!facts) return program;  // executable yet not readable: the kernel starts it, we can't look
    if (facts->script) {
        program.note = "'" + path + "' is a script: what it starts is traced, if it uses libevent";
        return program;
    }
    if (!facts->elf) return program;
    if (!facts->x86_64)
        return refuse("'" + path +
                      "' is not a 64-bit x86 program: evglass's libraries can't be loaded into it");
    if (!facts->interpreter) {
        if (!file_contains(path, "EVGLASS_TRACE"))
            return refuse("'" + path +
                          "' is linked statically: evglass's libraries can't be put in place of "
                          "its own. Link it dynamically");
        return program;
    }
    program.note = note_on_libraries(path, *facts);
    return program;
}

}  // namespace

Program find_program(const std::string& name) {
    if (name.empty()) return refuse("the program's name is empty");
    if (name.find('/') == std::string::npos) {
        Program found = search(name);
        return found.error.empty() ? judge(std::move(found)) : found;
    }
    if (!can_start(name)) return refuse(why_not_startable(name));
    return judge({name, "", ""});
}

}  // namespace evglass::viz::cli
