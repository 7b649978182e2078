// One small story on one mechanism, to be recorded and laid beside the others: an echo server and
// two clients, step by step. Before each step a mark says what the clients do; after it the server
// turns until nothing is ready. Descriptors are named by marks, as their numbers differ.
#pragma once

#include <string>

#include "lessons/lab/mechanism.h"

namespace lab {

/// Why it can't be told on this mechanism, or empty.
std::string run_steps(Mechanism& mechanism);

}  // namespace lab
