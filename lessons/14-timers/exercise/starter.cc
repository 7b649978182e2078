// Exercise of lesson 14: a heap with four children.
// `Heap` keeps timers so that the earliest can be asked for, and any of them can be taken out. As
// it stands it is an array without order, searched from end to end. Make it a heap. Compare
// deadlines with `earlier` alone: it counts. Leave `main` as it is.
#include <unistd.h>

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
        timer->index = items_.size();
        items_.push_back(timer);
    }
    void erase(Timer* timer) {
        items_[timer->index] = items_.back();
        items_[timer->index]->index = timer->index;
        items_.pop_back();
    }
    /// The earliest. REQUIRES: there is one.
    Timer* first() const {
        Timer* best = items_.front();
        for (Timer* each : items_)
            if (earlier(each, best)) best = each;
        return best;
    }
    const std::vector<Timer*>& items() const { return items_; }

 private:
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
