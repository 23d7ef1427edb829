// A launcher (mpirun) as our child: signals reach its ranks, and when one dies it is named.
//
// mpirun ends all ranks when one dies, and says which only among many other words. So the ranks, its children, are held
// by descriptors (pidfd), of which the first to become readable is the one that died; epoll lists them in that order,
// also when we wake late.
#include "cli/supervise.h"

#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    const struct supervision *s;
    pid_t pid;
    int *rank_fd; // (ranks), owned; -1: not found yet, -2: has ended
    int events;   // epoll: of the ranks by their numbers, of signals by -1
    int known, first_dead;
    bool is_asked_to_end;
};

static void await(const struct child *c, int fd, int what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = what};
    epoll_ctl(c->events, EPOLL_CTL_ADD, fd, &event);
}

// --- the ranks
// The rank of a process, from its environment; -1: none.
static int rank_of(long pid)
{
    char path[64], *environment = NULL;
    size_t room = 0;
    int rank = -1;
    snprintf(path, sizeof path, "/proc/%ld/environ", pid);
    FILE *in = fopen(path, "re");
    while (in && rank < 0 && getdelim(&environment, &room, 0, in) > 0)
        sscanf(environment, "OMPI_COMM_WORLD_RANK=%d", &rank);
    if (in)
        fclose(in);
    free(environment);
    return rank;
}

static void add_rank(struct child *c, long pid)
{
    int rank = rank_of(pid);
    if (rank < 0 || rank >= c->s->ranks || c->rank_fd[rank] != -1)
        return;
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    if (fd < 0)
        return;
    c->rank_fd[rank] = fd;
    c->known++;
    await(c, fd, rank);
}

// Children are listed by the thread that started them.
static void find_ranks(struct child *c)
{
    char pattern[64];
    glob_t found;
    snprintf(pattern, sizeof pattern, "/proc/%ld/task/*/children", (long)c->pid);
    if (c->known == c->s->ranks || glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *in = fopen(found.gl_pathv[i], "re");
        for (long pid; in && fscanf(in, "%ld", &pid) == 1;)
            add_rank(c, pid);
        if (in)
            fclose(in);
    }
    globfree(&found);
}

// Those that outlive their launcher, which cannot end them any more.
static void end_ranks(struct child *c)
{
    for (int i = 0; i < c->s->ranks; i++)
        if (c->rank_fd[i] >= 0) {
            syscall(SYS_pidfd_send_signal, c->rank_fd[i], SIGKILL, NULL, 0);
            close(c->rank_fd[i]);
        }
}

// --- signals
static void pass_on(struct child *c, int signal)
{
    bool ends = signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
    kill(c->pid, !ends ? signal : c->is_asked_to_end || !c->s->takes_requests ? SIGTERM : SIGUSR1);
    c->is_asked_to_end |= ends;
}

static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};

static int listen_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        sigaddset(&set, passed[i]);
    sigprocmask(SIG_BLOCK, &set, before);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

// --- the launcher
// In the child: its own group, so that a terminal's Ctrl-C comes to us alone; nothing to read; it ends when we do.
static _Noreturn void become(char **arguments, const sigset_t *mask, int report)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(arguments[0], arguments);
    int error = errno;
    if (write(report, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

// 0, or errno of what failed.
static int start(char **arguments, const sigset_t *mask, pid_t *pid)
{
    int report[2], error = 0;
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;
    *pid = fork();
    if (*pid == 0)
        become(arguments, mask, report[1]);
    if (*pid < 0)
        error = errno;
    close(report[1]);
    if (*pid > 0 && read(report[0], &error, sizeof error) == (ssize_t)sizeof error)
        waitpid(*pid, NULL, 0);
    close(report[0]);
    return error;
}

static void take_event(struct child *c, int signals, int what)
{
    struct signalfd_siginfo info;
    if (what < 0 && read(signals, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo != SIGCHLD)
        pass_on(c, (int)info.ssi_signo);
    if (what >= 0) {
        close(c->rank_fd[what]);
        c->rank_fd[what] = -2;
        c->first_dead = c->first_dead < 0 ? what : c->first_dead;
    }
}

// One wait: passes on a signal, notes the first rank that ended. True: the launcher has ended, with *status.
static bool wait_some(struct child *c, int signals, int *status)
{
    struct epoll_event event[16];
    find_ranks(c);
    int n = epoll_wait(c->events, event, 16, c->known < c->s->ranks ? 100 : 1000);
    for (int i = 0; i < n; i++)
        take_event(c, signals, event[i].data.fd);
    return waitpid(c->pid, status, WNOHANG) == c->pid;
}

static int conclude(struct child *c, int status)
{
    char who[512];
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code < 128 || c->is_asked_to_end)
        return code;
    if (WIFSIGNALED(status))
        fprintf(stderr, "hourglass: mpirun has died (signal %d): start the same command again to go on\n",
            WTERMSIG(status));
    else if (c->first_dead < 0)
        fprintf(stderr, "hourglass: a rank has died (signal %d): start the same command again to go on\n", code - 128);
    else {
        snprintf(who, sizeof who, "rank %d", c->first_dead);
        if (c->s->describe)
            c->s->describe(c->s->context, c->first_dead, who);
        fprintf(stderr, "hourglass: %s has died (signal %d): start the same command again to go on\n", who, code - 128);
    }
    return ERR_SYSTEM;
}

int supervise(char **arguments, const struct supervision *s, int *code, struct err *e)
{
    struct child c = {.s = s,
        .rank_fd = mem_new((size_t)s->ranks, sizeof(int)),
        .events = epoll_create1(EPOLL_CLOEXEC),
        .first_dead = -1};
    sigset_t before;
    int signals = listen_signals(&before), status = 0, error = start(arguments, &before, &c.pid);
    for (int i = 0; i < s->ranks; i++)
        c.rank_fd[i] = -1;
    await(&c, signals, -1);
    while (!error && !wait_some(&c, signals, &status))
        ;
    if (!error) {
        end_ranks(&c);
        *code = conclude(&c, status);
    }
    close(signals);
    close(c.events);
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(c.rank_fd);
    return error ? err_add(e, ERR_SYSTEM, "cannot start %s: %s", arguments[0], strerror(error)) : 0;
}
