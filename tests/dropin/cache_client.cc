// Sending whole commands, reading whole answers; a silent server ends a read after some seconds.
#include "tests/dropin/cache_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

namespace evglass::dropin {

CacheClient::CacheClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit = {20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    close(fd_);
    fd_ = -1;
}

CacheClient::~CacheClient() {
    if (fd_ >= 0) close(fd_);
}

bool CacheClient::send_all(const std::string& text) const {
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t n = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return false;
        sent += static_cast<std::size_t>(n);
    }
    return true;
}

bool CacheClient::fill() {
    char piece[65536];
    const ssize_t n = recv(fd_, piece, sizeof piece, 0);
    if (n > 0) read_.append(piece, static_cast<std::size_t>(n));
    return n > 0;
}

std::string CacheClient::line() {
    std::size_t end = 0;
    while ((end = read_.find("\r\n")) == std::string::npos)
        if (!fill()) return "";
    std::string out = read_.substr(0, end);
    read_.erase(0, end + 2);
    return out;
}

std::string CacheClient::bytes(std::size_t count) {
    while (read_.size() < count)
        if (!fill()) return "";
    std::string out = read_.substr(0, count);
    read_.erase(0, count);
    return out;
}

std::string CacheClient::ask(const std::string& command) {
    if (!send_all(command + "\r\n")) return "";
    std::string out;
    while (true) {
        const std::string next = line();
        out += next + "\n";
        if (!next.starts_with("STAT ")) return out;
    }
}

std::string CacheClient::set(const std::string& key, const std::string& value) {
    return ask("set " + key + " 0 0 " + std::to_string(value.size()) + "\r\n" + value);
}

std::string CacheClient::get(const std::string& key) {
    if (!send_all("get " + key + "\r\n")) return "";
    const std::string head = line();
    if (!head.starts_with("VALUE ")) return head == "END" ? "(none)" : head;
    std::string value = bytes(std::strtoul(head.c_str() + head.rfind(' '), nullptr, 10));
    line();
    line();
    return value;
}

}  // namespace evglass::dropin
