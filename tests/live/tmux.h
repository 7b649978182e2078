// A terminal for tests: a tmux of its own with one window that runs a shell. Keys go in, the screen
// comes out as text. Ends with the object.
#pragma once

#include <functional>
#include <string>

namespace evglass::viz::testing {

class Tmux {
 public:
    Tmux(int columns, int rows);
    ~Tmux();
    Tmux(const Tmux&) = delete;
    Tmux& operator=(const Tmux&) = delete;

    /// Types a line into the shell.
    void run(const std::string& line) const;
    /// Presses keys, as tmux names them ("Left", "space", "s").
    void press(const std::string& key) const;
    /// Several at once: words of the shell.
    void press_all(const std::string& keys) const;
    void type(const std::string& text) const;
    void resize(int columns, int rows) const;
    std::string screen() const;
    std::string screen_with_colors() const;  ///< with the sequences that set colours
    /// A tmux variable of the pane, like "alternate_on".
    std::string variable(const std::string& name) const;
    /// Waits until the screen has (or no longer has) this text; false if it takes too long.
    bool shows(const std::string& text) const;
    bool hides(const std::string& text) const;
    /// Waits until a condition holds of the screen; false if it takes too long.
    bool becomes(const std::function<bool(const std::string& screen)>& as_wanted) const;

 private:
    std::string command(const std::string& arguments) const;
    std::string name_;
};

/// Runs a shell command and returns what it wrote to stdout and stderr, and its exit status.
std::string output_of(const std::string& command, int* status = nullptr);
/// A single-quoted word for the shell.
std::string shell_word(const std::string& text);

}  // namespace evglass::viz::testing
