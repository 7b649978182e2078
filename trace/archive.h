// Values to bytes and back, small: every number is told as its difference from the number at the
// same place of the item before (items of a page resemble each other), with as few bytes as it
// needs. Bytes to be read may be anything: reading never leaves them, never fails with more than
// `failed`, and gives zeros from there on.
//
// A type is told by one function for both directions, `archive(a, value)`, found beside the type.
// Read next: model_archive.cc, where the model's types are told.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace evglass::trace {

/// What was told at each place of the item before. The first places need no memory of their own:
/// pages are many, and most items have no more.
class LikeBefore {
 public:
    void next_item() { number_ = text_ = 0; }
    std::uint64_t& number() { return at(few_numbers_, more_numbers_, number_); }
    std::string& text() { return at(few_texts_, more_texts_, text_); }

 private:
    template <class T, std::size_t N>
    static T& at(std::array<T, N>& few, std::vector<T>& more, std::size_t& next) {
        const std::size_t place = next++;
        if (place < N) return few[place];
        if (place - N == more.size()) more.emplace_back();
        return more[place - N];
    }
    std::array<std::uint64_t, 48> few_numbers_{};
    std::array<std::string, 1> few_texts_;
    std::vector<std::uint64_t> more_numbers_;
    std::vector<std::string> more_texts_;
    std::size_t number_ = 0, text_ = 0;
};

class ArchiveWriter {
 public:
    static constexpr bool kReads = false;

    const std::vector<std::byte>& bytes() const { return bytes_; }
    void next_item() { like_.next_item(); }

    void plain(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7) bytes_.push_back(static_cast<std::byte>(n | 0x80));
        bytes_.push_back(static_cast<std::byte>(n));
    }
    void number(std::uint64_t& n) {
        std::uint64_t& before = like_.number();
        const std::uint64_t difference = n - std::exchange(before, n);
        plain(difference << 1 ^ (difference >> 63 != 0 ? ~std::uint64_t{0} : 0));
    }
    std::size_t count(std::size_t n) {
        plain(n);
        return n;
    }
    void text(std::string& s) {
        std::string& before = like_.text();
        if (s == before) return plain(0);
        plain(s.size() + 1);
        const auto raw = std::as_bytes(std::span(s));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
        before = s;
    }
    bool failed() const { return false; }

 private:
    std::vector<std::byte> bytes_;
    LikeBefore like_;
};

class ArchiveReader {
 public:
    static constexpr bool kReads = true;

    explicit ArchiveReader(std::span<const std::byte> bytes) : left_(bytes) {}
    void next_item() { like_.next_item(); }
    bool failed() const { return failed_; }
    bool at_end() const { return left_.empty(); }

    std::uint64_t plain() {
        std::uint64_t n = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (left_.empty()) break;
            const auto byte = std::to_integer<std::uint64_t>(left_.front());
            left_ = left_.subspan(1);
            n |= (byte & 0x7f) << shift;
            if (byte < 0x80) return n;
        }
        return fail();
    }
    void number(std::uint64_t& n) {
        const std::uint64_t told = plain();
        n = like_.number() += told >> 1 ^ ((told & 1) != 0 ? ~std::uint64_t{0} : 0);
    }
    /// How many items follow: each of them has a byte at least.
    std::size_t count(std::size_t) {
        const std::uint64_t n = plain();
        return n <= left_.size() ? static_cast<std::size_t>(n) : static_cast<std::size_t>(fail());
    }
    void text(std::string& s) {
        const std::uint64_t told = plain();
        std::string& before = like_.text();
        if (told > left_.size() + 1) fail();
        if (told != 0 && !failed_) {
            const auto raw = left_.first(static_cast<std::size_t>(told - 1));
            before.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
            left_ = left_.subspan(raw.size());
        }
        s = before;
    }

 private:
    std::uint64_t fail() {
        failed_ = true;
        left_ = {};
        return 0;
    }
    std::span<const std::byte> left_;
    bool failed_ = false;
    LikeBefore like_;
};

template <class A, class T>
requires std::is_integral_v<T> || std::is_enum_v<T>
void archive(A& a, T& value) {
    auto n = static_cast<std::uint64_t>(value);
    a.number(n);
    if constexpr (A::kReads) value = static_cast<T>(n);
}
template <class A>
void archive(A& a, double& value) {
    auto n = std::bit_cast<std::uint64_t>(value);
    a.number(n);
    if constexpr (A::kReads) value = std::bit_cast<double>(n);
}
template <class A>
void archive(A& a, std::string& value) {
    a.text(value);
}

// Containers first as declarations: one may hold another.
template <class A, class T, class U>
void archive(A& a, std::pair<T, U>& value);
template <class A, class... T>
void archive(A& a, std::tuple<T...>& value);
template <class A, class T, std::size_t N>
void archive(A& a, std::array<T, N>& values);
template <class A, class T>
void archive(A& a, std::optional<T>& value);
template <class A, class T>
void archive(A& a, std::vector<T>& values);
template <class A, class T>
void archive(A& a, std::deque<T>& values);
template <class A, class T>
void archive(A& a, std::set<T>& values);
template <class A, class K, class V>
void archive(A& a, std::map<K, V>& values);

/// Several, one after the other.
template <class A, class... T>
void archive_all(A& a, T&... values) {
    (archive(a, values), ...);
}
/// A number that is near another one, which was told before it.
template <class A, class T>
void archive_near(A& a, T& value, T other) {
    auto n = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(other);
    a.number(n);
    if constexpr (A::kReads) value = static_cast<T>(static_cast<std::uint64_t>(other) + n);
}

template <class A, class T, class U>
void archive(A& a, std::pair<T, U>& value) {
    archive_all(a, const_cast<std::remove_const_t<T>&>(value.first), value.second);
}
template <class A, class... T>
void archive(A& a, std::tuple<T...>& value) {
    std::apply(
        [&](auto&... parts) {
            archive_all(a,
                        const_cast<std::remove_const_t<std::remove_reference_t<decltype(parts)>>&>(
                            parts)...);
        },
        value);
}
template <class A, class T, std::size_t N>
void archive(A& a, std::array<T, N>& values) {
    for (T& value : values) archive(a, value);
}
template <class A, class T>
void archive(A& a, std::optional<T>& value) {
    bool there = value.has_value();
    archive(a, there);
    if constexpr (A::kReads) {
        value.reset();
        if (there) value.emplace();
    }
    if (value) archive(a, *value);
}

/// A list of any kind: its length, then its items.
template <class A, class List>
void archive_list(A& a, List& values) {
    const std::size_t n = a.count(values.size());
    if constexpr (A::kReads) {
        values.clear();
        for (std::size_t i = 0; i < n && !a.failed(); ++i) {
            typename List::value_type value{};
            archive(a, value);
            values.insert(values.end(), std::move(value));
        }
    } else {
        for (const auto& value : values) archive(a, const_cast<typename List::value_type&>(value));
    }
}
template <class A, class T>
void archive(A& a, std::vector<T>& values) {
    archive_list(a, values);
}
template <class A, class T>
void archive(A& a, std::deque<T>& values) {
    archive_list(a, values);
}
template <class A, class T>
void archive(A& a, std::set<T>& values) {
    archive_list(a, values);
}
template <class A, class K, class V>
void archive(A& a, std::map<K, V>& values) {
    archive_list(a, values);
}

}  // namespace evglass::trace
