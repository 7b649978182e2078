// Addresses of a traced program to names: function, file:line (libdw), else module+offset.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "trace/reader.h"

namespace evglass::trace {

struct Symbol {
    std::string function;  ///< demangled; empty if not known
    std::string file;      ///< empty if not known
    int line = 0;
    std::string module;  ///< last part of the path
    std::uint64_t offset = 0;
    /// "on_read (echo-server.cc:41)", else "on_read", else "echo-server+0x1234". Without
    /// parameters, and without the namespace that has no name.
    std::string text() const;
};

/// Looks addresses up in the files that the trace names, as they are on this machine now. Keeps
/// what it found. A file that changed since (another build id) only gives module+offset.
/// A return address (Event::creator) is that of the next instruction: look up one less.
class Symbols {
 public:
    explicit Symbols(const TraceContext& trace);
    ~Symbols();
    const Symbol& find(std::uint64_t address) const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace evglass::trace
