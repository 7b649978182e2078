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
    struct Frame {
        std::size_t node = 0;
        bool api = false;
    };
    using Stack = std::vector<Frame>;

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
        if (is_same_call(stack, function, api)) return stack.push_back({stack.back().node, api});
        const std::size_t node = child(stack.empty() ? 0 : stack.back().node, function);
        ++tree_.nodes[node].count;
        tree_.nodes[node].api = tree_.nodes[node].api || api;
        stack.push_back({node, api});
    }

    // A public function tells twice: that it is entered, and that it is called. That is one call.
    bool is_same_call(const Stack& stack, const std::string& function, bool api) {
        if (stack.empty() || stack.back().api == api) return false;
        const std::size_t top = stack.back().node;
        const bool told_twice = stack.size() > 1 && stack[stack.size() - 2].node == top;
        if (told_twice || tree_.nodes[top].function != function) return false;
        tree_.nodes[top].api = true;
        return true;
    }

    // Unwinds to the innermost call of this function: what lies above it was never left (an
    // exception, a lost record).
    void pop(const trace::Record& r, const std::string& function) {
        Stack& stack = stacks_[r.thread];
        for (std::size_t i = stack.size(); i-- > 0;) {
            if (tree_.nodes[stack[i].node].function != function) continue;
            stack.resize(i);
            return;
        }
    }

    std::size_t child(std::size_t parent, const std::string& function) {
        for (const std::size_t i : tree_.nodes[parent].children)
            if (tree_.nodes[i].function == function) return i;
        tree_.nodes.push_back({function, 0, false, {}});
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
