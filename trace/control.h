// What a viewer tells a traced process while it runs: categories, stops, pause and steps.
// It maps the control page of the process's trace; it never touches the process itself. If this
// object goes (or its process is killed), held threads go on by themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "trace/query.h"

namespace evglass::trace {

class Control {
 public:
    struct Opened;
    /// Maps the control page of a trace that is being recorded. One viewer at a time may control.
    static Opened open(const std::string& trace_path);
    ~Control();
    Control(Control&&) noexcept;
    Control& operator=(Control&&) noexcept;

    void set_mask(std::uint32_t categories);
    std::uint32_t mask() const;
    /// Hold at the next record. `categories`: which records count as steps.
    void pause(std::uint32_t categories);
    /// Let `records` records pass, then hold again.
    void step(std::uint32_t records = 1);
    /// Run until a record matches, then hold there. Replaces an earlier run_to.
    /// Returns an error line if the filter can't be tested in the traced process.
    std::string run_to(const Filter& filter, std::uint32_t skip = 0);
    /// Open the gate and forget all stops.
    void resume();
    bool paused() const;    ///< records wait: after pause(), or because a stop was reached
    unsigned held() const;  ///< how many threads wait at the gate now
    void request_keyframe();

 private:
    struct Impl;
    explicit Control(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct Control::Opened {
    std::optional<Control> control;
    std::string error;
};

}  // namespace evglass::trace
