// How far a learner has come, kept in a small text file of the user: one line for each lesson,
// "slug page pages". A file that cannot be read or written costs nothing but the progress.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace evglass::lessons {

class Progress {
 public:
    struct Place {
        std::size_t page = 0;   ///< pages that were read
        std::size_t pages = 0;  ///< pages that there were
        bool done() const { return pages != 0 && page >= pages; }
    };

    /// $XDG_STATE_HOME/evglass/lessons, else ~/.local/state/evglass/lessons; empty without a home.
    static std::string default_path();
    explicit Progress(std::string path);
    Place of(const std::string& slug) const;
    void set(const std::string& slug, Place place);
    /// Forgets one lesson, or all for an empty slug.
    void reset(const std::string& slug);
    /// Writes the file anew beside the old one and puts it in its place. False: it was not kept.
    bool save() const;

 private:
    std::string path_;
    std::map<std::string, Place> places_;
};

}  // namespace evglass::lessons
