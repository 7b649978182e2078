// See compare_story.h. Recordings that nobody asked to keep are gone before anything is printed, so
// that a pipe that breaks leaves none behind.
#include "viz/cli/compare_story.h"

#include <cstdio>
#include <filesystem>
#include <optional>

#include "viz/cli/command.h"
#include "viz/cli/output.h"
#include "viz/compare/plan.h"
#include "viz/compare/stage_show.h"
#include "viz/graph/render.h"
#include "viz/live/signals.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

/// What is to be compared where nobody says: on paper what fits a page, on the screen everything
/// that waits at all.
std::vector<std::string> usual_mechanisms(const compare::Lab& lab, bool live) {
    if (!live) return {"raw-poll", "raw-epoll", "raw-epoll-et", "epoll"};
    std::vector<std::string> all;
    for (const compare::MechanismRow& row : lab.mechanisms())
        if (row.name != "none") all.push_back(row.name);
    return all;
}

/// What is wrong with what is wished, before anything is run. Or empty.
std::string bad_wish(const StoryWishes& wishes, graph::Format& format) {
    if (!wishes.picture.empty() && !graph::format_of(wishes.picture, format))
        return "'" + wishes.picture + "' must end in .svg, .png or .dot";
    if (wishes.live && !terminal_missing().empty())
        return "--live needs a terminal: leave it out, or --keep DIR and `evglass live DIR/*.evg "
               "--once`";
    return "";
}

std::vector<compare::Story> record(const compare::Lab& lab,
                                   const std::vector<std::string>& mechanisms,
                                   const std::string& directory) {
    std::vector<compare::Story> stories;
    for (const std::string& mechanism : mechanisms) {
        if (ending_signal() != 0) break;
        stories.push_back(lab.story(mechanism, directory + "/" + mechanism + ".evg"));
    }
    return stories;
}

int write_picture(const std::string& path, graph::Format format, const std::string& dot) {
    const graph::Rendered picture = graph::render(dot, format);
    if (!picture.error.empty()) return fail("compare", picture.error);
    return write_output("compare", path, picture.bytes);
}

int show_on_screen(std::vector<compare::Story> stories) {
    std::string left_out;
    std::erase_if(stories, [&](const compare::Story& story) {
        if (!story.left_out.empty()) left_out = story.mechanism + ": " + story.left_out;
        return !story.left_out.empty();
    });
    if (stories.empty()) return fail("compare", "nothing to show: " + left_out);
    const int status = compare::show_stage(std::move(stories), {});
    if (!left_out.empty()) say("compare", "left out: " + left_out);
    return status;
}

/// Why the recordings can't be kept there; or empty. Nothing is written over.
std::string bad_directory(const std::string& keep, const std::vector<std::string>& mechanisms) {
    std::error_code failed;
    for (const std::string& mechanism : mechanisms) {
        const std::string path = keep + "/" + mechanism + ".evg";
        if (fs::exists(path, failed))
            return "'" + path + "' is there already: name another directory with --keep";
    }
    return "";
}

}  // namespace

int tell_story(const compare::Lab& lab, const StoryWishes& wishes) {
    graph::Format format = graph::Format::dot;
    std::string error = bad_wish(wishes, format);
    const std::vector<std::string> mechanisms =
        wishes.mechanisms.empty() ? usual_mechanisms(lab, wishes.live) : wishes.mechanisms;
    if (error.empty()) error = compare::check_mechanisms(lab, mechanisms);
    if (error.empty() && !wishes.keep.empty()) error = bad_directory(wishes.keep, mechanisms);
    if (!error.empty()) return fail("compare", error);
    if (!wishes.keep.empty() && make_directory("compare", wishes.keep) != kWell) return kBad;

    std::optional<compare::ScratchDirectory> scratch;
    if (wishes.keep.empty()) scratch.emplace();
    std::vector<compare::Story> stories =
        record(lab, mechanisms, scratch ? scratch->path : wishes.keep);
    if (ending_signal() != 0) return kWell;  // the caller ends by it
    if (!wishes.keep.empty())
        say("compare", "kept in " + wishes.keep + ": `evglass live " + wishes.keep +
                           "/*.evg` shows them side by side");
    int status = kWell;
    if (!wishes.picture.empty())
        status = write_picture(wishes.picture, format, compare::story_dot(stories));
    if (status != kWell) return status;
    if (wishes.live) return show_on_screen(std::move(stories));
    scratch.reset();
    constexpr std::size_t kOfAFile = 132;
    std::fputs(compare::story_text(stories, terminal_width(kOfAFile)).c_str(), stdout);
    return status;
}

}  // namespace evglass::viz::cli
