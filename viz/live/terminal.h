// The terminal, for as long as this object lives: keys come in, Grids go out. Only terminal.cc
// knows ncurses. The terminal is given back as it was found on every way out: the destructor, a
// signal that ends the program or stops it for a while (see signals.h), and a crash. Invariant: at
// most one exists.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "viz/live/grid.h"
#include "viz/live/input.h"
#include "viz/live/mouse.h"

namespace evglass::viz {

class Terminal {
 public:
    struct Options {
        bool color = true;
        bool utf8 = true;  ///< the locale can show it
    };
    /// Takes the terminal. Null, with one line of why, if there is none or its type isn't known.
    static std::unique_ptr<Terminal> take(const Options& options, std::string& error);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    int columns() const;
    int rows() const;
    void show(const Grid& grid);
    /// Asks for reports of clicks and of the wheel, or no longer. While they come, the terminal
    /// does not select text. It is switched off again on every way out, and while we are stopped.
    void use_mouse(bool on);
    /// Waits for keys at most so long; none if only time passed or a signal came (signals.h).
    std::vector<Key> wait(int milliseconds);

 private:
    explicit Terminal(const Options& options);
    void choose_looks();
    void read_keys(std::vector<Key>& keys);
    void suspend();
    Options options_;
    bool mouse_ = false;
    MouseReader mouse_reader_;
    std::array<unsigned long, static_cast<std::size_t>(Style::count_)> attributes_{};
    std::array<short, static_cast<std::size_t>(Style::count_)> pairs_{};
};

}  // namespace evglass::viz
