// A client of memcached's text protocol, on plain blocking sockets. Read next: memcached_test.cc.
#pragma once

#include <string>

namespace evglass::dropin {

class CacheClient {
 public:
    explicit CacheClient(int port);
    ~CacheClient();
    CacheClient(const CacheClient&) = delete;
    CacheClient& operator=(const CacheClient&) = delete;

    /// Sends a command and reads lines until one of them ends the answer ("" if the server is
    /// gone).
    std::string ask(const std::string& command);
    std::string set(const std::string& key, const std::string& value);
    /// The value; "(none)" if there is none.
    std::string get(const std::string& key);

 private:
    bool send_all(const std::string& text) const;
    std::string line();
    std::string bytes(std::size_t count);
    bool fill();

    int fd_;
    std::string read_;
};

}  // namespace evglass::dropin
