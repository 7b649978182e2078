// pgbouncer in front of a real PostgreSQL, driven by pgbench and psql. PostgreSQL refuses to be
// root, and so does pgbouncer: as root both run as the user postgres, pgbouncer by dropping root's
// rights.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/dropin/stage.h"
#include "tests/live/tmux.h"

namespace evglass::dropin {
namespace {

std::string server_programs() {
    std::string newest;
    std::error_code failed;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", failed))
        if (access((version.path() / "bin/initdb").c_str(), X_OK) == 0)
            newest = version.path() / "bin";
    return newest;
}

// A PostgreSQL of the test's own, on a socket in its directory.
class Server {
 public:
    explicit Server(Stage& stage) : stage_(stage), port_(free_port()) {
        if (geteuid() == 0) as_user_ = "setpriv --reuid postgres --regid postgres --clear-groups ";
        stage.shell(
            "mkdir data && chown postgres data 2>/dev/null; mkdir logs && chown postgres logs "
            "2>/dev/null");
        run("initdb -D data -A trust -U postgres --no-sync >/dev/null");
        run("pg_ctl -D data -w -l logs/server -o '-p " + std::to_string(port_) + " -k " +
            stage.file("data") + " -c listen_addresses=127.0.0.1 -c fsync=off' start >/dev/null");
    }
    ~Server() { run("pg_ctl -D data -m immediate -w stop >/dev/null"); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::string run(const std::string& command) const {
        return stage_.shell(as_user_ + server_programs() + "/" + command);
    }
    int port() const { return port_; }

 private:
    Stage& stage_;
    int port_;
    std::string as_user_;
};

std::string configuration(const Stage& stage, int port, int server_port) {
    return "[databases]\npostgres = host=127.0.0.1 port=" + std::to_string(server_port) +
           "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(port) +
           "\nauth_type = trust\nauth_file = " + stage.file("users") +
           "\nadmin_users = postgres\npool_mode = transaction\ndefault_pool_size "
           "= 4\n"
           "unix_socket_dir =\nlogfile =\npidfile = " +
           stage.file("logs/pid") + "\nserver_tls_sslmode = disable\n";
}

std::string psql(const Stage& stage, int port, const std::string& database,
                 const std::string& statement) {
    return stage.shell("psql -X -A -t -h 127.0.0.1 -U postgres -p " + std::to_string(port) +
                       " -d " + database + " -c \"" + statement + "\" 2>&1");
}

// What must be the same in every run, of pgbench's report.
std::string bench(const Stage& stage, int port, const std::string& options) {
    return stage.shell("pgbench -h 127.0.0.1 -U postgres -p " + std::to_string(port) + " " +
                       options + " postgres 2>&1 | grep -E 'processed|failed|error|aborted'");
}

TEST(Pgbouncer, PoolsClientsOfARealServer) {
    SKIP_UNLESS_INSTALLED("pgbouncer");
    SKIP_UNLESS_INSTALLED("pgbench");
    if (server_programs().empty())
        GTEST_SKIP() << "there is no PostgreSQL server here: `make deps` installs it";
    compare(1,
            {"42\nstatus 0", "4000/4000", "400/400", "400\nstatus 0", "1000000\n", "refused",
             "ended with "},
            [](Stage& stage) {
                const Server server(stage);
                const int port = free_port();
                stage.write("users", "\"postgres\" \"\"\n");
                stage.write("bouncer.ini", configuration(stage, port, server.port()));
                std::vector<std::string> words = {"pgbouncer", "-q", stage.file("bouncer.ini")};
                if (geteuid() == 0) words.insert(words.begin() + 2, {"-u", "postgres"});
                const pid_t bouncer = stage.start(words);
                if (!wait_until([&] { return accepts(port); }))
                    return "does not accept: " + stage.log();
                std::string out = psql(stage, port, "postgres", "select 6*7");
                out += stage.shell("pgbench -q -i -s 1 -h 127.0.0.1 -U postgres -p " +
                                   std::to_string(port) + " postgres >/dev/null 2>&1");
                out += bench(stage, port, "-n -S -c 8 -j 2 -t 500");
                out += bench(stage, port, "-n -c 4 -j 2 -t 100");
                out += psql(stage, port, "postgres", "select count(*) from pgbench_history");
                out += psql(stage, port, "postgres", "select length(repeat('x', 1000000))");
                out += psql(stage, port, "pgbouncer", "show databases").substr(0, 9);
                out += psql(stage, port, "nosuch", "select 1").find("no such database") !=
                               std::string::npos
                           ? "refused\n"
                           : "?\n";
                return out + "ended with " + std::to_string(stage.stop(bouncer, SIGTERM));
            });
}

}  // namespace
}  // namespace evglass::dropin
