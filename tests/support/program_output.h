// Another program's output, for tests that ask one (babeltrace2, a browser): run without a shell,
// waited for, its errors thrown away.
#pragma once

#include <string>
#include <vector>

namespace evglass::test {

struct ProgramOutput {
    int status = -1;  ///< the exit status; 127: there is no such program
    std::string text;
};

/// `words[0]` is looked up in $PATH.
ProgramOutput output_of(std::vector<std::string> words);

}  // namespace evglass::test
