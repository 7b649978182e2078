// The loop: a key, a frame. Nothing moves by itself here, so it sleeps until a key or a signal.
#include "viz/compare/stage_show.h"

#include <algorithm>

#include <fmt/format.h>

#include "viz/compare/stage.h"
#include "viz/live/signals.h"
#include "viz/live/surroundings.h"
#include "viz/live/terminal.h"

namespace evglass::viz::compare {
namespace {

constexpr int kRest = 500;  // ms

void watch(Stage& stage, Terminal& terminal, bool unicode) {
    while (!stage.leaving() && ending_signal() == 0) {
        terminal.show(stage.frame(terminal.columns(), terminal.rows()));
        for (const Key& key : terminal.wait(kRest)) {
            stage.press(key);
            const auto place = stage.take_place();
            if (!place) continue;
            stage.say(watch_recording(terminal, place->trace, place->record, unicode));
            break;  // what was typed behind Enter was meant for another screen
        }
    }
}

int fail(const std::string& why) {
    fmt::print(stderr, "evglass live: {}\n", why);
    return 2;
}

}  // namespace

int show_stage(std::vector<Story> stories, const LiveOptions& options) {
    std::string error;
    const auto keys = parse_keys(options.keys, error);
    if (!keys) return fail(error);
    const Surroundings around = look_around(options);
    Stage stage(std::move(stories), around.unicode);
    for (const Key& key : *keys) stage.press(key);
    if (options.once) {
        const auto [columns, rows] = printed_size(options);
        fmt::print("{}", stage.frame(columns, rows).text());
        return 0;
    }
    const auto terminal = Terminal::take({.color = around.color, .utf8 = around.utf8}, error);
    if (terminal == nullptr) return fail(error);
    watch(stage, *terminal, around.unicode);
    return 0;
}

std::string stage_missing(const std::vector<Story>& stories) {
    for (const Story& story : stories)
        if (!story.left_out.empty()) return fmt::format("{}: {}", story.mechanism, story.left_out);
    return steps_differ(stories);
}

}  // namespace evglass::viz::compare
