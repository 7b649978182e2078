// Protocol buffers' wire format, the writing half: what little of it a trace needs. A message is
// built from the inside out; nothing is read. Read next: perfetto.cc, the one user.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evglass::viz::exports {

class Wire {
 public:
    Wire& number(std::uint32_t field, std::uint64_t value) {
        tag(field, kVarint);
        varint(value);
        return *this;
    }
    Wire& fixed64(std::uint32_t field, std::uint64_t value) {
        tag(field, kFixed64);
        for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>((value >> (8 * i)) & 0xff);
        return *this;
    }
    Wire& text(std::uint32_t field, std::string_view value) {
        tag(field, kBytes);
        varint(value.size());
        bytes_ += value;
        return *this;
    }
    Wire& message(std::uint32_t field, const Wire& inner) { return text(field, inner.bytes_); }

    const std::string& bytes() const { return bytes_; }

 private:
    static constexpr std::uint32_t kVarint = 0, kFixed64 = 1, kBytes = 2;
    void tag(std::uint32_t field, std::uint32_t type) { varint((field << 3) | type); }
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
        bytes_ += static_cast<char>(value);
    }
    std::string bytes_;
};

}  // namespace evglass::viz::exports
