// Maps the control page of a live trace and writes what the viewer wants there.
// The traced process reads it whenever it likes (trace/writer/gate.cc): every change is an atomic
// store, a stop is disarmed while it is written, and waiting threads are woken by one word.
#include "trace/control.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "trace/control_lock.h"
#include "trace/format.h"
#include "trace/layout_check.h"
#include "trace/process_alive.h"
#include "trace/stop_compile.h"
#include "trace/text.h"

namespace evglass::trace {

using format::Gate;

/// Owns the descriptor (and with it the lock) and the mapped page.
struct Control::Impl {
    explicit Impl(Reader opened) : reader(std::move(opened)) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (page != nullptr) {
            open_gate();
            munmap(page, format::kPage);
        }
        if (fd >= 0) close(fd);
    }

    void wake() {
        page->wake.fetch_add(1);
        syscall(SYS_futex, &page->wake, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    }
    void clear_stops() {
        for (format::Stop& stop : page->stop) stop.armed.store(0);
    }
    void open_gate() {
        clear_stops();
        page->gate.store(Gate::open);
        page->credits.store(0);
        wake();
    }
    void arm(format::Stop& stop, const CompiledStop& from, std::uint32_t skip);
    std::string map(const std::string& path);

    Reader reader;  ///< for names of values; nothing is polled from it
    TraceSchema schema;
    int fd = -1;
    format::Control* page = nullptr;
};

void Control::Impl::arm(format::Stop& stop, const CompiledStop& from, std::uint32_t skip) {
    std::memset(stop.types, 0, sizeof stop.types);
    for (const std::uint16_t type : from.types)
        stop.types[type / 64] |= std::uint64_t{1} << type % 64;
    stop.categories = from.categories;
    stop.fields = static_cast<std::uint32_t>(from.fields.size());
    stop.hits.store(0);
    stop.skip = skip;
    stop.once = 1;
    std::memset(stop.function, 0, sizeof stop.function);
    from.function.copy(stop.function, sizeof stop.function - 1);
    std::copy(from.fields.begin(), from.fields.end(), stop.field);
    stop.armed.store(1, std::memory_order_release);
}

/// Opens, checks, locks and maps. Empty, or one line that says why not.
std::string Control::Impl::map(const std::string& path) {
    const std::string name = safe(path);
    RawFile file;
    CheckedHeader header;
    LiveHeader live;
    if (!file.open(path)) return "can't open " + name + ": " + strerrordesc_np(errno);
    if (std::string error = read_header(file, path, header); !error.empty()) return error;
    if (!read_live_header(file, header, live) || live.status != format::Status::recording ||
        !process_alive(header.pid, header.process_start) ||
        !process_maps(header.pid, file.descriptor()))
        return name + " is not being recorded any more: it can be looked at, but not controlled";
    if (header.control_offset % format::kPage != 0 ||
        file.size() < header.control_offset + format::kPage)
        return name + " is damaged: its control page is not there";

    std::string text(header.schema_bytes, '\0');
    text.resize(file.read(header.schema_offset, std::as_writable_bytes(std::span(text))));
    std::vector<std::string> warnings;
    schema.parse(text, warnings);

    fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return "can't control " + name + ": " + strerrordesc_np(errno);
    if (!lock_control(fd, header.control_offset))
        return errno == EAGAIN || errno == EACCES
                   ? "another viewer controls " + name +
                         ": leave it first, or only look (one can control)"
                   : "can't control " + name + ": " + strerrordesc_np(errno);
    void* at = mmap(nullptr, format::kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                    static_cast<off_t>(header.control_offset));
    if (at == MAP_FAILED)
        return "can't map the control page of " + name + ": " + strerrordesc_np(errno);
    page = static_cast<format::Control*>(at);
    page->viewers.fetch_add(1);
    return {};
}

Control::Opened Control::open(const std::string& trace_path) {
    Reader::Opened reader = Reader::open(trace_path);
    if (!reader.reader) return {std::nullopt, reader.error};
    auto impl = std::make_unique<Impl>(std::move(*reader.reader));
    if (std::string error = impl->map(trace_path); !error.empty()) return {std::nullopt, error};
    // Whatever an earlier viewer left behind is not this one's wish.
    impl->open_gate();
    return {Control(std::move(impl)), {}};
}

Control::Control(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Control::~Control() = default;
Control::Control(Control&&) noexcept = default;
Control& Control::operator=(Control&&) noexcept = default;

void Control::set_mask(std::uint32_t categories) {
    impl_->page->mask.store(categories & kAllCategories);
}
std::uint32_t Control::mask() const {
    return impl_->page->mask.load();
}

void Control::pause(std::uint32_t categories) {
    impl_->page->gate_mask.store(categories);
    impl_->page->credits.store(0);
    impl_->page->gate.store(Gate::step);
}

void Control::step(std::uint32_t records) {
    constexpr std::uint32_t kMost = 1u << 30;
    impl_->page->credits.store(static_cast<std::int32_t>(std::min(records, kMost)));
    impl_->page->gate.store(Gate::step);
    impl_->wake();
}

std::string Control::run_to(const Filter& filter, std::uint32_t skip) {
    std::string error;
    const std::vector<CompiledStop> stops =
        compile_stops(filter, impl_->schema, impl_->reader, error);
    if (!error.empty()) return error;
    if (skip != 0 && stops.size() > 1)
        return "to let matches pass, stop at one type of record: add name=";
    impl_->clear_stops();
    for (std::size_t i = 0; i < stops.size(); ++i) impl_->arm(impl_->page->stop[i], stops[i], skip);
    impl_->page->credits.store(0);
    impl_->page->gate.store(Gate::stops);
    impl_->wake();
    return {};
}

void Control::resume() {
    impl_->open_gate();
}
bool Control::paused() const {
    return impl_->page->gate.load() == Gate::step;
}
unsigned Control::held() const {
    return impl_->page->held.load();
}
void Control::request_keyframe() {
    impl_->page->keyframe_requests.fetch_add(1);
}

}  // namespace evglass::trace
