// A model to bytes and back. Its large containers are told by their pages (shared_page.h): one that
// was written already is only named, so that the next moment of a trace costs what has changed in
// it; and one that is read stays where it is until somebody asks for it.
// It knows no file: a PageShelf keeps bytes and gives each a place. Read next: trace_index.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "trace/archive.h"
#include "trace/model.h"

namespace evglass::trace {

/// Where bytes are kept. A place is never 0.
class PageShelf {
 public:
    virtual ~PageShelf() = default;
    virtual std::uint64_t put(std::span<const std::byte> bytes) = 0;
    /// What was put at a place; nothing where there is none.
    virtual std::vector<std::byte> get(std::uint64_t place) const = 0;
};

/// Moments of one trace on one shelf.
class ModelShelf {
 public:
    explicit ModelShelf(std::shared_ptr<PageShelf> shelf);
    ~ModelShelf();
    ModelShelf(ModelShelf&&) noexcept;
    ModelShelf& operator=(ModelShelf&&) noexcept;

    /// Writes what has changed since the last model that was put, and returns where it stands.
    std::uint64_t put(const Model& model);
    /// REQUIRES: what put() returned. Bytes that are none of a model's give some other model.
    Model get(std::uint64_t place) const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// All that a model knows, as bytes. Two models that give the same are the same moment.
std::vector<std::byte> model_bytes(const Model& model);

}  // namespace evglass::trace
