// Loads the project's files and blanks what is not code.
// It leaves out build folders, the version control's folder and binary pictures: nothing that a
// person writes is left out.
#include "tests/tidy/source.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace evglass::tidy {

namespace fs = std::filesystem;

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::vector<std::string_view> Source::lines() const {
    return split_lines(text);
}
bool Source::is_cxx() const {
    return path.ends_with(".cc") || path.ends_with(".h");
}
bool Source::is_code() const {
    return is_cxx() || path.ends_with(".c");
}
bool Source::below(std::string_view folder) const {
    return path.starts_with(folder);
}

namespace {

/// Walks over the text once; each method eats one kind of token and blanks it.
class Blanker {
 public:
    explicit Blanker(std::string_view text) : out_(text) {}

    std::string run() {
        while (at_ < out_.size()) step();
        return std::move(out_);
    }

 private:
    bool here(std::string_view token) const {
        return std::string_view(out_).substr(at_, token.size()) == token;
    }
    void blank_until(std::size_t end) {
        for (end = std::min(end, out_.size()); at_ < end; ++at_)
            if (out_[at_] != '\n') out_[at_] = ' ';
    }
    /// Past the token's next place; the end of the text if there is none.
    std::size_t after(std::string_view token, std::size_t from) const {
        const std::size_t found = out_.find(token, from);
        return found == std::string::npos ? out_.size() : found + token.size();
    }
    void step() {
        if (here("//")) {
            blank_until(out_.find('\n', at_));
        } else if (here("/*")) {
            blank_until(after("*/", at_ + 2));
        } else if (here("R\"")) {
            raw_string();
        } else if (out_[at_] == '"') {
            quoted('"');
        } else if (out_[at_] == '\'' && !digit_separator()) {
            quoted('\'');
        } else {
            ++at_;
        }
    }
    void raw_string() {
        const std::size_t open = out_.find('(', at_);
        if (open == std::string::npos) return blank_until(out_.size());
        const std::string close = ")" + out_.substr(at_ + 2, open - at_ - 2) + "\"";
        blank_until(after(close, open));
    }
    /// Blanks the inside; the quotes stay, so that a call keeps its shape.
    void quoted(char quote) {
        ++at_;
        while (at_ < out_.size() && out_[at_] != quote && out_[at_] != '\n')
            blank_until(at_ + (out_[at_] == '\\' ? 2 : 1));
        ++at_;
    }
    bool digit_separator() const {
        return at_ > 0 && std::isxdigit(static_cast<unsigned char>(out_[at_ - 1])) != 0;
    }

    std::string out_;
    std::size_t at_ = 0;
};

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

bool left_out(const std::string& name, bool directory) {
    if (name == ".git") return true;  // in a second work tree it is a file
    if (directory) return name.starts_with("build");
    return name.ends_with(".png");
}

}  // namespace

std::string code_only(std::string_view text) {
    return Blanker(text).run();
}

std::string root() {
    const char* given = std::getenv("EVGLASS_ROOT");
    return given != nullptr && *given != '\0' ? given : ".";
}

std::vector<Source> load_tree(const std::string& root) {
    std::vector<Source> tree;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
         ++it) {
        const bool directory = it->is_directory();
        if (left_out(it->path().filename().string(), directory)) {
            if (directory) it.disable_recursion_pending();
        } else if (it->is_regular_file()) {
            tree.push_back({fs::relative(it->path(), root).generic_string(), slurp(it->path())});
        }
    }
    std::sort(tree.begin(), tree.end(),
              [](const Source& a, const Source& b) { return a.path < b.path; });
    return tree;
}

std::string report(const std::vector<Violation>& violations) {
    std::ostringstream out;
    for (const Violation& v : violations) {
        out << v.file;
        if (v.line > 0) out << ':' << v.line;
        out << ": " << v.what << '\n';
    }
    return out.str();
}

}  // namespace evglass::tidy
