// The line in which one types: a filter to find or to run to, a record to go to, or what events
// must have in their row (which is obeyed while one types). See app.h.
#include "trace/query.h"
#include "viz/live/app.h"

namespace evglass::viz {

void App::ask(Prompt::Kind kind, const std::string& label, const std::string& text) {
    view_.prompt = {.open = true, .kind = kind, .label = label, .text = text, .error = ""};
}

void App::type(const Key& key) {
    std::string& text = view_.prompt.text;
    switch (key.code) {
        case Key::Code::escape:
            if (view_.prompt.kind == Prompt::Kind::events) view_.only.clear();
            view_.prompt = {};
            return;
        case Key::Code::enter:
            return submit();
        case Key::Code::backspace:
            if (text.empty()) {
                view_.prompt = {};
                return;
            }
            drop_last_character(text);
            break;
        case Key::Code::character:
            if (key.character >= 0x20 && key.character != 0x7F) text += utf8(key.character);
            break;
        default:
            break;
    }
    typed();
}

void App::typed() {
    if (view_.prompt.kind == Prompt::Kind::events) {
        view_.only = view_.prompt.text;
        view_.chosen = 0;
    }
    // A complaint stays until the text is right: one sees at which letter it goes.
    if (view_.prompt.error.empty()) return;
    view_.prompt.error.clear();
    if (view_.prompt.kind == Prompt::Kind::find) check_filter();
}

void App::check_filter() {
    trace::Filter::parse(view_.prompt.text, view_.prompt.error);
}

void App::submit() {
    if (view_.prompt.kind == Prompt::Kind::find) return submit_filter();
    const Prompt prompt = view_.prompt;
    view_.prompt = {};
    if (prompt.kind == Prompt::Kind::events || prompt.text.empty()) return;
    const Outcome outcome = session_.jump(prompt.text);
    if (!outcome.is_error) return tell(outcome);
    view_.prompt = prompt;
    view_.prompt.error = outcome.text;
}

void App::submit_filter() {
    const std::string text = view_.prompt.text;
    if (text.empty()) {
        view_.prompt = {};
        return;
    }
    std::string error;
    const trace::Filter filter = trace::Filter::parse(text, error);
    if (!error.empty()) {
        view_.prompt.error = error;
        return;
    }
    view_.prompt = {};
    tell(session_.run_to(filter, text));
}

}  // namespace evglass::viz
