// The self-pipe's two ends: evsig_handler in signal context, evsig_cb in the loop.
#include "src/signal/evsig.h"

#include <errno.h>

#include <atomic>

#include "src/event/event_core.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"
#include "src/util/threads.h"

namespace {

// One process, one set of handlers. The handler itself reads only evsig_base_fd.
void* evsig_base_lock = nullptr;
event_base* evsig_base = nullptr;
int evsig_base_n_signals_added = 0;
std::atomic<evutil_socket_t> evsig_base_fd{-1};
static_assert(std::atomic<evutil_socket_t>::is_always_lock_free);

/// In signal context: errno is the interrupted code's.
void evsig_handler(int signal) {
    const int saved = errno;
    const evutil_socket_t fd = evsig_base_fd.load(std::memory_order_relaxed);
    if (fd >= 0) {
        const unsigned char message = static_cast<unsigned char>(signal);
        // A full pipe loses the byte, and that is right: the loop has 64 KiB of them to read.
        while (sys::write(fd, &message, 1) < 0 && errno == EINTR) {
        }
        TRACE(signal_caught, .signal = signal);
    }
    errno = saved;
}

/// In the loop: counts the bytes by signal, so that a storm is one activation with ncalls.
void evsig_cb(evutil_socket_t fd, short, void* arg) {
    auto* base = static_cast<event_base*>(arg);
    TRACE_CALL(base);
    short ncaught[_NSIG] = {};
    for (;;) {
        unsigned char signals[1024];
        const ssize_t n = sys::read(fd, signals, sizeof signals);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) event_sock_warn(fd, "%s: read", __func__);
        if (n <= 0) break;
        for (ssize_t i = 0; i < n; ++i) {
            if (signals[i] < _NSIG && ncaught[signals[i]] < 0x7fff) ++ncaught[signals[i]];
        }
    }
    const BaseLock lock(base);
    for (int signal = 0; signal < _NSIG; ++signal) {
        if (ncaught[signal] != 0) evmap_signal_active_(base, signal, ncaught[signal]);
    }
}

int make_tables(evsig_info& sig) {
    if (sig.sh_old != nullptr) return 0;
    if (!mm_grow(sig.sh_old, 0, static_cast<std::size_t>(_NSIG))) return -1;
    if (!mm_grow(sig.sh_installed, 0, static_cast<std::size_t>(_NSIG))) {
        mm_free(sig.sh_old);
        sig.sh_old = nullptr;
        return -1;
    }
    return 0;
}

int evsig_set_handler_(event_base* base, int signal) {
    TRACE_CALL(base);
    evsig_info& sig = base->sig;
    if (make_tables(sig) < 0) {
        event_warn("%s: no memory for the old signal handlers", __func__);
        return -1;
    }
    struct sigaction action = {};
    action.sa_handler = evsig_handler;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    if (sys::sigaction(signal, &action, &sig.sh_old[signal], false) < 0) {
        event_warn("sigaction");
        return -1;
    }
    sig.sh_installed[signal] = true;
    return 0;
}

int evsig_restore_handler_(event_base* base, int signal) {
    evsig_info& sig = base->sig;
    if (sig.sh_installed == nullptr || !sig.sh_installed[signal]) return 0;
    TRACE_CALL(base);
    sig.sh_installed[signal] = false;
    if (sys::sigaction(signal, &sig.sh_old[signal], nullptr, true) < 0) {
        event_warn("sigaction");
        return -1;
    }
    return 0;
}

}  // namespace

int evsig_global_setup_locks_() {
    if (evsig_base_lock == nullptr) evsig_base_lock = evthread_alloc_lock(0);
    return evthread_enabled() && evsig_base_lock == nullptr ? -1 : 0;
}

void evsig_global_shutdown_() {
    if (evsig_base_lock != nullptr) evthread_free_lock(evsig_base_lock, 0);
    evsig_base_lock = nullptr;
}

int evsig_init_(event_base* base) {
    TRACE_CALL(base);
    evsig_info& sig = base->sig;
    if (evutil_make_internal_pipe_(sig.ev_signal_pair) < 0) {
        event_sock_warn(-1, "%s: the signal pipe", __func__);
        return -1;
    }
    event_assign_internal_(&sig.ev_signal, base, sig.ev_signal_pair[0], EV_READ | EV_PERSIST,
                           evsig_cb, base, nullptr);
    event_make_internal(&sig.ev_signal, "signal pipe");
    event_priority_set(&sig.ev_signal, 0);
    return 0;
}

void evsig_set_base_(event_base* base) {
    TRACE_CALL(base);
    const ScopedLock lock(evsig_base_lock);
    evsig_base = base;
    evsig_base_n_signals_added = base->sig.ev_n_signals_added;
    evsig_base_fd = base->sig.ev_signal_pair[1];
}

int evsig_add(event_base* base, int signal) {
    TRACE_CALL(base);
    evsig_info& sig = base->sig;
    {
        const ScopedLock lock(evsig_base_lock);
        if (evsig_base != base && evsig_base_n_signals_added > 0) {
            event_warnx(
                "Added a signal to event base %p with signals already added to event_base %p. "
                "Only one can have signals at a time with the %s backend. The base with the most "
                "recently added signal or the most recent event_base_loop() call gets preference; "
                "do not rely on this behavior in future versions.",
                static_cast<void*>(base), static_cast<void*>(evsig_base), base->evsel->name);
        }
        evsig_base = base;
        evsig_base_n_signals_added = ++sig.ev_n_signals_added;
        evsig_base_fd = sig.ev_signal_pair[1];
    }
    if (evsig_set_handler_(base, signal) == 0) {
        // The pipe is watched from the first signal event on, and not before.
        if (sig.ev_signal_added || event_add_nolock_(&sig.ev_signal, nullptr, false) == 0) {
            sig.ev_signal_added = true;
            return 0;
        }
        evsig_restore_handler_(base, signal);
    }
    const ScopedLock lock(evsig_base_lock);
    --evsig_base_n_signals_added;
    --sig.ev_n_signals_added;
    return -1;
}

int evsig_del(event_base* base, int signal) {
    TRACE_CALL(base);
    {
        const ScopedLock lock(evsig_base_lock);
        if (evsig_base == base) --evsig_base_n_signals_added;
        --base->sig.ev_n_signals_added;
    }
    return evsig_restore_handler_(base, signal);
}

void evsig_forget_base_(event_base* base) {
    const ScopedLock lock(evsig_base_lock);
    if (evsig_base != base) return;
    evsig_base = nullptr;
    evsig_base_n_signals_added = 0;
    evsig_base_fd = -1;
}

void evsig_dealloc_(event_base* base) {
    TRACE_CALL(base);
    evsig_info& sig = base->sig;
    if (sig.ev_signal_added) {
        event_del_nolock_(&sig.ev_signal, DelMode::NOBLOCK);
        sig.ev_signal_added = false;
    }
    event_debug_unassign(&sig.ev_signal);
    for (int signal = 0; signal < _NSIG; ++signal) evsig_restore_handler_(base, signal);
    // Before the pipe's fd can be somebody else's, the handler must not know it any more.
    evsig_forget_base_(base);
    for (evutil_socket_t& fd : sig.ev_signal_pair) {
        if (fd >= 0) sys::close(fd);
        fd = -1;
    }
    mm_free(sig.sh_old);
    mm_free(sig.sh_installed);
    sig.sh_old = nullptr;
    sig.sh_installed = nullptr;
}
