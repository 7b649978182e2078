// The panes that speak of bytes: buffers, bufferevents, changes that wait. panes.cc has them in its
// table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lessons/runner/labels.h"
#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// A buffer's chains, one a line: how many bytes, where, and how much room.
std::vector<std::string> buffer_pane(const Moment& at, std::string_view buffer,
                                     const Labels& words);
/// A bufferevent's two directions: what is in the buffer, the watermarks, why it rests.
std::vector<std::string> bufferevent_pane(const Moment& at, std::string_view bufferevent,
                                          const Labels& words);
/// The changelist.
std::vector<std::string> changes_pane(const Moment& at, std::string_view, const Labels& words);
/// The locks that were taken so far: who holds each.
std::vector<std::string> locks_pane(const Moment& at, std::string_view, const Labels& words);

}  // namespace evglass::lessons
