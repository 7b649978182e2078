// Random operations on a few evbuffers, each with a std::string beside it that must have the same
// bytes, and callbacks' counts that must add up. Whatever goes wrong says the seed and the step.
// Read next: model_buffers.cc, model_test.cc.
#pragma once

#include <event2/buffer.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace evglass::test {

class ModelBuffers {
 public:
    explicit ModelBuffers(std::uint32_t seed);
    ~ModelBuffers();
    ModelBuffers(const ModelBuffers&) = delete;
    ModelBuffers& operator=(const ModelBuffers&) = delete;

    /// One random operation, on the buffers and on the strings; then both are compared.
    void step();
    /// Ends the buffers and sees that every reference was given back.
    void finish();
    int references_open() const { return references_; }

 private:
    static constexpr std::size_t kBuffers = 3;
    /// A buffer and what must be in it.
    struct Pair {
        evbuffer* buf = nullptr;
        std::string bytes;
        bool front_frozen = false;
        bool back_frozen = false;
        std::size_t told = 0;  ///< length as its callback knows it
    };

    template <class A, class B>
    void same(const A& a, const B& b) {
        EXPECT_EQ(a, b) << "seed " << seed_ << ", step " << steps_ << ", " << operation_;
    }
    std::size_t below(std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
    }
    std::size_t some_size();
    std::string some_bytes(std::size_t size);
    Pair& some() { return pairs_[below(kBuffers)]; }
    void check(const Pair& p);
    void check_content(const Pair& p);
    bool shared(const Pair& p) const;

    void add();
    void prepend();
    void drain();
    void remove();
    void copyout();
    void pullup();
    void expand();
    void reserve();
    void move();
    void move_part();
    void prepend_buffer();
    void share();
    void reference();
    void file();
    void iovec_add();
    void print();
    void search();
    void search_eol();
    void readln();
    void peek();
    void pointer();
    void through_socket();
    void freeze();

    static void told(evbuffer* buf, const evbuffer_cb_info* info, void* pair);
    static void given_back(const void* data, std::size_t size, void* self);

    std::mt19937 random_;
    std::uint32_t seed_;
    std::uint64_t steps_ = 0;
    const char* operation_ = "";
    std::array<Pair, kBuffers> pairs_;
    int references_ = 0;
    int file_ = -1;
    std::string file_bytes_;
    int ends_[2] = {-1, -1};
};

}  // namespace evglass::test
