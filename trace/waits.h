// Which system calls are the one in which a loop sleeps, whatever its backend. For all who count
// sleeping apart from working. Read next: reader.h (records).
#pragma once

#include "trace/reader.h"

namespace evglass::trace {

inline bool is_wait(const Record& record) {
    switch (record.id()) {
        case RecordId::sys_epoll_wait:
        case RecordId::sys_epoll_pwait2:
        case RecordId::sys_poll:
        case RecordId::sys_select:
        case RecordId::sys_io_uring_enter:
            return true;
        default:
            return false;
    }
}

}  // namespace evglass::trace
