// Exercise of lesson 1: how many connections will really be let wait?
// `effective_backlog` is asked what becomes of the number that a program gives to listen(). As it
// stands it believes the program. Leave `main` as it is: it asks the kernel.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace {

/// The most that the kernel will let wait, if listen() is given `asked`.
int effective_backlog(int asked) {
    return asked;
}

int kernels_answer(int backlog) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    tcp_info info{};
    socklen_t size = sizeof info;
    if (listen(fd, backlog) != 0) return -1;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
    close(fd);
    return static_cast<int>(info.tcpi_sacked);
}

}  // namespace

int main(int argc, char** argv) {
    const int asked = argc == 2 ? std::stoi(argv[1]) : 16;
    int wrong = 0;
    for (const int each : {0, 1, asked, asked * 1000, 2000000, -1, -asked})
        if (effective_backlog(each) != kernels_answer(each)) {
            std::printf("asked for %d: you say %d, the kernel %d\n", each, effective_backlog(each),
                        kernels_answer(each));
            ++wrong;
        }
    std::printf("wrong: %d\n", wrong);
    return 0;
}
