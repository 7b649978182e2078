// Signals as events: the self-pipe. A handler may do almost nothing safely, but it may write a
// byte. So the handler writes the signal's number into a pipe, and the loop, which watches the
// other end like any fd, wakes and runs the signal's callbacks as ordinary ones.
//
// Invariants: the handler of a signal is installed while some base has an event for it; the pipe is
// watched while the base has any signal event.
// One base of a process gets signals at a time: the one that added a signal event, or started its
// loop, last. Read next: evsig.cc.
#pragma once

#include <event2/event_struct.h>
#include <signal.h>

struct event_base;

struct evsig_info {
    event ev_signal{};                             ///< reads the pipe
    evutil_socket_t ev_signal_pair[2] = {-1, -1};  ///< the loop reads [0], the handler writes [1]
    bool ev_signal_added = false;
    int ev_n_signals_added = 0;
    struct sigaction* sh_old = nullptr;  ///< by signal: what was there before us
    bool* sh_installed = nullptr;        ///< by signal: is sh_old in use?
};

/// Makes the pipe and its event. 0 or -1.
int evsig_init_(event_base* base);
/// The first event for a signal comes, the last one goes. 0 or -1.
int evsig_add(event_base* base, int signal);
int evsig_del(event_base* base, int signal);
/// From now on signals go to this base.
void evsig_set_base_(event_base* base);
/// Closes the pipe and gives all signals their old dispositions back.
void evsig_dealloc_(event_base* base);
/// Forgets a base that lives on in the parent process only (event_reinit).
void evsig_forget_base_(event_base* base);
/// Frees the process-wide lock (libevent_global_shutdown).
void evsig_global_shutdown_();
/// Makes the process-wide lock, once locking is on. 0 or -1.
int evsig_global_setup_locks_();
