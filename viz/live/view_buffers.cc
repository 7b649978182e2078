// The Buffers screen: each direction of each bufferevent, and each buffer of nobody's, as a bar
// that fills up to its high watermark, with why it rests; below, the chains of the chosen one.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

constexpr std::uint64_t kUnboundedScale = 16384;  // of a bar without a high watermark

/// One bar: a buffer, and what is known of its direction.
struct Row {
    std::string owner, side;
    const trace::Buffer* buffer = nullptr;  ///< null: it told nothing yet
    const trace::Direction* direction = nullptr;
    const trace::Bufferevent* bev = nullptr;
};

std::string name_of(std::string_view type, int number) {
    if (const trace::EnumInfo* info = trace::find_enum(type))
        for (const trace::EnumValue& value : info->values)
            if (value.number == static_cast<std::uint64_t>(number)) return std::string(value.name);
    return "?";
}

std::string bits_of(std::string_view type, int bits) {
    std::string out;
    if (const trace::EnumInfo* info = trace::find_enum(type))
        for (const trace::EnumValue& value : info->values)
            if ((static_cast<std::uint64_t>(bits) & value.number) != 0)
                out += (out.empty() ? "" : "|") + std::string(value.name);
    return out;
}

std::string bytes_text(std::uint64_t n) {
    if (n < 10'000) return fmt::format("{}", n);
    return n < (10ULL << 20) ? fmt::format("{:.1f}K", static_cast<double>(n) / 1024)
                             : fmt::format("{:.1f}M", static_cast<double>(n) / (1 << 20));
}

std::vector<Row> buffer_rows(const Moment& moment) {
    std::vector<Row> rows;
    const trace::Model& model = *moment.model;
    for (const auto& [address, bev] : model.bufferevents()) {
        std::string owner = fmt::format("S{} {}", bev.ordinal, name_of("bevkind", bev.kind));
        if (bev.fd >= 0) owner += fmt::format(" fd {}", bev.fd);
        rows.push_back({owner, "in", model.buffer(bev.input), &bev.read, &bev});
        rows.push_back({"", "out", model.buffer(bev.output), &bev.write, &bev});
    }
    for (const auto& [address, buffer] : model.buffers())
        if (model.bufferevent(buffer.bufferevent) == nullptr)
            rows.push_back({fmt::format("V{}", buffer.ordinal), "", &buffer, nullptr, nullptr});
    return rows;
}

/// The columns of a row. What the bar leaves is for the words: why a direction rests.
struct Columns {
    int owner, bar, level;
};
Columns columns_for(int width) {
    if (width < 72) return {.owner = 16, .bar = 6, .level = 8};
    return {.owner = 18, .bar = std::clamp(width - 66, 14, 30), .level = 13};
}

/// "[####|....]": how full, and where the low watermark is.
std::string bar_text(const Row& row, int columns, bool unicode) {
    const std::uint64_t high = row.direction == nullptr ? 0 : row.direction->high;
    const std::uint64_t scale = high == 0 ? kUnboundedScale : high;
    const auto place = [&](std::uint64_t bytes) {
        const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(scale));
        return static_cast<int>(share * columns + 0.5);
    };
    const std::uint64_t length = row.buffer == nullptr ? 0 : row.buffer->length;
    const int full = length == 0 ? 0 : std::max(1, place(length));
    const std::uint64_t low = row.direction == nullptr ? 0 : row.direction->low;
    std::string text = "[";
    for (int i = 0; i < columns; ++i) {
        const bool mark = low != 0 && i == std::min(place(low), columns - 1);
        text += mark ? "|" : i < full ? (unicode ? "█" : "#") : (unicode ? "·" : ".");
    }
    return text + "]";
}

std::string level_text(const Row& row) {
    if (row.buffer == nullptr) return "?";
    std::string text = bytes_text(row.buffer->length);
    if (row.direction != nullptr && row.direction->high != 0)
        text += "/" + bytes_text(row.direction->high);
    return text;
}

std::uint64_t came_in_all(const trace::Buffer& buffer) {
    std::uint64_t bytes = buffer.moved_in;
    for (const std::uint64_t entered : buffer.entered) bytes += entered;
    return bytes;
}

std::string state_text(const Moment& moment, const Row& row) {
    if (row.direction == nullptr) return "of no bufferevent";
    std::string text = row.direction->enabled ? "enabled" : "disabled";
    if (row.direction->suspended != 0)
        text = "rests: " + bits_of("bevsuspend", row.direction->suspended);
    if (const trace::Bucket* bucket = moment.model->bucket(row.bev->address)) {
        const bool write = row.side == "out";
        const std::int64_t held = write ? bucket->write_limit : bucket->read_limit;
        if (held != INT64_MAX) text += fmt::format(", bucket {}", held);
        if (held != INT64_MAX && bucket->whole)
            text += fmt::format("/{}", write ? bucket->write_maximum : bucket->read_maximum);
    }
    if (row.side == "in" && row.bev->connect != 0)
        text += ", " + name_of("bevconnect", row.bev->connect);
    if (row.side == "in" && row.bev->tls != 0) text += ", TLS " + name_of("bevtls", row.bev->tls);
    if (!row.bev->exact) text += ", not exact";
    // Between two turns most buffers are empty: this tells which ones are busy.
    if (row.buffer != nullptr && came_in_all(*row.buffer) != 0)
        text += fmt::format(", {} came", bytes_text(came_in_all(*row.buffer)));
    return text;
}

void draw_row(Canvas canvas, int y, const Moment& moment, const Row& row, bool chosen) {
    const Columns columns = columns_for(canvas.width());
    int x = canvas.cell(0, y, 2, chosen ? canvas.glyphs().mark : "", Style::changed);
    x = canvas.cell(x, y, columns.owner, row.owner, Style::strong);
    x = canvas.cell(x, y, 4, row.side, Style::dim);
    const bool full = row.direction != nullptr && row.direction->high != 0 &&
                      row.buffer != nullptr && row.buffer->length >= row.direction->high;
    x = canvas.put(x, y, bar_text(row, columns.bar, canvas.unicode()),
                   full ? Style::warning : Style::pending);
    x = canvas.cell_right(x, y, columns.level, level_text(row), Style::normal) + 1;
    const bool rests = row.direction != nullptr && row.direction->suspended != 0;
    canvas.cell(x, y, canvas.width() - x, state_text(moment, row),
                rests ? Style::warning : Style::dim);
}

std::string chosen_note(const trace::Buffer& buffer) {
    std::string note =
        plural(buffer.chains.size(), "chain") + ", " + bytes_text(buffer.length) + " bytes";
    for (std::size_t way = 0; way < trace::Buffer::kWays; ++way)
        if (buffer.entered[way] != 0)
            note += ", " + name_of("bytesfrom", static_cast<int>(way)) + " " +
                    bytes_text(buffer.entered[way]);
    if (buffer.moved_in + buffer.moved_out != 0)
        note += fmt::format(", moved {} in {} out", bytes_text(buffer.moved_in),
                            bytes_text(buffer.moved_out));
    if (buffer.copied_within != 0) note += ", copied again " + bytes_text(buffer.copied_within);
    if (!buffer.exact) note += ", not exact: chains may be missing";
    return note;
}

void draw_chain(Canvas canvas, int y, const trace::Chain& chain, std::size_t index) {
    int x = canvas.cell_right(0, y, 4, std::to_string(index), Style::dim) + 1;
    const auto cells = [&](std::uint64_t bytes) {
        constexpr int kWidth = 24;
        return chain.size == 0 || bytes == 0
                   ? 0
                   : std::clamp(static_cast<int>(static_cast<double>(bytes) * kWidth /
                                                 static_cast<double>(chain.size)),
                                1, kWidth);
    };
    const bool unicode = canvas.unicode();
    x = canvas.put(x, y, "[");
    for (int i = cells(chain.misalign); i > 0; --i) x = canvas.put(x, y, "-", Style::dim);
    for (int i = cells(chain.used); i > 0; --i)
        x = canvas.put(x, y, unicode ? "█" : "#", Style::pending);
    for (int i = cells(chain.room()); i > 0; --i)
        x = canvas.put(x, y, unicode ? "·" : ".", Style::dim);
    x = canvas.put(x, y, "] ");
    std::string text = fmt::format("{} used of {}, {} in front, {} room", chain.used, chain.size,
                                   chain.misalign, chain.room());
    if (chain.how != 0) text += ", " + name_of("bytesfrom", chain.how);
    if (chain.flags != 0) text += ", " + bits_of("chainflags", chain.flags);
    canvas.cell(x, y, canvas.width() - x, text);
}

void draw_chosen(Canvas canvas, const Row& row) {
    if (canvas.height() < 2) return;
    if (row.buffer == nullptr) {
        canvas.rule(0, "Chains", "this buffer has told nothing yet");
        return;
    }
    canvas.rule(0, fmt::format("Chains of V{}", row.buffer->ordinal), chosen_note(*row.buffer));
    const int room = canvas.height() - 1;
    const auto& chains = row.buffer->chains;
    for (int i = 0; i < room && i < static_cast<int>(chains.size()); ++i)
        draw_chain(canvas, 1 + i, chains[static_cast<std::size_t>(i)], static_cast<std::size_t>(i));
}

}  // namespace

int buffers_length(const Moment& moment) {
    return static_cast<int>(buffer_rows(moment).size());
}

void view_buffers(Canvas canvas, const Moment& moment, const ViewState& view) {
    const auto rows = buffer_rows(moment);
    const int count = static_cast<int>(rows.size());
    const int below = std::clamp(canvas.height() / 3, 0, 10);
    const int room = std::max(1, canvas.height() - 1 - below);
    const int chosen = std::clamp(view.selected, 0, std::max(0, count - 1));
    const int first = first_row(chosen, count, room);
    canvas.rule(0, "Buffers",
                plural(moment.model->bufferevents().size(), "bufferevent") + ", " +
                    plural(moment.model->buffers().size(), "buffer"),
                seen_text(first, room, count));
    for (int i = 0; i < room && first + i < count; ++i) {
        draw_row(canvas, 1 + i, moment, rows[static_cast<std::size_t>(first + i)],
                 first + i == chosen);
        canvas.mark(1 + i, {Spot::Kind::row, static_cast<std::uint64_t>(first + i)});
    }
    if (count == 0) {
        canvas.part(2, 1, canvas.width() - 2, canvas.height() - 1)
            .wrap(0, 0, "no buffer is known yet: a quiet one tells itself when it is used next",
                  Style::dim);
        return;
    }
    const int at = 1 + std::min(room, count);
    draw_chosen(canvas.part(0, at, canvas.width(), canvas.height() - at),
                rows[static_cast<std::size_t>(chosen)]);
}

}  // namespace evglass::viz
