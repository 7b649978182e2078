// The file of an index: bytes that were put there, each piece at its place, one of them the root.
// It is written once from its beginning to its end and never changed after that.
//
// Who believes a file must know that it is whole: a checksum over all of it is compared when it is
// opened. Who believes it must also know whose it is: it lies in a private directory
// (index_home.h), and it says by a number of 64 bits what it is the index of. In any doubt there is
// no index, and it is made anew. Read next: trace_index.h, which knows what the pieces mean.
#pragma once

#include <memory>
#include <string>

#include "trace/model_archive.h"

namespace evglass::trace {

class IndexFile : public PageShelf {
 public:
    /// A new one in this directory, under a name of its own until keep_as(). Null if that can't be.
    static std::shared_ptr<IndexFile> create(const std::string& directory);
    /// One that is whole and the index of `subject`. Null if there is none.
    static std::shared_ptr<IndexFile> open(const std::string& path, std::uint64_t subject);
    ~IndexFile() override;
    IndexFile(const IndexFile&) = delete;
    IndexFile& operator=(const IndexFile&) = delete;

    std::uint64_t put(std::span<const std::byte> bytes) override;
    std::vector<std::byte> get(std::uint64_t place) const override;
    std::uint64_t bytes() const;
    std::uint64_t root() const;

    /// The end of writing. False if not everything could be written.
    bool finish(std::uint64_t subject, std::uint64_t root);
    /// Gives the finished file its name. One that never gets it goes when this does.
    bool keep_as(const std::string& path);

 private:
    struct Impl;
    explicit IndexFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace evglass::trace
