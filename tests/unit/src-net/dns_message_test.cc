// Shows DNS messages as bytes: what is read, what is written, and what a hostile sender can do to
// the reader: nothing. Names that refer to themselves, counts that lie, messages that end anywhere.
#include "src/net/dns/message.h"

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace {

using dns::Header;
using dns::Question;
using dns::Reader;
using dns::Record;
using dns::TextName;
using dns::WireName;
using Message = std::vector<unsigned char>;

WireName wire(const char* text) {
    WireName name;
    EXPECT_TRUE(dns::parse_name(text, name)) << text;
    return name;
}

std::string text(const WireName& name) {
    TextName out;
    return dns::print_name(name, out) ? out.text : "?";
}

Message query(const char* name, std::uint16_t id = 0x1234) {
    Message out(512);
    out.resize(dns::write_query(id, {wire(name), ns_t_a, ns_c_in}, out));
    return out;
}

/// A message with one question and one answer of every kind of data.
Message answer() {
    Message out(512);
    dns::Writer writer(out);
    EXPECT_TRUE(writer.question({wire("www.example.com"), ns_t_a, ns_c_in}));
    const unsigned char address[4] = {192, 0, 2, 1};
    EXPECT_TRUE(writer.record(dns::kAnswers,
                              {wire("www.example.com"), ns_t_a, ns_c_in, 60, dns::Bytes(address)}));
    EXPECT_TRUE(writer.record_of_name(dns::kAnswers,
                                      {wire("www.example.com"), ns_t_cname, ns_c_in, 61, {}},
                                      wire("alias.example.com")));
    out.resize(writer.finish(7, dns::kIsAnswer));
    return out;
}

/// Reads all that a message has, as reply.cc does. How many records there were.
int read_all(const Message& message) {
    Reader reader(message);
    Header header;
    if (!reader.header(header)) return -1;
    Question question;
    for (int i = 0; i < header.count[dns::kQuestions]; ++i)
        if (!reader.question(question)) return -1;
    int records = 0;
    for (const auto section : {dns::kAnswers, dns::kAuthority, dns::kAdditional})
        for (int i = 0; i < header.count[section]; ++i, ++records) {
            Record record;
            if (!reader.record(record)) return -1;
            EXPECT_LE(record.data.size(), message.size());
            WireName name;
            TextName printed;
            if (reader.name_in(record.data, name)) {
                EXPECT_TRUE(dns::print_name(name, printed));
            }
        }
    return records;
}

TEST(DnsMessage, AQueryIsWhatTheRfcSays) {
    const Message expected = {0x12, 0x34, 1,   0, 0,   1,   0, 0, 0, 0, 0,
                              0,    1,    'a', 2, 'b', 'c', 0, 0, 1, 0, 1};
    EXPECT_EQ(query("a.bc"), expected);
    EXPECT_EQ(query("a.bc."), expected);
}

TEST(DnsMessage, NamesThatAreNone) {
    WireName name;
    for (const std::string& bad :
         {std::string("a..b"), std::string(".a"), std::string(64, 'x'), std::string(300, '.')})
        EXPECT_FALSE(dns::parse_name(bad.c_str(), name)) << bad;
    std::string longest = std::string(63, 'x') + "." + std::string(63, 'x') + "." +
                          std::string(63, 'x') + "." + std::string(61, 'x');
    EXPECT_TRUE(dns::parse_name(longest.c_str(), name));
    EXPECT_EQ(name.length, 255u);
    EXPECT_FALSE(dns::parse_name((longest + "x").c_str(), name));
}

TEST(DnsMessage, TheRootIsAName) {
    EXPECT_EQ(wire("").length, 1u);
    EXPECT_EQ(text(wire(".")), ".");
}

TEST(DnsMessage, WhatIsNotPrintableIsEscaped) {
    WireName name;
    std::memcpy(name.bytes, "\3\x1b[A\0", 5);
    name.length = 5;
    EXPECT_EQ(text(name), "\\027[A");
    std::memcpy(name.bytes, "\3a.b\0", 5);
    EXPECT_EQ(text(name), "a\\.b") << "a dot inside of a label";
}

TEST(DnsMessage, LettersMayDifferByCase) {
    EXPECT_TRUE(wire("WwW.a1").same_as(wire("wWw.A1"), true));
    EXPECT_FALSE(wire("WwW.a1").same_as(wire("wWw.A1"), false));
    EXPECT_FALSE(wire("www").same_as(wire("wwx"), true));
    EXPECT_FALSE(wire("[").same_as(wire("{"), true)) << "no letters";
}

TEST(DnsMessage, WhatIsWrittenIsRead) {
    const Message message = answer();
    Reader reader(message);
    Header header;
    ASSERT_TRUE(reader.header(header));
    EXPECT_EQ(header.id, 7);
    EXPECT_EQ(header.count[dns::kAnswers], 2);
    Question question;
    ASSERT_TRUE(reader.question(question));
    EXPECT_EQ(text(question.name), "www.example.com");
    Record record;
    ASSERT_TRUE(reader.record(record));
    EXPECT_EQ(record.ttl, 60u);
    EXPECT_EQ(record.data.size(), 4u);
    ASSERT_TRUE(reader.record(record));
    WireName alias;
    ASSERT_TRUE(reader.name_in(record.data, alias));
    EXPECT_EQ(text(alias), "alias.example.com");
    EXPECT_FALSE(reader.record(record)) << "there is no more";
}

TEST(DnsMessage, T381_names_are_compressed) {
    // The second name is two bytes; the alias is one label and two bytes.
    EXPECT_EQ(answer().size(), 12 + (17 + 4) + (2 + 10 + 4) + (2 + 10 + 8u));
}

TEST(DnsMessage, AnyPrefixIsRefused) {
    const Message whole = answer();
    EXPECT_EQ(read_all(whole), 2);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(read_all(Message(whole.begin(), whole.begin() + static_cast<long>(size))), -1)
            << size;
}

TEST(DnsMessage, ANameThatRefersToItselfEnds) {
    for (const std::initializer_list<unsigned char> loop :
         {std::initializer_list<unsigned char>{0xc0, 12},            // to itself
          std::initializer_list<unsigned char>{0xc0, 14, 0xc0, 12},  // to and fro
          std::initializer_list<unsigned char>{1, 'a', 0xc0, 12},    // for ever longer
          std::initializer_list<unsigned char>{0xff, 0xff},          // outside
          std::initializer_list<unsigned char>{0x80, 1},
          {0x40, 1},
          {63}}) {  // no kind of label
        Message message = {0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0};
        message.insert(message.end(), loop);
        message.insert(message.end(), {0, 1, 0, 1});
        EXPECT_EQ(read_all(message), -1);
    }
}

TEST(DnsMessage, CountsThatLieFindNothing) {
    Message message = answer();
    for (const std::size_t count : {4u, 6u, 8u, 10u}) {
        Message lies = message;
        lies[count] = lies[count + 1] = 0xff;
        EXPECT_EQ(read_all(lies), -1);
    }
    message[12 + 21 + 2 + 8] = 0xff;  // the length of the first answer's data
    EXPECT_EQ(read_all(message), -1);
}

TEST(DnsMessage, ALargeMessageOfReferencesIsReadInTime) {
    // 64 KiB of records whose names all lead through as many references as are allowed.
    Message message = {0, 1, 0x80, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
    for (int i = 0; i < 100; ++i) message.insert(message.end(), {1, 'x'});
    message.push_back(0);
    while (message.size() < 0xfff0)
        message.insert(message.end(), {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(read_all(message), -1);
}

// A seed finds the same messages again.
TEST(DnsMessage, MutatedMessagesDoNoHarm) {
    std::mt19937 random(20240915);
    const Message whole = answer();
    int read = 0;
    for (int i = 0; i < 20000; ++i) {
        Message message = whole;
        for (int changes = 1 + static_cast<int>(random() % 4); changes > 0; --changes)
            message[random() % message.size()] = static_cast<unsigned char>(random());
        if (random() % 4 == 0) message.resize(random() % message.size());
        read += read_all(message) >= 0;
    }
    EXPECT_GT(read, 1000) << "most changes leave a message that can be read";
    EXPECT_LT(read, 19000) << "and some don't";
}

TEST(DnsMessage, AWriterStopsAtItsEnd) {
    for (std::size_t room = 0; room < 90; ++room) {
        Message out(room + 16, 0xee);
        dns::Writer writer(std::span<unsigned char>(out).first(room));
        const Question asked{wire("www.example.com"), ns_t_a, ns_c_in};
        const unsigned char address[4] = {1, 2, 3, 4};
        const bool has_question = writer.question(asked);
        const bool has_record =
            writer.record(dns::kAnswers, {asked.name, ns_t_a, ns_c_in, 1, dns::Bytes(address)});
        EXPECT_EQ(has_question, room >= 12 + 21) << room;
        const std::size_t length = writer.finish(1, dns::kIsAnswer);
        EXPECT_LE(length, room);
        for (std::size_t i = room; i < out.size(); ++i) EXPECT_EQ(out[i], 0xee);
        if (length == 0) continue;
        out.resize(length);
        EXPECT_EQ(read_all(out), has_record ? 1 : 0) << "a record is whole, or not there";
    }
}

TEST(DnsMessage, WhatHadNoRoomIsNotReferredTo) {
    Message out(12 + 4 + 16);
    dns::Writer writer(out);
    // The name fits, its data don't: what is written next must not lead there.
    const unsigned char four[4] = {1, 2, 3, 4};
    EXPECT_FALSE(
        writer.record(dns::kAnswers, {wire("abcdefgh"), ns_t_a, ns_c_in, 1, dns::Bytes(four)}));
    EXPECT_TRUE(writer.record(dns::kAnswers, {wire("abcd"), ns_t_a, ns_c_in, 1, dns::Bytes(four)}));
    out.resize(writer.finish(1, 0));
    EXPECT_EQ(read_all(out), 1);
}

}  // namespace
