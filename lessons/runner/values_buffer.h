// The names of the expression language that speak of bytes. values.cc hands them over.
#pragma once

#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// buffer(NAME).MEMBER; none before the buffer is known.
Answered ask_buffer(const Operand& operand, const Moment& at);
/// bev(NAME).MEMBER; none before the bufferevent is known.
Answered ask_bufferevent(const Operand& operand, const Moment& at);
/// changes.MEMBER: the changelist.
Answered ask_changes(const Operand& operand, const trace::Base& base);

}  // namespace evglass::lessons
