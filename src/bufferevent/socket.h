// A bufferevent on a socket: what socket.cc and connect.cc share.
#pragma once

#include "src/bufferevent/bufferevent_private.h"

struct bufferevent_socket : bufferevent_private {
    /// The turn in which something was last written, or tried to be.
    ev_uint64_t write_turn = ~ev_uint64_t{0};
    /// The read callback runs: what it adds to the output is written when it has returned.
    bool in_readcb = false;
    bool has_answer = false;  ///< it has added something
};
