// tmux with a server of its own: sessions, keys, screens, sizes, a client that attaches in a real
// terminal and detaches. Its server is a daemon, forked from the first client after that made a
// base.
#include <gtest/gtest.h>

#include "tests/dropin/stage.h"
#include "tests/live/tmux.h"

namespace evglass::dropin {
namespace {

// The commands of one tmux server.
class Scene {
 public:
    explicit Scene(Stage& stage) : stage_(stage) {
        unsetenv("TMUX");
        setenv("LC_ALL", "C.UTF-8", 1);
    }

    std::string words(const std::string& command) const {
        return stage_.under_library("tmux -S " + stage_.file("socket") + " -f /dev/null " +
                                    command);
    }
    /// Runs one command; what it printed becomes part of the transcript.
    void play(const std::string& command) {
        transcript += command + ":\n" + stage_.shell(words(command));
    }
    void expect_screen(const std::string& text) {
        const bool shown = wait_until(
            [&] { return stage_.shell(words("capture-pane -p")).find(text) != std::string::npos; });
        transcript += (shown ? "shows " : "never shows ") + text + "\n";
    }

    std::string transcript;

 private:
    Stage& stage_;
};

void play_sessions(Scene& scene) {
    scene.play("new-session -d -s one -n first -x 80 -y 24 'PS1=prompt\\> exec sh'");
    scene.expect_screen("prompt>");
    scene.play("send-keys 'echo six times seven is $((6*7))' Enter");
    scene.expect_screen("seven is 42");
    scene.play("capture-pane -p");
    scene.play("new-window -n second 'PS1=two\\> exec sh'");
    scene.expect_screen("two>");
    scene.play("split-window -h 'PS1=three\\> exec sh'");
    scene.expect_screen("three>");
    scene.play("list-windows -F '#{window_index} #{window_name} #{window_panes}'");
    scene.play("list-panes -F '#{pane_width}x#{pane_height}'");
    scene.play("resize-window -x 100 -y 30");
    scene.play("list-panes -F '#{pane_width}x#{pane_height}'");
    scene.play("send-keys 'seq 1 200; echo counted $((1+1))' Enter");
    scene.expect_screen("counted 2");
    scene.play("new-session -d -s two -x 60 -y 20 'sleep 1000'");
    scene.play("list-sessions -F '#{session_name} #{session_windows}'");
    scene.play("run-shell 'echo from a job'");
    scene.play("wait-for -S channel ';' wait-for channel");
    scene.play("nonsense");
    scene.play("kill-session -t two");
}

// A client in a terminal: another tmux, of the tests' own.
void play_terminal(Scene& scene) {
    scene.play("select-window -t one:0");
    const viz::testing::Tmux terminal(80, 24);
    terminal.run("unset TMUX; " + scene.words("attach -t one"));
    scene.transcript += terminal.shows("seven is 42") ? "attached\n" : "never attached\n";
    terminal.run("echo typed $((40+2)) here");
    scene.transcript += terminal.shows("typed 42 here") ? "typed\n" : "typing is lost\n";
    terminal.resize(70, 20);
    const bool resized = wait_until([&] { return terminal.variable("pane_width") == "70"; });
    scene.transcript += resized ? "resized\n" : "never resized\n";
    terminal.press("C-b");
    terminal.press("d");
    scene.transcript +=
        terminal.shows("[detached (from session one)]") ? "detached\n" : "still there\n";
}

TEST(Tmux, SessionsKeysScreensAndADetachedClient) {
    SKIP_UNLESS_INSTALLED("tmux");
    compare(2, {"shows counted 2", "attached", "typed", "resized", "detached", "ended\n"},
            [](Stage& stage) {
                Scene scene(stage);
                play_sessions(scene);
                play_terminal(scene);
                const pid_t server =
                    pid_in(stage.shell(scene.words("display-message -p '#{pid}'")));
                scene.play("kill-server");
                const bool over = server > 1 && wait_until([&] { return is_over(server); });
                scene.transcript += over ? "ended\n" : "hangs\n";
                return scene.transcript;
            });
}

// tmux in its terminal, the live view in another: what is typed in the one is seen in the other,
// and tmux runs on when the viewer is gone.
TEST(Tmux, ItsLoopIsWatchedFromAnotherTerminal) {
    SKIP_UNLESS_INSTALLED("tmux");
    Stage stage(Library::evglass);
    Scene scene(stage);
    scene.play("new-session -d -s one -x 80 -y 24 'PS1=prompt\\> exec sh'");
    scene.expect_screen("prompt>");
    const pid_t server = pid_in(stage.shell(scene.words("display-message -p '#{pid}'")));
    ASSERT_GT(server, 1) << scene.transcript;
    const viz::testing::Tmux viewer(120, 40);
    viewer.run("XDG_RUNTIME_DIR=" + stage.file("run") + " " + evglass_command() + " live " +
               std::to_string(server));
    EXPECT_TRUE(viewer.shows("FOLLOWING")) << viewer.screen();
    EXPECT_TRUE(viewer.shows("poll")) << viewer.screen();
    const std::string before = viewer.screen();
    scene.play("send-keys 'echo six times seven is $((6*7))' Enter");
    scene.expect_screen("seven is 42");
    EXPECT_TRUE(wait_until([&] { return viewer.screen() != before; })) << before;
    EXPECT_TRUE(viewer.shows("FOLLOWING")) << viewer.screen();
    viewer.press("q");
    EXPECT_TRUE(viewer.hides("FOLLOWING")) << viewer.screen();
    scene.play("send-keys 'echo still $((40+2)) here' Enter");
    scene.expect_screen("still 42 here");
    scene.play("kill-server");
    EXPECT_TRUE(wait_until([&] { return is_over(server); }));
    EXPECT_EQ(scene.transcript.find("never"), std::string::npos) << scene.transcript;
}

}  // namespace
}  // namespace evglass::dropin
