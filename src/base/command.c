// A child, a pipe, and patience.
#include "base/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// The end of the pipe to read; -1: it cannot be started.
static int start(const char *const *arguments, char *const *environment, pid_t *pid)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    int failed = posix_spawnp(
        pid, arguments[0], &actions, NULL, (char *const *)(size_t)arguments, environment ? environment : environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (!failed)
        return ends[0];
    close(ends[0]);
    return -1;
}

// Until the child closes its end, or is silent for too long. What has no room is read and dropped.
static void listen_to(int fd, int seconds, char *out, size_t room)
{
    size_t n = 0;
    char rest[512];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (ssize_t got = 1; got > 0 && poll(&p, 1, 1000 * seconds) > 0;) {
        size_t left = room - 1 - n;
        got = left ? read(fd, out + n, left) : read(fd, rest, sizeof rest);
        n += left && got > 0 ? (size_t)got : 0;
    }
    out[n] = 0;
}

int command_output(const char *const *arguments, char *const *environment, int seconds, char *out, size_t room)
{
    pid_t pid;
    int status, fd = start(arguments, environment, &pid);
    out[0] = 0;
    if (fd < 0)
        return -1;
    listen_to(fd, seconds, out, room);
    close(fd);
    for (int i = 0; i < 200; i++) { // one that has said all is about to end
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        usleep(i < 20 ? 1000 : 10000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}
