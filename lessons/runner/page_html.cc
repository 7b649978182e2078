// See page_html.h.
#include "lessons/runner/page_html.h"

#include <fmt/format.h>

#include "lessons/runner/entries.h"
#include "lessons/runner/labels.h"
#include "lessons/runner/panes.h"
#include "lessons/runner/sentences.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

constexpr int kPaneWidth = 110;

constexpr std::string_view kStyle = R"css(
body{max-width:56rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,"Noto Sans CJK SC",sans-serif;color:#1b1f24;background:#fff}
h1{line-height:1.25}code,pre{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.86em}
pre{background:#f6f7f9;padding:.7rem .9rem;overflow-x:auto;border-radius:.4rem}code{background:#f0f2f5;padding:.1em .25em;border-radius:.2rem}pre code{background:none;padding:0}
nav{font-size:.9em;color:#57606a}.stop{border-left:.25rem solid #2f6fde;padding-left:1rem;margin-top:2.2rem}
.stop h3{font-size:1rem;color:#2f6fde;margin:0}.myth{border-left:.25rem solid #b7791f;padding-left:1rem}.exercise{border-left:.25rem solid #2f855a;padding-left:1rem}
.so{color:#2f855a;font-weight:600}.not{color:#c53030;font-weight:600}details{margin:.4rem 0}summary{cursor:pointer}
img{max-width:100%;background:#fff}.source{color:#57606a;font-size:.9em}table{border-collapse:collapse}td{padding:.2rem .8rem .2rem 0}
@media(prefers-color-scheme:dark){body{background:#15181c;color:#d7dce2}pre,code{background:#20252b}img{background:#fff;border-radius:.4rem}}
)css";

std::string styled(const Span& span, const std::string& filled) {
    const std::string text = html_text(filled);
    switch (span.style) {
        case Style::strong:
            return "<strong>" + text + "</strong>";
        case Style::emphasis:
            return "<em>" + text + "</em>";
        case Style::code:
            return "<code>" + text + "</code>";
        case Style::plain:
            break;
    }
    return text;
}

/// "ul", "ol", or nothing for what is no item. An item's second paragraph has no bullet: it stays
/// in the list that is open.
std::string list_tag(const TextBlock& block, const std::string& open) {
    if (block.kind != TextBlock::Kind::item) return {};
    if (block.bullet.empty() && !open.empty()) return open;
    return block.bullet.ends_with('.') ? "ol" : "ul";
}

class PageWriter {
 public:
    PageWriter(const Lesson& lesson, const Run& run, const PageSettings& settings)
        : lesson_(lesson),
          run_(run),
          settings_(settings),
          words_(settings.language),
          located_(locate_pages(lesson, run)) {}

    std::string write() {
        out_ =
            fmt::format("<nav>{}</nav>\n<h1>{}</h1>\n", settings_.links, html_text(lesson_.title));
        if (!lesson_.matches.empty()) note(words_("matches:"), lesson_.matches);
        for (std::size_t i = 0; i < located_.moments.size(); ++i) {
            write_page(i);
            if (i == 0) folded(words_("the program"), settings_.program);
        }
        if (!lesson_.read_next.empty()) note(words_("read next:"), lesson_.read_next);
        out_ += fmt::format("<nav>{}</nav>\n", settings_.links);
        return std::move(out_);
    }

 private:
    void note(std::string_view label, const std::string& text) {
        out_ +=
            fmt::format("<p class=\"source\"><strong>{}</strong> {}</p>\n", label, html_text(text));
    }

    /// A source that is there for who wants to see it.
    void folded(std::string_view title, const std::string& source) {
        if (source.empty()) return;
        out_ += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", title,
                            html_text(source));
    }

    void write_page(std::size_t number) {
        const Page& page = lesson_.pages[number];
        const char* kind = page.stop       ? "stop"
                           : page.myth     ? "myth"
                           : page.exercise ? "exercise"
                                           : "text";
        write_text(page.heading, located_.moments[number]);
        out_ += fmt::format("<section class=\"{}\">\n", kind);
        if (page.stop) write_stop(number, *page.stop);
        if (page.myth) write_myth(*page.myth);
        if (page.exercise)
            out_ += fmt::format("<h2>{}</h2>\n",
                                html_text(words_("exercise: {}", page.exercise->title)));
        write_text(page.text, located_.moments[number]);
        if (page.exercise) folded(words_("where you begin"), settings_.starter);
        out_ += "</section>\n";
    }

    void write_stop(std::size_t number, const Stop& stop) {
        const Moment& there = located_.moments[number];
        const trace::Record& record = *there.record();
        out_ += fmt::format(
            "<h3>{} &middot; {}{}</h3>\n", words_("stop {}", ++stops_),
            words_("record {}", record.number),
            stop.run.empty() ? std::string() : words_(" (in the run {})", html_text(stop.run)));
        for (const Prediction& one : stop.predictions) {
            const Answered answer = there.evaluate(one.answer);
            out_ += fmt::format(
                "<details><summary><strong>{}</strong> {}</summary>{} <strong>{}</strong> "
                "<code>{}</code></details>\n",
                words_("predict:"), html_text(one.question), words_("the run says:"),
                html_text(to_text(answer.value)), html_text(one.answer.source));
        }
        const trace::Model model = there.model();
        std::string shown = without_duration(
            record_sentence(record, there.run().timeline().reader(), model, settings_.language));
        shown += "\n";
        for (const std::string& pane : stop.show)
            shown += show_pane(pane, there, settings_.root, kPaneWidth, words_);
        out_ += fmt::format("<pre>{}</pre>\n", html_text(shown));
        if (stop.picture.empty()) return;
        const std::string address = settings_.picture(number, stop.picture, there);
        if (!address.empty())
            out_ += fmt::format("<p><img src=\"{}\" alt=\"evglass graph {}\"></p>\n",
                                html_text(address), html_text(stop.picture));
    }

    void write_myth(const Myth& myth) {
        const Verdict verdict = judge(myth, run_);
        out_ += fmt::format("<p><strong>{}</strong></p>\n<blockquote>{}", words_("Is it true?"),
                            html_text(myth.quote));
        if (!myth.means.empty()) out_ += "<br><em>" + html_text(myth.means) + "</em>";
        out_ += "</blockquote>\n";
        note(words_("where:"), myth.where);
        out_ += fmt::format("<p>{} <code>{}</code><br><span class=\"{}\">{}</span> {}</p>\n",
                            words_("tested by:"), html_text(myth.claim.source),
                            verdict.is_true ? "so" : "not",
                            words_(verdict.is_true ? "it is true:" : "it is not true:"),
                            html_text(verdict.asked ? verdict.evidence : verdict.error));
    }

    void write_text(const std::vector<TextBlock>& blocks, const Moment& moment) {
        const auto fill = [&](std::size_t n) {
            const Answered answer = moment.evaluate(lesson_.placeholders.at(n));
            return answer.error.empty() ? to_text(answer.value) : std::string("?");
        };
        std::string list;  // the tag of the list that is open
        for (const TextBlock& block : blocks) {
            const std::string wanted = list_tag(block, list);
            if (wanted != list) {
                if (!list.empty()) out_ += fmt::format("</{}>\n", list);
                if (!wanted.empty()) out_ += fmt::format("<{}>\n", wanted);
                list = wanted;
            }
            std::string inside;
            for (const Span& span : block.spans)
                inside += block.kind == TextBlock::Kind::code
                              ? html_text(fill_placeholders(span.text, fill))
                              : styled(span, fill_placeholders(span.text, fill));
            write_block(block, inside);
        }
        if (!list.empty()) out_ += fmt::format("</{}>\n", list);
    }

    void write_block(const TextBlock& block, const std::string& inside) {
        switch (block.kind) {
            case TextBlock::Kind::heading:
                out_ +=
                    fmt::format("<h{0}>{1}</h{0}>\n", block.level < 2 ? 2 : block.level, inside);
                return;
            case TextBlock::Kind::item:
                out_ += fmt::format(
                    "<li{}>{}</li>\n",
                    block.bullet.ends_with('.')
                        ? fmt::format(" value=\"{}\"",
                                      html_text(trim(std::string_view(block.bullet)
                                                         .substr(0, block.bullet.size() - 1))))
                        : std::string(),
                    inside);
                return;
            case TextBlock::Kind::quote:
                out_ += fmt::format("<blockquote>{}</blockquote>\n", inside);
                return;
            case TextBlock::Kind::code:
                out_ += fmt::format("<pre><code>{}</code></pre>\n", inside);
                return;
            case TextBlock::Kind::paragraph:
                out_ += fmt::format("<p>{}</p>\n", inside);
                return;
        }
    }

    const Lesson& lesson_;
    const Run& run_;
    const PageSettings& settings_;
    Labels words_;
    Located located_;
    std::string out_;
    int stops_ = 0;
};

}  // namespace

std::string html_text(std::string_view text) {
    std::string out;
    std::string line;
    const auto flush = [&] {
        for (const char c : trace::safe(line))
            out += c == '<'   ? "&lt;"
                   : c == '>' ? "&gt;"
                   : c == '&' ? "&amp;"
                   : c == '"' ? "&quot;"
                              : std::string(1, c);
        line.clear();
    };
    for (const char c : text) {
        if (c == '\n') {
            flush();
            out += '\n';
        } else {
            line += c;
        }
    }
    flush();
    return out;
}

std::string whole_page(const std::string& language, const std::string& title,
                       const std::string& body) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{}</style>\n"
        "</head>\n<body>\n{}</body>\n</html>\n",
        language, html_text(title), kStyle, body);
}

std::string lesson_page(const Lesson& lesson, const Run& run, const PageSettings& settings) {
    return whole_page(settings.language, lesson.title, PageWriter(lesson, run, settings).write());
}

}  // namespace evglass::lessons
