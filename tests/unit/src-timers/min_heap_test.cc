// The heap against a sorted multiset: random pushes, erases and changes of deadline, and after each
// the two invariants of min_heap.h.
#include "src/timers/min_heap.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <vector>

#include "src/timers/clock.h"

namespace {

class HeapTest : public ::testing::Test {
 protected:
    HeapTest() { min_heap_ctor_(&heap_, nullptr); }
    ~HeapTest() override { min_heap_dtor_(&heap_); }

    event* make(std::int64_t usec) {
        events_.push_back(std::make_unique<event>());
        event* ev = events_.back().get();
        min_heap_elt_init_(ev);
        ev->ev_timeout = usec_to_timeval(usec);
        return ev;
    }
    void push(event* ev) {
        ASSERT_EQ(min_heap_reserve_(&heap_, heap_.n + 1), 0);
        min_heap_push_(&heap_, ev);
    }
    void change(event* ev, std::int64_t usec) {
        const std::int64_t before = timeval_to_usec(ev->ev_timeout);
        ev->ev_timeout = usec_to_timeval(usec);
        min_heap_adjust_(&heap_, ev, before);
    }
    void expect_ok() const {
        for (std::size_t i = 0; i < heap_.n; ++i) {
            ASSERT_EQ(heap_.items[i].ev->ev_timeout_pos.min_heap_idx, static_cast<int>(i));
            ASSERT_EQ(heap_.items[i].deadline, timeval_to_usec(heap_.items[i].ev->ev_timeout));
            if (i > 0) {
                ASSERT_LE(heap_.items[min_heap_parent_(i)].deadline, heap_.items[i].deadline);
            }
        }
    }

    min_heap heap_;
    std::vector<std::unique_ptr<event>> events_;
};

TEST_F(HeapTest, an_empty_heap_has_no_top) {
    EXPECT_TRUE(min_heap_empty_(&heap_));
    EXPECT_EQ(min_heap_top_(&heap_), nullptr);
}

TEST_F(HeapTest, the_earliest_is_on_top_and_knows_its_place) {
    event* late = make(300);
    event* early = make(100);
    push(late);
    push(early);
    EXPECT_EQ(min_heap_top_(&heap_), early);
    EXPECT_TRUE(min_heap_elt_is_top_(early));
    min_heap_erase_(&heap_, early);
    EXPECT_EQ(early->ev_timeout_pos.min_heap_idx, -1);
    EXPECT_EQ(min_heap_top_(&heap_), late);
}

TEST_F(HeapTest, a_changed_deadline_moves_either_way) {
    std::vector<event*> all;
    for (int i = 0; i < 30; ++i) {
        all.push_back(make(1000 + i * 10));
        push(all.back());
    }
    change(all[29], 1);
    EXPECT_EQ(min_heap_top_(&heap_), all[29]);
    change(all[29], 5000);
    EXPECT_EQ(min_heap_top_(&heap_), all[0]);
    expect_ok();
}

TEST_F(HeapTest, equals_a_sorted_multiset_under_random_changes) {
    std::mt19937 random(42);
    std::multiset<std::int64_t> truth;
    std::vector<event*> in;
    const auto any = [&](std::size_t n) { return random() % n; };
    for (int step = 0; step < 20000; ++step) {
        const auto choice = any(10);
        if (choice < 5 || in.empty()) {
            in.push_back(make(static_cast<std::int64_t>(any(1000))));
            truth.insert(timeval_to_usec(in.back()->ev_timeout));
            push(in.back());
        } else {
            const std::size_t i = choice < 8 ? any(in.size()) : in.size() - 1;
            event* ev = in[i];
            truth.erase(truth.find(timeval_to_usec(ev->ev_timeout)));
            if (choice == 9) {
                change(ev, static_cast<std::int64_t>(any(1000)));
                truth.insert(timeval_to_usec(ev->ev_timeout));
            } else {
                min_heap_erase_(&heap_, ev);
                in.erase(in.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
        ASSERT_EQ(heap_.n, truth.size());
        if (!truth.empty()) {
            ASSERT_EQ(heap_.items[0].deadline, *truth.begin());
        }
        if (step % 64 == 0) expect_ok();
    }
}

}  // namespace
