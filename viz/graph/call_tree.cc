// Replays enter and leave into a tree. A callback is a node too: calls made in it hang below it.
#include "viz/graph/call_tree.h"

#include <map>

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;

constexpr std::size_t kDeepest = 200;  // a damaged trace may never leave

class Builder {
 public:
    explicit Builder(const Scene& scene) : scene_(scene) {
        tree_.nodes.push_back({"the program", 1, false, {}});
    }

    CallTree build() {
        for (const trace::Record* record : scene_.records) one(*record);
        return std::move(tree_);
    }

 private:
    using Stack = std::vector<std::size_t>;

    void one(const trace::Record& r) {
        if (!r.known) return;
        switch (r.id()) {
            case trace::RecordId::enter:
                ++tree_.calls;
                return push(r, function_of(r), false);
            case trace::RecordId::api_begin:
                return push(r, function_of(r), true);
            case trace::RecordId::callback_begin:
                return push(r, "(a callback)", false);
            case trace::RecordId::leave:
            case trace::RecordId::api_end:
                return pop(r, function_of(r));
            case trace::RecordId::callback_end:
                return pop(r, "(a callback)");
            default:
                return;
        }
    }

    std::string function_of(const trace::Record& r) const {
        const trace::SiteInfo* site = scene_.site(r);
        return site == nullptr || site->function.empty() ? "(unknown)" : site->function;
    }

    void push(const trace::Record& r, const std::string& function, bool api) {
        Stack& stack = stacks_[r.thread];
        if (stack.size() >= kDeepest) return;
        const std::size_t node = child(stack.empty() ? 0 : stack.back(), function, api);
        ++tree_.nodes[node].count;
        stack.push_back(node);
    }

    // Unwinds to the innermost call of this function: what lies above it was never left (an
    // exception, a lost record).
    void pop(const trace::Record& r, const std::string& function) {
        Stack& stack = stacks_[r.thread];
        for (std::size_t i = stack.size(); i-- > 0;) {
            if (tree_.nodes[stack[i]].function != function) continue;
            stack.resize(i);
            return;
        }
    }

    std::size_t child(std::size_t parent, const std::string& function, bool api) {
        for (const std::size_t i : tree_.nodes[parent].children)
            if (tree_.nodes[i].function == function) return i;
        tree_.nodes.push_back({function, 0, api, {}});
        tree_.nodes[parent].children.push_back(tree_.nodes.size() - 1);
        return tree_.nodes.size() - 1;
    }

    const Scene& scene_;
    CallTree tree_;
    std::map<std::uint32_t, Stack> stacks_;
};

}  // namespace

CallTree call_tree(const Scene& scene) {
    return Builder(scene).build();
}

}  // namespace evglass::viz::graph
