// Runs a command as a child process that writes into a pipe. We read the pipe until the child ends or is silent for too
// long.
#include "base/command.h"

#include "base/err.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Starts the command and returns the end of the pipe from which to read its output, or -1 if it could not start.
static int command_start(const char *const *arguments, char *const *environment, pid_t *pid)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    int error = posix_spawnp(
        pid, arguments[0], &actions, NULL, (char *const *)(size_t)arguments, environment ? environment : environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);

    if (error == 0)
        return ends[0];
    close(ends[0]);
    return -1;
}

// Reads into `out` until the child closes its end or is silent for too long. Drops what does not fit.
static void read_output(int fd, int seconds, char *out, size_t size)
{
    size_t n = 0;
    char rest[512];
    struct pollfd p = {.fd = fd, .events = POLLIN};

    ASSERT(size > 0 && seconds >= 0, "%zu bytes, %d s", size, seconds);
    for (ssize_t got = 1; got > 0 && poll(&p, 1, 1000 * seconds) > 0;) {
        size_t left = size - 1 - n;
        got = left ? read(fd, out + n, left) : read(fd, rest, sizeof rest);
        n += left && got > 0 ? (size_t)got : 0;
    }

    ASSERT(n < size, "%zu of %zu", n, size);
    out[n] = 0;
}

int command_output(const char *const *arguments, char *const *environment, int seconds, char *out, size_t size)
{
    pid_t pid;
    int status;
    int fd = command_start(arguments, environment, &pid);

    out[0] = 0;
    if (fd < 0)
        return -1;

    read_output(fd, seconds, out, size);
    close(fd);
    for (int i = 0; i < 200; i++) { // two seconds: a child that has closed its outputs is about to end
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        usleep(i < 20 ? 1000 : 10000);
    }

    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}
