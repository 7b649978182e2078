// Ways out that are not the front door: signals that end the viewer or stop it for a while, and
// crashes. The first are noted, so that the loop ends in order; the second put the terminal back
// with write(2) alone and let the signal do what it does.
// Read next: terminal.cc, live.cc.
#pragma once

#include <string>

namespace evglass::viz {

/// Notes SIGINT, SIGTERM, SIGHUP and SIGQUIT while it lives, and sees to crashes. One at a time.
class SignalGuard {
 public:
    SignalGuard();
    ~SignalGuard();
    SignalGuard(const SignalGuard&) = delete;
    SignalGuard& operator=(const SignalGuard&) = delete;
};

/// The signal that asked us to end, or 0.
int ending_signal();
/// Readable once ending_signal() is not 0.
int signal_fd();
/// As if SIGHUP had come.
void note_hangup();

/// Was ^Z pressed (SIGTSTP) since this was asked last? Noted while a terminal is saved.
bool stop_asked();
/// Stops this process, as SIGTSTP does where nobody minds it, until it is continued.
void stop_until_continued();

/// What a crash has to put back: the terminal's modes as they are now, and these bytes written.
void save_terminal(int input, int output, const std::string& bytes);
void forget_terminal();

}  // namespace evglass::viz
