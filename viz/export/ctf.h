// The Common Trace Format 1.8: a directory with a description of all record types (`metadata`) and
// one stream of records, for babeltrace2, Trace Compass and what else reads LTTng's traces. The
// description is made from the schema that the trace itself brought, so that records of types that
// this build doesn't know are exported too. One stream, so that the trace's one order is kept.
// Read next: ctf_metadata.cc (the description), ctf.cc (the bytes).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/reader.h"

namespace evglass::viz::exports {

/// The two files of the directory.
struct Ctf {
    std::string metadata, stream;
};

/// What the description tells of the recording.
struct CtfFacts {
    std::string program;
    std::uint64_t pid = 0;
    std::uint64_t start_wall_ns = 0;
};

Ctf write_ctf(trace::Reader& reader);
Ctf write_ctf(std::span<const trace::Record> records, const trace::TraceContext& context,
              const CtfFacts& facts);

/// The description alone.
std::string ctf_metadata(const trace::TraceContext& context, const CtfFacts& facts);
/// The types that can be described: those with a usable name and fields that lie within them.
std::vector<const trace::TraceRecordType*> ctf_types(const trace::TraceContext& context);
/// Is this a field whose value is text?
bool ctf_is_text(const trace::TraceField& field);

}  // namespace evglass::viz::exports
