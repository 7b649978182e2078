// Exercise of lesson 27, solved: the filter looks at the length, and waits until all of it is
// there.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/evglass.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

bufferevent_filter_result records_in(evbuffer* from, evbuffer* to, ev_ssize_t,
                                     bufferevent_flush_mode, void*) {
    unsigned char length = 0;
    bool gave = false;
    while (evbuffer_copyout(from, &length, 1) == 1 &&
           evbuffer_get_length(from) >= std::size_t{length} + 1) {
        evbuffer_drain(from, 1);
        evbuffer_remove_buffer(from, to, length);
        evbuffer_add(to, "\n", 1);
        gave = true;
    }
    return gave ? BEV_OK : BEV_NEED_MORE;
}

struct Reader {
    int records = 0;
    std::string bytes;
};

void on_record(bufferevent* bev, void* arg) {
    auto* reader = static_cast<Reader*>(arg);
    std::size_t length = 0;
    while (char* line = evbuffer_readln(bufferevent_get_input(bev), &length, EVBUFFER_EOL_LF)) {
        reader->bytes.append(line, length);
        ++reader->records;
        std::free(line);
    }
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    std::mt19937 random(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1);
    const int records = argc > 2 ? static_cast<int>(std::strtol(argv[2], nullptr, 10)) : 5;
    event_base* base = event_base_new();
    bufferevent* ends[2];
    if (bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, ends) != 0) return 1;
    bufferevent* filter = bufferevent_filter_new(ends[1], records_in, nullptr,
                                                 BEV_OPT_CLOSE_ON_FREE, nullptr, nullptr);
    Reader reader;
    bufferevent_setcb(filter, on_record, nullptr, nullptr, &reader);
    bufferevent_enable(filter, EV_READ);

    std::string stream, wanted;
    for (int i = 0; i < records; ++i) {
        const std::string text(1 + random() % 200, static_cast<char>('a' + i % 26));
        stream += static_cast<char>(text.size());
        stream += text;
        wanted += text;
    }
    while (!stream.empty()) {
        const std::size_t piece = std::min<std::size_t>(1 + random() % 60, stream.size());
        bufferevent_write(ends[0], stream.data(), piece);
        stream.erase(0, piece);
        event_base_loop(base, EVLOOP_NONBLOCK);
    }
    std::printf("records: %d\n", reader.records);
    std::printf("bytes: %s\n", reader.bytes == wanted ? "as sent" : "not as sent");
    bufferevent_free(filter);
    bufferevent_free(ends[0]);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_free(base);
    return 0;
}
