// Sizes: files, functions, and the comment that opens a file.
// The function scanner counts braces in what is left of a file without comments and strings. It
// knows enough C++ to tell a function from a class, a namespace or a list of values; what it does
// not know (macros with braces) makes it count too little, never crash.
#include <cctype>

#include "tests/tidy/checks.h"

namespace evglass::tidy {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back())) != 0)
        s.remove_suffix(1);
    while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front())) != 0)
        s.remove_prefix(1);
    return s;
}

/// The word that ends right before `end`.
std::string_view word_before(std::string_view s, std::size_t end) {
    while (end > 0 && std::isspace(static_cast<unsigned char>(s[end - 1])) != 0) --end;
    std::size_t begin = end;
    while (begin > 0 && (is_word(s[begin - 1]) || s[begin - 1] == '~' || s[begin - 1] == ':'))
        --begin;
    return s.substr(begin, end - begin);
}

/// The place of the ')' that closes the '(' at `open`.
std::size_t closing(std::string_view s, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < s.size(); ++i) {
        if (s[i] == '(') ++depth;
        if (s[i] == ')' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

/// What stands between the end of the last declaration and a '{'.
struct Head {
    std::string_view text;
    std::size_t open = std::string_view::npos;   ///< the '(' of the parameters
    std::size_t close = std::string_view::npos;  ///< and its ')'

    explicit Head(std::string_view raw) : text(trimmed(raw)) {
        for (std::size_t at = text.find('('); at != std::string_view::npos;
             at = text.find('(', at)) {
            const std::string_view word = word_before(text, at);
            const std::size_t end = closing(text, at);
            if (end == std::string_view::npos) return;
            if (word != "alignas" && word != "__attribute__" && word != "decltype") {
                open = at;
                close = end;
                return;
            }
            at = end;
        }
    }
    bool has_parameters() const { return close != std::string_view::npos; }
    /// "Foo() : a_" before "{1}": a member's value, not yet the body.
    bool in_initializers() const {
        if (!has_parameters() || text.empty() || !(is_word(text.back()) || text.back() == '>'))
            return false;
        for (std::size_t i = close + 1; i + 1 < text.size(); ++i)
            if (text[i] == ':' && text[i + 1] != ':' && text[i - 1] != ':') return true;
        return false;
    }
    bool is_function() const {
        return has_parameters() && !text.ends_with('=') && !text.ends_with(',') &&
               !text.ends_with('(');
    }
    std::string name() const { return std::string(word_before(text, open)); }
};

class Scanner {
 public:
    explicit Scanner(std::string_view text) : code_(code_only(text)) { drop_preprocessor(); }

    std::vector<Function> run() {
        while (at_ < code_.size()) {
            const char c = code_[at_];
            if (c == '{') {
                open_brace();
            } else if (c == '}' || c == ';') {
                head_.clear();
                ++at_;
            } else {
                head_ += c;
                count(c);
            }
        }
        return std::move(found_);
    }

 private:
    void count(char c) {
        if (c == '\n') ++line_;
        ++at_;
    }
    void open_brace() {
        const Head head(head_);
        if (head.in_initializers()) {
            skip_block();
            head_ += "()";
        } else if (head.is_function()) {
            Function f{head.name(), line_, 0};
            skip_block();
            f.last_line = line_;
            found_.push_back(std::move(f));
            head_.clear();
        } else if (head.text.ends_with('=')) {
            skip_block();
        } else {
            head_.clear();  // a namespace or a class: look inside
            ++at_;
        }
    }
    /// From '{' to past its '}'.
    void skip_block() {
        int depth = 0;
        do {
            if (code_[at_] == '{') ++depth;
            if (code_[at_] == '}') --depth;
            count(code_[at_]);
        } while (at_ < code_.size() && depth > 0);
    }
    /// A macro's braces need not pair up: its lines are no code here.
    void drop_preprocessor() {
        bool inside = false, start = true;
        for (std::size_t i = 0; i < code_.size(); ++i) {
            if (start && code_[i] == '#') inside = true;
            if (code_[i] == '\n') {
                inside = inside && i > 0 && code_[i - 1] == '\\';
                start = true;
                continue;
            }
            if (code_[i] != ' ') start = false;
            if (inside && code_[i] != '\\') code_[i] = ' ';
        }
        for (char& c : code_)
            if (c == '\\') c = ' ';
    }

    std::string code_;
    std::string head_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::vector<Function> found_;
};

}  // namespace

std::vector<Function> functions_of(std::string_view text) {
    return Scanner(text).run();
}

std::vector<Violation> check_shape(const Source& file) {
    std::vector<Violation> found;
    if (!file.is_code()) return found;
    const int lines = static_cast<int>(file.lines().size());
    if (lines > kFileLines)
        found.push_back({file.path, lines,
                         "has " + std::to_string(lines) + " lines, " + std::to_string(kFileLines) +
                             " are allowed: split it by reason"});
    for (const Function& f : functions_of(file.text)) {
        // The one turn of the loop is the page that everybody reads: it fits one screen.
        const bool turn = file.below("src/event/") && f.name.find("turn") != std::string::npos;
        const int limit = turn ? kTurnLines : kFunctionLines;
        if (f.lines() > limit)
            found.push_back({file.path, f.first_line,
                             f.name + " has " + std::to_string(f.lines()) + " lines, " +
                                 std::to_string(limit) + " are allowed: name its parts"});
    }
    return found;
}

namespace {

int opening_lines(const Source& file) {
    int comment = 0;
    bool block = false;
    for (const std::string_view raw : file.lines()) {
        const std::string_view line = trimmed(raw);
        if (line.starts_with("/*")) block = true;
        if (!block && !line.starts_with("//")) break;
        ++comment;
        if (line.ends_with("*/")) block = false;
    }
    return comment;
}

bool has_header(const Source& file, Exists exists) {
    return file.path.ends_with(".cc") && exists(file.path.substr(0, file.path.size() - 2) + "h");
}

/// One sentence is enough for what is short, for a test, and where the header speaks for both.
bool may_be_brief(const Source& file, Exists exists) {
    return file.lines().size() <= kShortFile || file.below("tests/") || has_header(file, exists);
}

}  // namespace

std::vector<Violation> check_opening(const Source& file, Exists exists) {
    if (!file.is_code()) return {};
    const int lines = opening_lines(file);
    const int wanted = may_be_brief(file, exists) ? 1 : kOpeningLines;
    if (lines >= wanted) return {};
    return {{file.path, 1,
             "opens with " + std::to_string(lines) + " lines of comment, " +
                 std::to_string(wanted) +
                 " are wanted: what it owns, what it never does, where to read next"}};
}

}  // namespace evglass::tidy
