// The solution of lesson 14's exercise: a hole moves, up past later parents or down past earlier
// children, until the timer that looks for a place fits into it.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Timer {
    int deadline = 0;
    std::size_t index = 0;  ///< its place in the heap's array
};

long compared = 0;
bool earlier(const Timer* a, const Timer* b) {
    ++compared;
    return a->deadline < b->deadline;
}

class Heap {
 public:
    void push(Timer* timer) {
        items_.push_back(timer);
        rise(items_.size() - 1, timer);
    }
    void erase(Timer* timer) {
        const std::size_t hole = timer->index;
        Timer* last = items_.back();
        items_.pop_back();
        if (last == timer) return;
        if (hole > 0 && earlier(last, items_[(hole - 1) / 4]))
            rise(hole, last);
        else
            sink(hole, last);
    }
    /// The earliest. REQUIRES: there is one.
    Timer* first() const { return items_.front(); }
    const std::vector<Timer*>& items() const { return items_; }

 private:
    void place(std::size_t at, Timer* timer) {
        items_[at] = timer;
        timer->index = at;
    }
    void rise(std::size_t hole, Timer* timer) {
        for (; hole > 0 && earlier(timer, items_[(hole - 1) / 4]); hole = (hole - 1) / 4)
            place(hole, items_[(hole - 1) / 4]);
        place(hole, timer);
    }
    void sink(std::size_t hole, Timer* timer) {
        for (;;) {
            const std::size_t begin = hole * 4 + 1, end = std::min(begin + 4, items_.size());
            if (begin >= end) break;
            std::size_t best = begin;
            for (std::size_t i = begin + 1; i < end; ++i)
                if (earlier(items_[i], items_[best])) best = i;
            if (!earlier(items_[best], timer)) break;
            place(hole, items_[best]);
            hole = best;
        }
        place(hole, timer);
    }

    std::vector<Timer*> items_;
};

}  // namespace

int main(int argc, char** argv) {
    std::mt19937 random(argc == 2 ? static_cast<unsigned>(std::stoul(argv[1])) : 1U);
    Heap heap;
    std::vector<std::unique_ptr<Timer>> timers;
    std::multiset<int> sorted;
    int wrong = 0, misplaced = 0;
    for (int step = 0; step < 2000; ++step) {
        if (timers.size() < 100 || random() % 2 == 0) {
            timers.push_back(std::make_unique<Timer>());
            timers.back()->deadline = static_cast<int>(random() % 10000);
            sorted.insert(timers.back()->deadline);
            heap.push(timers.back().get());
        } else {  // half of the time the first one, else any
            Timer* gone = random() % 2 == 0 ? heap.first() : timers[random() % timers.size()].get();
            sorted.erase(sorted.find(gone->deadline));
            heap.erase(gone);
            for (auto& each : timers) {
                if (each.get() != gone) continue;
                std::swap(each, timers.back());
                break;
            }
            timers.pop_back();
        }
        if (heap.first()->deadline != *sorted.begin()) ++wrong;
        if (heap.items().size() != timers.size()) ++misplaced;
        for (std::size_t i = 0; i < heap.items().size(); ++i)
            if (heap.items()[i]->index != i) ++misplaced;
    }
    char text[100];
    const int size = std::snprintf(text, sizeof text, "wrong: %d\nmisplaced: %d\ncompared: %ld\n",
                                   wrong, misplaced, compared);
    return write(STDOUT_FILENO, text, static_cast<std::size_t>(size)) == size ? 0 : 1;
}
