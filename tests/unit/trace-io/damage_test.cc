// Files that lie: cut off anywhere, with bytes changed, of other kinds. The reader must neither
// crash nor hang, and must say what is wrong in one line.
#include <fcntl.h>

#include <fstream>
#include <random>

#include "tests/unit/trace-io/io_fixture.h"
#include "trace/format.h"

namespace evglass::trace::testing {
namespace {

constexpr std::uint32_t kBeads = 3000;

class Damage : public TraceIo {
 protected:
    void SetUp() override {
        TraceIo::SetUp();
        start("ring=64K");
        for (std::uint32_t i = 0; i < kBeads; ++i) emit_bead(i);
        evglass_mark("the end");
        evglass_trace_stop();
        std::ifstream file(path(), std::ios::binary);
        whole_.assign(std::istreambuf_iterator<char>(file), {});
        std::memcpy(&blocks_, whole_.data() + offsetof(format::FileHeader, blocks_offset),
                    sizeof blocks_);
        write("damaged.evg", whole_);
    }
    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary | std::ios::trunc) << bytes;
    }
    /// Opens and reads; what there is must be sane. Returns how many records there were.
    std::size_t read_sanely(const std::string& name) const {
        Reader::Opened opened = Reader::open(path(name));
        if (!opened.reader) {
            EXPECT_FALSE(opened.error.empty());
            EXPECT_EQ(opened.error.find('\n'), std::string::npos);
            return 0;
        }
        std::size_t count = 0;
        std::uint64_t number = 0;
        // A header that says "recording" and names a living process is read again and again.
        for (int i = 0; i < 3 && !opened.reader->finished(); ++i)
            for (const Record& record : opened.reader->poll()) {
                EXPECT_GT(record.number, number);
                number = record.number;
                EXPECT_LE(record.site, opened.reader->sites().size());
                EXPECT_LT(record.thread, opened.reader->threads().size() + format::kPage * 16);
                if (record.known && record.fields.size() != find_record(record.type)->size)
                    ADD_FAILURE() << "a known record of the wrong size";
                ++count;
            }
        for (const std::string& warning : opened.reader->warnings())
            EXPECT_EQ(warning.find('\n'), std::string::npos);
        return count;
    }
    std::string error_of(const std::string& bytes) const {
        write("bad.evg", bytes);
        return Reader::open(path("bad.evg")).error;
    }

    std::string whole_;
    std::uint64_t blocks_ = 0;
};

TEST_F(Damage, CutOffAnywhereGivesWhatIsThere) {
    std::size_t before = 0;
    for (std::size_t size = 512; size < whole_.size(); size += 512) {
        ASSERT_EQ(truncate(path("damaged.evg").c_str(), 0), 0);
        write("damaged.evg", whole_.substr(0, size));
        const std::size_t count = read_sanely("damaged.evg");
        ASSERT_GE(count, before) << "at " << size;
        before = count;
    }
    EXPECT_GT(before, 500u);
}

TEST_F(Damage, CutOffFileSaysSo) {
    write("cut.evg", whole_.substr(0, blocks_ + 6000));
    Reader reader = open("cut.evg");
    EXPECT_FALSE(reader.poll().empty());
    EXPECT_TRUE(reader.finished());
    ASSERT_EQ(reader.warnings().size(), 1u);
    EXPECT_NE(reader.warnings()[0].find("is truncated"), std::string::npos) << reader.warnings()[0];
}

TEST_F(Damage, ChangedBytesNeverHarmTheReader) {
    std::mt19937 random(7);
    const int fd = ::open(path("damaged.evg").c_str(), O_WRONLY);
    ASSERT_GE(fd, 0);
    std::size_t schema = 0;
    std::memcpy(&schema, whole_.data() + offsetof(format::FileHeader, schema_offset),
                sizeof schema);
    // Where a change matters most: header, schema, heads of blocks, records, and anywhere.
    const std::pair<std::size_t, std::size_t> places[] = {
        {8, sizeof(format::FileHeader)}, {schema, schema + 8000}, {blocks_, blocks_ + 200},
        {blocks_, whole_.size()},        {8, whole_.size()},
    };
    for (int round = 0; round < 2000; ++round) {
        const auto [from, to] = places[static_cast<std::size_t>(round) % std::size(places)];
        const std::size_t at = std::uniform_int_distribution<std::size_t>(from, to - 1)(random);
        const std::size_t bytes = std::min<std::size_t>(1 + random() % 4, whole_.size() - at);
        std::string lie(bytes, '\0');
        for (char& c : lie) c = static_cast<char>(random() % 3 == 0 ? 0xff : random());
        ASSERT_EQ(pwrite(fd, lie.data(), bytes, static_cast<off_t>(at)),
                  static_cast<ssize_t>(bytes));
        read_sanely("damaged.evg");
        if (HasFailure()) FAIL() << "round " << round << ", " << bytes << " bytes at " << at;
        ASSERT_EQ(pwrite(fd, whole_.data() + at, bytes, static_cast<off_t>(at)),
                  static_cast<ssize_t>(bytes));
    }
    close(fd);
    EXPECT_GT(read_sanely("damaged.evg"), 500u);
}

TEST_F(Damage, OtherKindsOfFilesAreNamed) {
    EXPECT_NE(error_of("").find("is not a trace"), std::string::npos);
    EXPECT_NE(error_of("hello, world, this is a text").find("is not a trace"), std::string::npos);
    EXPECT_NE(error_of(std::string(5000, '\0')).find("unfinished"), std::string::npos);
    EXPECT_NE(error_of(whole_.substr(0, 100)).find("truncated"), std::string::npos);
    EXPECT_NE(Reader::open(path("none.evg")).error.find("No such file"), std::string::npos);
    EXPECT_NE(Reader::open(directory_).error.find("directory"), std::string::npos);
    EXPECT_NE(Reader::open("/dev/null").error.find("not a regular file"), std::string::npos);

    std::string other = whole_;
    const std::uint32_t version = 9;
    std::memcpy(other.data() + offsetof(format::FileHeader, version), &version, sizeof version);
    EXPECT_NE(error_of(other).find("format version 9"), std::string::npos);
    other = whole_;
    const std::uint32_t order = __builtin_bswap32(format::kByteOrder);
    std::memcpy(other.data() + offsetof(format::FileHeader, byte_order), &order, sizeof order);
    EXPECT_NE(error_of(other).find("other byte order"), std::string::npos);
}

TEST_F(Damage, UnknownRecordTypesAreDelivered) {
    // The trace's schema calls heap_move another name and id, as a newer one might.
    std::string other = whole_;
    const std::size_t line = other.find("record 41 heap_move");
    ASSERT_NE(line, std::string::npos);
    other.replace(line, 19, "record 99 heap_jump");
    write("newer.evg", other);
    Reader reader = open("newer.evg");
    // Records of 41 are in no schema now; a record of 99 would be.
    const std::vector<Record> records = reader.poll();
    ASSERT_GT(records.size(), 500u);
    EXPECT_FALSE(records[0].known);
    EXPECT_EQ(records[0].type, 41);
    EXPECT_EQ(records[0].fields.size(), sizeof(rec::heap_move));
    ASSERT_NE(reader.type(99), nullptr);
    EXPECT_EQ(reader.type(99)->name, "heap_jump");
    EXPECT_EQ(reader.type(99)->fields.size(), 4u);
    EXPECT_TRUE(records.back().known) << "the mark";
}

}  // namespace
}  // namespace evglass::trace::testing
