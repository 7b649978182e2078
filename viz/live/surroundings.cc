// See surroundings.h.
#include "viz/live/surroundings.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace evglass::viz {
namespace {

int size_from(int asked, const char* variable, int otherwise) {
    if (asked > 0) return asked;
    const char* set = std::getenv(variable);
    const std::string_view text = set != nullptr ? set : "";
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value > 0 && value <= 1000 ? value : otherwise;
}

}  // namespace

Surroundings look_around(const LiveOptions& options) {
    setlocale(LC_ALL, "");
    Surroundings out;
    out.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    out.unicode = out.utf8 && !options.plain && !options.ascii;
    const char* no_color = std::getenv("NO_COLOR");
    out.color = !options.plain && !options.no_color && (no_color == nullptr || *no_color == '\0');
    return out;
}

FrameSize printed_size(const LiveOptions& options) {
    return {size_from(options.columns, "COLUMNS", 80), size_from(options.rows, "LINES", 24)};
}

}  // namespace evglass::viz
