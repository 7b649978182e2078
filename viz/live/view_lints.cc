// The lints: each with its switch and what it found; of the chosen one the findings, the records
// that show them, and a paragraph that explains.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "trace/lints/lints.h"
#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

void draw_list(Canvas canvas, const LintsSeen& seen, const ViewState& view) {
    const auto all = trace::lints();
    const int count = static_cast<int>(all.size());
    const int first = first_row(view.selected, count, canvas.height());
    for (int i = 0; i < canvas.height() && first + i < count; ++i) {
        const auto index = static_cast<std::size_t>(first + i);
        const bool on = view.lints_on.on(index);
        const std::size_t found = seen.findings[index].size();
        const Style style = !on ? Style::dim : found > 0 ? Style::warning : Style::normal;
        canvas.put(0, i, on ? "[x]" : "[ ]", Style::dim);
        canvas.cell(4, i, canvas.width() - 8, all[index].name, style);
        canvas.cell_right(canvas.width() - 4, i, 3,
                          !on         ? "off"
                          : found > 0 ? std::to_string(found)
                                      : std::string(canvas.unicode() ? "·" : "-"),
                          style);
        canvas.mark(i, {Spot::Kind::row, index});
        if (first + i == view.selected) canvas.restyle(i, Style::selected, 0, canvas.width() - 1);
    }
}

int draw_finding(Canvas canvas, int y, const Moment& moment, const trace::Finding& finding) {
    std::string text = trace::safe(finding.about) + ": " + trace::safe(finding.text);
    if (finding.times > 1) text += fmt::format(" ({} times)", finding.times);
    y = canvas.wrap(0, y, text, Style::strong);
    std::string records;
    for (const std::uint64_t record : finding.evidence)
        if (record != 0) records += (records.empty() ? "#" : " #") + std::to_string(record);
    if (finding.place > 1 && moment.symbol)
        records += "  made by " + trace::safe(moment.symbol(finding.place - 1));
    if (y < canvas.height())
        canvas.put(2, y, fit(records, canvas.width() - 2, canvas.unicode()), Style::accent);
    return y + 1;
}

void draw_chosen(Canvas canvas, const Moment& moment, const ViewState& view, std::size_t index) {
    const trace::LintInfo& info = trace::lints()[index];
    int y = canvas.wrap(0, 0, info.summary, Style::title);
    const auto& findings = moment.lints->findings[index];
    if (findings.empty())
        canvas.put(0, y++, "nothing found", Style::dim);
    else if (!view.lints_on.on(index))
        canvas.put(0, y++, plural(findings.size(), "finding") + ", switched off", Style::dim);
    else
        for (const trace::Finding& finding : findings) {
            if (y > canvas.height() - 7) break;
            y = draw_finding(canvas, y, moment, finding);
        }
    canvas.wrap(0, y + 1, info.explanation, Style::dim);
}

std::string progress(const LintsSeen& seen) {
    std::size_t found = 0;
    for (const auto& findings : seen.findings) found += findings.size();
    std::string text = plural(found, "finding") + " in records up to " + count_text(seen.judged);
    if (seen.judged < seen.last) text += " of " + count_text(seen.last);
    return text;
}

}  // namespace

void view_lints(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.lints == nullptr) return canvas.rule(0, "Lints", "no record yet");
    canvas.rule(0, "Lints", progress(*moment.lints));
    constexpr int kList = 31;
    const int rows = canvas.height() - 1;
    draw_list(canvas.part(1, 1, kList, rows), *moment.lints, view);
    const auto chosen = static_cast<std::size_t>(
        std::clamp(view.selected, 0, static_cast<int>(trace::lints().size()) - 1));
    draw_chosen(canvas.part(kList + 2, 1, canvas.width() - kList - 3, rows), moment, view, chosen);
}

}  // namespace evglass::viz
