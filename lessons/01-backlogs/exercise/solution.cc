// The solution of lesson 1's exercise: the kernel takes the number as one without a sign and cuts
// it to net.core.somaxconn. So -1 is "as many as possible".
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
    int most = 0;
    std::ifstream("/proc/sys/net/core/somaxconn") >> most;
    return asked < 0 || asked > most ? most : asked;
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
