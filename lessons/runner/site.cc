// `evglass learn site DIR`: all lessons as pages in both languages, with the pictures of their
// runs, an index and the glossary. Each program is run once. See actions.h.
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "lessons/runner/actions.h"
#include "lessons/runner/glossary.h"
#include "lessons/runner/labels.h"
#include "lessons/runner/page_html.h"
#include "lessons/runner/picture.h"
#include "lessons/runner/process.h"
#include "lessons/runner/runs.h"
#include "viz/graph/render.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestSource = 64 * 1024;
const std::map<std::string, std::string> kNameOf = {{"en", "English"}, {"zh", "中文"}};

/// Pages that `make docs` puts beside the lessons, from the index.
struct Neighbour {
    const char *page, *label;
};
constexpr Neighbour kNeighbours[] = {
    {"index.html", "the source (Doxygen)"},
    {"md_docs_analysis_map.html", "map of the source analyses"},
    {"md_docs_gallery_README.html", "gallery of pictures"},
    {"md_docs_ARCHITECTURE.html", "architecture"},
    {"pages.html", "decisions"},
};

std::string link(const std::string& address, std::string_view text) {
    return fmt::format("<a href=\"{}\">{}</a>", html_text(address), html_text(text));
}

bool write_file(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    return file.flush().good();
}

std::string file_name(const std::string& slug, const std::string& language) {
    return slug + (language == "zh" ? ".zh.html" : ".html");
}

class Site {
 public:
    Site(const Catalogue& catalogue, std::string directory)
        : catalogue_(catalogue), directory_(std::move(directory)) {}

    /// One line of what is wrong; empty: it is written.
    std::string write() {
        std::error_code failed;
        fs::create_directories(directory_ / "pictures", failed);
        if (failed)
            return fmt::format("{} can't be made: {}", directory_.string(), failed.message());
        for (const char* language : {"en", "zh"}) {
            std::string list;
            for (const CatalogueEntry& entry : catalogue_.entries) {
                const std::string wrong = write_lesson(entry, language, list);
                if (!wrong.empty()) return wrong;
            }
            const std::string wrong = write_index(language, list);
            if (!wrong.empty()) return wrong;
        }
        return {};
    }

 private:
    std::string write_lesson(const CatalogueEntry& entry, const std::string& language,
                             std::string& list) {
        std::string file = entry.directory() + "/lesson" + (language == "zh" ? ".zh.md" : ".md");
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored)) file = entry.directory() + "/lesson.md";
        const ParsedLesson parsed = load_lesson(file);
        if (!parsed.lesson) return parsed.error;
        const LessonRuns runs(*parsed.lesson, entry.program);
        if (!runs.error().empty()) return runs.error();
        PageSettings settings;
        settings.root = catalogue_.root();
        settings.language = language;
        settings.program = read_start(entry.directory() + "/program.cc", kLargestSource);
        settings.starter = read_start(entry.exercise_file("starter.cc"), kLargestSource);
        settings.links = links(entry, language);
        settings.picture = [&](std::size_t page, const std::string& view, const Moment& moment) {
            return draw(fmt::format("pictures/{}-{}.svg", entry.slug, page), view, moment);
        };
        const std::string name = file_name(entry.slug, language);
        if (!write_file(directory_ / name, lesson_page(*parsed.lesson, runs.first(), settings)))
            return fmt::format("{} can't be written", (directory_ / name).string());
        list +=
            fmt::format("<li><a href=\"{}\">{}</a></li>\n", name, html_text(parsed.lesson->title));
        return {};
    }

    /// To the lesson before and after, to all of them, and to the other language.
    std::string links(const CatalogueEntry& entry, const std::string& language) const {
        const auto& all = catalogue_.entries;
        const auto at = static_cast<std::size_t>(&entry - all.data());
        const Labels words(language);
        const std::string other = language == "zh" ? "en" : "zh";
        std::string out = link(file_name("index", language), words("all lessons"));
        if (at > 0)
            out += " &middot; " + link(file_name(all[at - 1].slug, language),
                                       words("previous: {}", all[at - 1].number()));
        if (at + 1 < all.size())
            out += " &middot; " + link(file_name(all[at + 1].slug, language),
                                       words("next: {}", all[at + 1].number()));
        return out + " &middot; " + link(file_name(entry.slug, other), kNameOf.at(other));
    }

    std::string draw(const std::string& name, const std::string& view, const Moment& moment) {
        using viz::graph::Format;
        const Picture picture = draw_picture(view, moment);
        if (!picture.error.empty()) return {};
        const viz::graph::Rendered drawn = viz::graph::render(picture.dot, Format::svg);
        return drawn.error.empty() && write_file(directory_ / name, drawn.bytes) ? name
                                                                                 : std::string();
    }

    std::string write_index(const std::string& language, const std::string& list) {
        const bool chinese = language == "zh";
        const std::string other = chinese ? "en" : "zh";
        const Labels words(language);
        std::string links = link(file_name("index", other), kNameOf.at(other));
        for (const Neighbour& one : kNeighbours)
            links += " &middot; " + link(std::string("../html/") + one.page, words(one.label));
        std::string body = fmt::format(
            "<nav>{}</nav>\n<h1>{}</h1>\n<p>{}</p>\n<ul>\n{}</ul>\n<h2>{}</h2>\n<table>\n", links,
            words("The course"), words("Every figure on these pages was computed from a run."),
            list, words("Words"));
        const Glossary glossary = Glossary::load(catalogue_.lessons_dir);
        for (const Word& word : glossary.words())
            body += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                                html_text(word.english), html_text(word.chinese),
                                html_text(chinese ? word.meaning_chinese : word.meaning));
        body += "</table>\n";
        const fs::path path = directory_ / file_name("index", language);
        return write_file(path, whole_page(language, "evglass", body))
                   ? std::string()
                   : fmt::format("{} can't be written", path.string());
    }

    const Catalogue& catalogue_;
    fs::path directory_;
};

}  // namespace

int write_site(const Catalogue& catalogue, const LearnOptions& options) {
    const std::string wrong = Site(catalogue, options.file).write();
    if (!wrong.empty()) return complain(wrong);
    fmt::print("{}: {} lessons, in en and zh\n", options.file, catalogue.entries.size());
    return kWell;
}

}  // namespace evglass::lessons
