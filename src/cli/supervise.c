// Watches the launcher, the ranks and our own signals with one epoll.
//
// When a rank dies, the launcher ends all ranks, and names the dead one only in the middle of a long message. So we
// open a pidfd for each rank when it announces itself. The pidfd that becomes readable first belongs to the rank that
// died first: epoll reports them in that order, even if we wake late.
#include "cli/supervise.h"

#include "base/clock.h"
#include "base/command.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/signals.h"
#include "cli/announce.h"
#include "cli/relay.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXPLAIN_SECONDS = 60 };
enum { LAUNCHER_ENDED = 1 }; // Open MPI's exit code after SIGTERM or SIGINT; a rank may announce 1, too: ERR_TRIAL
// The event that a rank has ended has the number of the rank. These are the other events of epoll.
enum { SIGNALS = -1, ANNOUNCEMENTS = -2, OUTPUT = -3, MESSAGES = -4, LEAST_EVENT = MESSAGES };

struct child {
    const struct supervision *s;
    pid_t pid;
    int *rank_fd; // (ranks), owned; -1: the rank has not announced itself, -2: it has ended
    int events;   // descriptor of epoll
    int signals, announcements;
    int known, first_dead;
    int worst; // largest exit code that a rank has announced
    bool is_asked_to_end;
    int ended_by;                  // the signal for which we ended the launcher; 0: none
    double asked_at;               // time when the first signal that ends the job came
    struct relay output, messages; // stdout and stderr of the launcher; if both go to the same pipe, `output` has both
};

static void await_launcher(const struct child *c, int fd, int what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = what};
    epoll_ctl(c->events, EPOLL_CTL_ADD, fd, &event);
}

// --- the ranks
static void note_death(struct child *c, int rank)
{
    ASSERT(rank >= 0 && rank < c->s->ranks, "rank %d of %d", rank, c->s->ranks);
    c->rank_fd[rank] = -2;
    c->first_dead = c->first_dead < 0 ? rank : c->first_dead;
}

static void add_rank(struct child *c, const struct announcement *a)
{
    int fd = (int)syscall(SYS_pidfd_open, a->pid, 0);

    ASSERT(c->rank_fd[a->rank] == -1 && c->known < c->s->ranks, "rank %d, %d known", a->rank, c->known);
    c->known++;
    if (fd < 0) {
        note_death(c, a->rank);
        return;
    }
    c->rank_fd[a->rank] = fd;
    await_launcher(c, fd, a->rank);
}

static void take_announcements(struct child *c)
{
    for (struct announcement a; c->announcements >= 0 && announce_take(c->announcements, &a);) {
        if (a.rank < 0 || a.rank >= c->s->ranks)
            continue;
        if (!a.has_ended && c->rank_fd[a.rank] == -1)
            add_rank(c, &a);
        if (a.has_ended && a.code > c->worst)
            c->worst = a.code;
    }
}

// Kills the ranks that still run after their launcher has ended, because it cannot end them any more.
static void end_ranks(struct child *c)
{
    for (int i = 0; i < c->s->ranks; i++)
        if (c->rank_fd[i] >= 0) {
            syscall(SYS_pidfd_send_signal, c->rank_fd[i], SIGKILL, NULL, 0);
            close(c->rank_fd[i]);
        }
}

// --- signals
// Sends the signal to the ranks and not to the launcher, because SIGUSR2 would end MPICH's launcher. Only if some ranks
// are unknown, sends it to the launcher.
static void pass_on_request(const struct child *c, int signal)
{
    if (c->known < c->s->ranks) {
        kill(c->pid, signal);
        return;
    }
    for (int i = 0; i < c->s->ranks; i++)
        if (c->rank_fd[i] >= 0)
            syscall(SYS_pidfd_send_signal, c->rank_fd[i], signal, NULL, 0);
}

// Ends rank 0, which may be writing, before the other ranks: when one rank has died, the launcher kills the rest at
// once.
static void end_in_order(const struct child *c)
{
    const int patience = 1000; // milliseconds
    struct pollfd first = {.fd = c->rank_fd[0], .events = POLLIN};

    if (first.fd >= 0) {
        syscall(SYS_pidfd_send_signal, first.fd, SIGTERM, NULL, 0);
        syscall(SYS_pidfd_send_signal, first.fd, SIGCONT, NULL, 0);
        poll(&first, 1, patience);
    }
    pass_on_request(c, SIGTERM);
    pass_on_request(c, SIGCONT);
}

// Returns true for signals that end the job. SIGPIPE means that a reader of our output has ended.
static bool ends_job(int signal)
{
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGPIPE;
}

// Ends the job. A launcher kills its ranks before they can remove the files that they are writing. So, if ranks take no
// requests, we end the ranks, and the launcher ends because of that. We end the launcher itself if ranks take requests,
// if we do not know all ranks yet, or at a second signal. A signal to a whole process group reaches us twice within a
// moment, once through our parent (guard.c), and counts only once.
static void end_job(struct child *c, int signal)
{
    const double patience = 1;
    bool spares_launcher = !c->s->takes_requests && c->known == c->s->ranks;

    ASSERT(ends_job(signal), "signal %d", signal);
    c->ended_by = signal;
    if (!c->is_asked_to_end)
        c->asked_at = clock_wall();
    if (!spares_launcher || clock_wall() - c->asked_at > patience) {
        kill(c->pid, SIGTERM);
    } else if (!c->is_asked_to_end)
        end_in_order(c);
}

static void pass_on(struct child *c, int signal)
{
    bool ends = ends_job(signal);

    if (!ends)
        pass_on_request(c, signal);
    else if (c->is_asked_to_end || !c->s->takes_requests)
        end_job(c, signal);
    else
        pass_on_request(c, SIGUSR1);
    c->is_asked_to_end |= ends;
}

// Returns a descriptor that reports signals in place of their handlers. It would also report ignored signals. SIGHUP is
// left out if it is ignored, as under nohup. SIGINT is not: every background job of a script ignores SIGINT, but we
// take it as a request to stop.
static int listen_signals(sigset_t *before)
{
    static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, 0};
    sigset_t set;

    signals_block(passed, &set, before);
    if (signal_is_ignored(SIGHUP))
        sigdelset(&set, SIGHUP);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

// --- the launcher
static bool prints_to_same(int a, int b)
{
    struct stat x, y;

    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// In the child: starts the launcher in its own process group, so that Ctrl-C in a terminal reaches only us. The
// launcher ends when we do.
static _Noreturn void exec_launcher(char **arguments, const struct child *c, const sigset_t *mask, int report)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int nothing = c->s->reads_input ? -1 : open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    relay_use(prints_to_same(STDOUT_FILENO, STDERR_FILENO) ? &c->output : &c->messages, STDERR_FILENO);
    relay_use(&c->output, STDOUT_FILENO);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(arguments[0], arguments);
    int error = errno;
    if (write(report, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

// Starts the launcher in a child process. Returns 0, or the errno of the step that failed.
static int start_launcher(char **arguments, struct child *c, const sigset_t *mask)
{
    int report[2], error = 0;
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;
    c->pid = fork();
    if (c->pid == 0)
        exec_launcher(arguments, c, mask, report[1]);
    if (c->pid < 0)
        error = errno;
    close(report[1]);
    if (c->pid > 0 && read(report[0], &error, sizeof error) == (ssize_t)sizeof error)
        waitpid(c->pid, NULL, 0);
    close(report[0]);
    relay_start(&c->output);
    relay_start(&c->messages);

    return error;
}

// Passes on what the launcher has printed. If the reader has ended, ends the job.
static void take_output(struct child *c, struct relay *r)
{
    bool was_cut = r->is_cut;

    if (!relay_pass(r))
        epoll_ctl(c->events, EPOLL_CTL_DEL, r->from, NULL);
    if (r->is_cut && !was_cut)
        pass_on(c, SIGPIPE);
}

static void take_event(struct child *c, int what)
{
    struct signalfd_siginfo info;

    ASSERT(what >= LEAST_EVENT && what < c->s->ranks, "event %d of %d ranks", what, c->s->ranks);
    if (what == ANNOUNCEMENTS)
        take_announcements(c);
    if (what == OUTPUT || what == MESSAGES)
        take_output(c, what == OUTPUT ? &c->output : &c->messages);
    if (what == SIGNALS && read(c->signals, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo != SIGCHLD)
        pass_on(c, (int)info.ssi_signo);
    if (what >= 0) {
        close(c->rank_fd[what]);
        note_death(c, what);
    }
}

// Waits once, passes on signals and notes the first rank that ended. Returns true and sets *status if the launcher has
// ended.
static bool wait_for_events(struct child *c, int *status)
{
    struct epoll_event event[16];
    int n = epoll_wait(c->events, event, 16, 1000);

    for (int i = 0; i < n; i++)
        take_event(c, event[i].data.fd);
    return waitpid(c->pid, status, WNOHANG) == c->pid;
}

// --- how it ended
// Joins the lines that a launcher has printed to one line, without lines of dashes.
static void join_lines(char *said)
{
    size_t n = 0;

    for (const char *word = strtok(said, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
        size_t length = strlen(word);
        if (strspn(word, "-=*") == length)
            continue;
        if (n)
            said[n++] = ' ';
        memmove(said + n, word, length);
        n += length;
    }
    said[n] = 0;
}

// Returns true if one of the lines is what this program prints for --version.
static bool has_version(const char *said)
{
    static const char begin[] = "hourglass ";

    for (const char *line = said; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, begin, strlen(begin)) == 0)
            return true;
    }
    return false;
}

// Called if the launcher has ended and no rank has announced itself. This does not prove that no rank has started,
// because ranks on other nodes cannot announce themselves. So this function lets the launcher start `hourglass
// --version`. If this fails, too, the launcher is to blame, and its output says why. If its exit code was 0 and no
// version is printed, it starts no programs. Returns 0 if the launcher is not to blame, or -1 and an error.
static int explain_death(const struct child *c, int code, struct err *e)
{
    char ranks[16], self[4096] = "", said[4096];
    const struct launcher *l = c->s->launcher;
    const char *const arguments[] = {l->path, "-n", ranks, self, "--version", NULL};

    snprintf(ranks, sizeof ranks, "%d", c->s->ranks);
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 0;

    bool is_good = command_output(arguments, NULL, EXPLAIN_SECONDS, said, sizeof said) == 0;
    if (is_good && (code != 0 || has_version(said)))
        return 0;
    if (code == 0)
        return err_add(e, ERR_SYSTEM,
            "%s ended with exit code 0, but started no rank: is it a launcher? Name mpirun in HOURGLASS_MPIEXEC",
            l->name);

    join_lines(said);
    if (!*said)
        strcpy(said, "it does not say why");
    return err_add(e, ERR_SYSTEM, "%s failed before a rank had started (exit code %d%s): %.1000s", l->name, code,
        getenv("PATH") ? "" : "; PATH is not set", said);
}

static void report_death(const struct child *c, int signal)
{
    char who[512] = "a rank";

    if (c->first_dead >= 0) {
        snprintf(who, sizeof who, "rank %d", c->first_dead);
        if (c->s->describe)
            c->s->describe(c->s->context, c->first_dead, who);
    }
    fprintf(stderr, "hourglass: %s has died (signal %d): start the same command again to resume\n", who, signal);
}

// Returns the exit code after a signal has ended the launcher. The launcher's own code (1 for Open MPI) says nothing
// about the ranks. So the result is the largest code that a rank has announced or, if there is none, the code that a
// shell reports for the signal.
static int code_of_ended(const struct child *c)
{
    if (c->worst)
        return c->worst;
    if (!c->ended_by)
        fprintf(stderr, "hourglass: %s was ended before its ranks: start the same command again to resume\n",
            c->s->launcher->name);

    return 128 + (c->ended_by ? c->ended_by : SIGTERM);
}

// Returns the signal that killed a rank, according to the launcher's exit code, or 0 if no signal did. The number of a
// signal can also be an exit code of ours: MPICH's launcher ends with 10 if SIGUSR1 kills a rank, and if ranks end with
// ERR_ALERT. A rank that was killed announces no exit code. If all ranks are on other nodes, none announces anything,
// and the code is taken for ERR_ALERT, because nobody sends SIGUSR1 to a rank that takes no requests.
static int signal_of_rank(const struct child *c, int own)
{
    const bool is_announced = own == c->worst || (c->known == 0 && own == ERR_ALERT);

    return is_announced ? 0 : launcher_signal(c->s->launcher->flavour, own);
}

// Sets *code to the exit code. Returns -1 and an error if the launcher failed before a rank had started.
static int conclude_launch(struct child *c, int status, int *code, struct err *e)
{
    int own = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

    take_announcements(c);
    int signal = WIFEXITED(status) ? signal_of_rank(c, own) : 0;
    *code = own ? own : c->worst;
    if (own != 0 && c->known > 0 && (c->ended_by || own == LAUNCHER_ENDED))
        *code = code_of_ended(c);
    if (own == 0 && c->known == 0 && !c->is_asked_to_end)
        return explain_death(c, own, e);
    if (own == 0 || c->is_asked_to_end || *code != own)
        return 0;
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "hourglass: mpirun has died (signal %d): start the same command again to resume\n",
            WTERMSIG(status));
        *code = ERR_SYSTEM;
        return 0;
    }
    if (c->known == 0 && explain_death(c, own, e) != 0)
        return -1;
    if (signal) {
        report_death(c, signal);
        if (c->s->killed && signal == SIGKILL)
            *c->s->killed = c->first_dead;
        *code = ERR_SYSTEM;
    }
    return 0;
}

// Starts the launcher, waits for its end and sets *status. Returns 0, or the errno of the step that failed.
static int run_launcher(struct child *c, char **arguments, const sigset_t *mask, int *status)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

    relay_open(&c->output, STDOUT_FILENO);
    relay_open(&c->messages, STDERR_FILENO);
    int error = start_launcher(arguments, c, mask);
    if (c->output.from >= 0)
        await_launcher(c, c->output.from, OUTPUT);
    if (c->messages.from >= 0)
        await_launcher(c, c->messages.from, MESSAGES);

    sigaction(SIGPIPE, &ignore, &before);
    while (!error && !wait_for_events(c, status))
        ;
    if (!error)
        end_ranks(c);
    sigprocmask(SIG_SETMASK, mask, NULL); // signals must work again, because the reader of the rest may be slow
    relay_finish(&c->output);
    relay_finish(&c->messages);
    sigaction(SIGPIPE, &before, NULL);

    return error;
}

int supervise(char **arguments, const struct supervision *s, int *code, struct err *e)
{
    struct child c = {.s = s,
        .rank_fd = mem_new((size_t)s->ranks, sizeof(int)),
        .events = epoll_create1(EPOLL_CLOEXEC),
        .announcements = announce_open(),
        .first_dead = -1};
    sigset_t before;
    int status = 0, failed;

    ASSERT(s->ranks > 0 && arguments[0], "%d ranks", s->ranks);
    c.signals = listen_signals(&before);
    for (int i = 0; i < s->ranks; i++)
        c.rank_fd[i] = -1;
    await_launcher(&c, c.signals, SIGNALS);
    if (c.announcements >= 0)
        await_launcher(&c, c.announcements, ANNOUNCEMENTS);

    int error = run_launcher(&c, arguments, &before, &status);
    if (error)
        failed = err_add(e, ERR_SYSTEM, "cannot start %s: %s", arguments[0], strerror(error));
    else
        failed = conclude_launch(&c, status, code, e);

    sigprocmask(SIG_SETMASK, &before, NULL);
    close(c.signals);
    close(c.announcements);
    close(c.events);
    free(c.rank_fd);
    return failed;
}
