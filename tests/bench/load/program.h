// A program that is measured: with whose library, with which trace, and the processor time that it
// took. Used by echo/ and watched/.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace bench {

/// Of two processors one is the program's, with what loads it; the other is for what looks on.
enum class Processor { program, view };
/// The calling thread, and what it begins, from here on. Where there is only one, nothing.
void stay_on(Processor processor);

struct Start {
    std::vector<std::string> command;
    std::string libraries = {};  ///< a folder; empty: where the program finds them itself
    std::string trace = {};      ///< a file; empty: no trace
};

/// A program and its output. It ends when this does.
class Program {
 public:
    /// With a trace: returns when the file is there.
    explicit Program(Start start);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Its output up to and with the next newline; empty at its end.
    std::string line() const;
    /// Waits until it has ended; its processor time in nanoseconds.
    double finish();
    /// The same, after asking it to.
    double end();

 private:
    /// Until the file is there, or the program is not any more.
    void wait_for(const std::string& trace) const;

    pid_t pid_ = -1;
    int fd_ = -1;
};

}  // namespace bench
