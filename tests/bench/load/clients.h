// What loads an echo server: clients, each of which sends a short message as soon as the last one
// is back. No event library here: what loads a reactor must not be one.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

class Clients {
 public:
    /// To the port that the server's line tells ("listening on 127.0.0.1:PORT").
    Clients(const std::string& line, std::size_t count);
    ~Clients();
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    bool connected() const { return connected_; }
    /// For so long; how many messages came back.
    long talk(std::chrono::milliseconds length);

 private:
    int epoll_;
    std::vector<int> fds_;
    bool connected_ = false;
};

}  // namespace bench
