// System calls as strace prints them: epoll_ctl(3, ADD, 7, IN|RDHUP) = 0 <1.2 us>.
// One small function for each call writes its arguments; the rest is the same for all.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <span>

#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::trace {

namespace {

struct Constant {
    int value;
    std::string_view name;
};

std::string one_of(int value, std::span<const Constant> constants) {
    for (const Constant& c : constants)
        if (c.value == value) return std::string(c.name);
    return std::to_string(value);
}

std::string bits_of(int value, std::span<const Constant> constants) {
    std::string out;
    for (const Constant& c : constants) {
        if ((value & c.value) == 0) continue;
        out += (out.empty() ? "" : "|") + std::string(c.name);
        value &= ~c.value;
    }
    if (value != 0 || out.empty())
        out +=
            (out.empty() ? "" : "|") + (value == 0 ? "0" : hex_text(static_cast<unsigned>(value)));
    return out;
}

constexpr Constant kOpenFlags[] = {{O_NONBLOCK, "NONBLOCK"}, {O_CLOEXEC, "CLOEXEC"}};
constexpr Constant kSocketFlags[] = {{SOCK_NONBLOCK, "NONBLOCK"}, {SOCK_CLOEXEC, "CLOEXEC"}};
constexpr Constant kSocketTypes[] = {{SOCK_STREAM, "STREAM"}, {SOCK_DGRAM, "DGRAM"}};
constexpr Constant kDomains[] = {{AF_UNIX, "UNIX"}, {AF_INET, "INET"}, {AF_INET6, "INET6"}};
constexpr Constant kLevels[] = {{SOL_SOCKET, "SOL_SOCKET"}};
constexpr Constant kSocketOptions[] = {{SO_REUSEADDR, "REUSEADDR"}, {SO_REUSEPORT, "REUSEPORT"},
                                       {SO_KEEPALIVE, "KEEPALIVE"}, {SO_ERROR, "ERROR"},
                                       {SO_RCVBUF, "RCVBUF"},       {SO_SNDBUF, "SNDBUF"}};
constexpr Constant kFcntls[] = {{F_GETFL, "GETFL"},
                                {F_SETFL, "SETFL"},
                                {F_GETFD, "GETFD"},
                                {F_SETFD, "SETFD"},
                                {F_DUPFD_CLOEXEC, "DUPFD_CLOEXEC"}};

std::string socket_type(int type) {
    const int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
    const std::string kind = one_of(type & ~flags, kSocketTypes);
    return flags == 0 ? kind : kind + "|" + bits_of(flags, kSocketFlags);
}

std::string milliseconds(int timeout) {
    return timeout < 0 ? "for ever" : std::to_string(timeout) + " ms";
}

template <class Usec>
std::string wait_text(Usec timeout) {
    return timeout.value < 0 ? "for ever" : usec_text(timeout);
}

std::string args(const rec::sys_epoll_create1& r) {
    return (r.flags & EPOLL_CLOEXEC) != 0 ? "CLOEXEC" : std::to_string(r.flags);
}
std::string args(const rec::sys_epoll_ctl& r) {
    return fmt::format("{}, {}, {}, {}", r.epfd.value, enum_text("epollop", r.op), r.fd.value,
                       flags_text("epollmask", r.events.value, nullptr));
}
std::string args(const rec::sys_epoll_wait& r) {
    return fmt::format("{}, {} events, {}", r.epfd.value, r.maxevents, milliseconds(r.timeout));
}
std::string args(const rec::sys_epoll_pwait2& r) {
    return fmt::format("{}, {} events, {}", r.epfd.value, r.maxevents, wait_text(r.timeout));
}
std::string args(const rec::sys_io_uring_setup& r) {
    return fmt::format("{} entries, flags 0x{:x}", r.entries, r.flags);
}
std::string args(const rec::sys_io_uring_enter& r) {
    return fmt::format("{}, submit {}, wait for {}, {}", r.ring.value, r.to_submit, r.min_complete,
                       wait_text(r.timeout));
}
std::string args(const rec::sys_io_uring_register& r) {
    return fmt::format("{}, operation {}", r.ring.value, r.operation);
}
std::string args(const rec::sys_poll& r) {
    return fmt::format("{} fds, {}", r.nfds, milliseconds(r.timeout));
}
std::string args(const rec::sys_select& r) {
    return fmt::format("{} fds, {}", r.nfds, wait_text(r.timeout));
}
std::string args(const rec::sys_socket& r) {
    return fmt::format("{}, {}, {}", one_of(r.domain, kDomains), socket_type(r.type), r.protocol);
}
std::string args(const rec::sys_bind& r) {
    return r.port == 0 ? std::to_string(r.fd.value)
                       : fmt::format("{}, port {}", r.fd.value, r.port);
}
std::string args(const rec::sys_listen& r) {
    return fmt::format("{}, {}", r.fd.value, r.backlog);
}
std::string args(const rec::sys_accept4& r) {
    return std::to_string(r.fd.value);
}
std::string args(const rec::sys_pipe2& r) {
    return fmt::format("[{}, {}], {}", r.readfd.value, r.writefd.value,
                       bits_of(r.flags, kOpenFlags));
}
std::string args(const rec::sys_eventfd& r) {
    return bits_of(r.flags, kOpenFlags);
}
std::string args(const rec::sys_read& r) {
    return fmt::format("{}, {} bytes", r.fd.value, r.size);
}
std::string args(const rec::sys_write& r) {
    return fmt::format("{}, {} bytes", r.fd.value, r.size);
}
std::string args(const rec::sys_readv& r) {
    return fmt::format("{}, {} bytes in {} pieces", r.fd.value, r.size, r.pieces);
}
std::string args(const rec::sys_writev& r) {
    return fmt::format("{}, {} bytes in {} pieces", r.fd.value, r.size, r.pieces);
}
std::string args(const rec::sys_sendfile& r) {
    return fmt::format("{}, file {}, from {}, {} bytes", r.fd.value, r.file.value, r.offset,
                       r.size);
}
std::string args(const rec::sys_ioctl_fionread& r) {
    return fmt::format("{}, [{}]", r.fd.value, r.available);
}
std::string args(const rec::sys_mmap& r) {
    return fmt::format("file {}, from {}, {} bytes", r.fd.value, r.offset, r.size);
}
std::string args(const rec::sys_munmap& r) {
    return fmt::format("{} bytes", r.size);
}
std::string args(const rec::sys_pread& r) {
    return fmt::format("{}, from {}, {} bytes", r.fd.value, r.offset, r.size);
}
std::string args(const rec::sys_fstat& r) {
    return fmt::format("{}, [{} bytes]", r.fd.value, r.size);
}
std::string args(const rec::sys_open& r) {
    return "\"" + safe(r.path.view()) + "\"";
}
std::string args(const rec::sys_sendto& r) {
    return fmt::format("{}, {} bytes, port {}", r.fd.value, r.size, r.port);
}
std::string args(const rec::sys_recvfrom& r) {
    return fmt::format("{}, {} bytes, port {}", r.fd.value, r.size, r.port);
}
std::string args(const rec::sys_close& r) {
    return std::to_string(r.fd.value);
}
std::string args(const rec::sys_sigaction& r) {
    return signal_text(r.signal) + ", " + enum_text("sigact", r.action);
}
std::string args(const rec::sys_setsockopt& r) {
    const std::string option =
        r.level == SOL_SOCKET ? one_of(r.option, kSocketOptions) : std::to_string(r.option);
    return fmt::format("{}, {}, {}, {}", r.fd.value, one_of(r.level, kLevels), option, r.value);
}
std::string args(const rec::sys_getsockopt& r) {
    const std::string option =
        r.level == SOL_SOCKET ? one_of(r.option, kSocketOptions) : std::to_string(r.option);
    return fmt::format("{}, {}, {}, {}", r.fd.value, one_of(r.level, kLevels), option, r.value);
}
std::string args(const rec::sys_fcntl& r) {
    const bool flags = r.command == F_SETFL;
    return fmt::format("{}, {}, {}", r.fd.value, one_of(r.command, kFcntls),
                       flags ? bits_of(r.argument, kOpenFlags) : std::to_string(r.argument));
}
std::string args(const rec::sys_socketpair& r) {
    return fmt::format("{}, {}, [{}, {}]", one_of(r.domain, kDomains), socket_type(r.type),
                       r.first.value, r.second.value);
}
std::string args(const rec::sys_connect& r) {
    return r.port == 0 ? std::to_string(r.fd.value)
                       : fmt::format("{}, port {}", r.fd.value, r.port);
}

std::int64_t to_ns(std::uint64_t ticks, double ticks_per_ns) {
    const double ns = ticks_per_ns > 0 ? static_cast<double>(ticks) / ticks_per_ns : 0;
    return ns < 9e18 ? static_cast<std::int64_t>(ns) : INT64_MAX;
}

/// Calls `use` with the record as the struct of its system call. False if it is none.
template <class Use>
bool visit_syscall(const Record& record, const Use& use) {
    if (!record.known) return false;
    switch (record.id()) {
#define FIELD(type, name)
#define RETIRED(id, name)
#define RECORD(id, name, category, clock, fields, doc)                                    \
    case RecordId::name:                                                                  \
        if constexpr (rec::name::kCategory == Category::syscall) {                        \
            const auto* r = record.as<rec::name>();                                       \
            if (r != nullptr) use(*r, std::string_view(#name).substr(sizeof "sys_" - 1)); \
            return r != nullptr;                                                          \
        } else {                                                                          \
            return false;                                                                 \
        }
#include "trace/records.def"
#undef RECORD
#undef RETIRED
#undef FIELD
    }
    return false;
}

}  // namespace

std::string syscall_text(const Record& record, double ticks_per_ns) {
    std::string text;
    visit_syscall(record, [&](const auto& r, std::string_view name) {
        text = fmt::format("{}({}) = {}", name, args(r), static_cast<std::int64_t>(r.result));
        if (r.error.value != 0) text += " " + errno_text(r.error);
        text += " <" + duration_text(to_ns(r.duration, ticks_per_ns)) + ">";
    });
    return text;
}

std::int64_t syscall_duration_ns(const Record& record, double ticks_per_ns) {
    std::int64_t ns = 0;
    visit_syscall(record,
                  [&](const auto& r, std::string_view) { ns = to_ns(r.duration, ticks_per_ns); });
    return ns;
}

}  // namespace evglass::trace
