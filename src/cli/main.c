// hourglass COMMAND: finds the subcommand and runs it.
#include "base/cleanup.h"
#include "base/err.h"
#include "base/input.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/announce.h"
#include "cli/cli.h"
#include "cli/guard.h"
#include "cli/help.h"
#include "cli/launch.h"
#include "comm/comm.h"
#include "kernels/kernels.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
    bool is_guarded; // reads foreign files: runs in a child process, unless a launcher has started several ranks
    bool is_threaded;
} commands[] = {
    {"import", cmd_import, "files of other formats become a data set", true, false},
    {"new", cmd_new, "an experiment to start from, for a data set or any data", true, false},
    {"check", cmd_check, "validate an experiment; list its trials; train nothing", true, true},
    {"run", cmd_run, "train and score the trials of an experiment", false, true},
    {"status", cmd_status, "how far a run is: done, running, failed, left, time left", false, false},
    {"top", cmd_top, "leaderboard of a run, most and least anomalous samples, gallery", true, false},
    {"collect", cmd_collect, "builds run.h5 from the trials finished so far", true, false},
    {"merge", cmd_merge, "several runs, several clusters, one file", true, false},
    {"ensemble", cmd_ensemble, "one model of the trials of a run", true, true},
    {"compare", cmd_compare, "architectures and clusters side by side, with drift", true, false},
    {"report", cmd_report, "a page about a run, for a browser", true, false},
    {"verify", cmd_verify, "are all arrays as they were written?", false, false},
    {"doctor", cmd_doctor, "is this machine, allocation and MPI launch what you think it is?", false, false},
    {"score", cmd_score, "errors of new data under a trained model", true, true},
    {"explain", cmd_explain, "why rows of new data are anomalous: features, values seen and expected", true, true},
    {"encode", cmd_encode, "codes of a data set, as a data set", true, true},
    {"decode", cmd_decode, "reconstructions of codes, as a data set", true, true},
    {"generate", cmd_generate, "new samples from a variational model", true, true},
    {"info", cmd_info, "what is in a data set, a trial or a run", true, false},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

// Prints the help of the program. In formats other than text, every subcommand adds its part, from its table of
// options.
static int print_program_help(const char *format)
{
    const char *names[COMMANDS], *summaries[COMMANDS];
    int found = help_format_named(format);

    if (found < 0) {
        fprintf(stderr, "hourglass: --help: found '%s', allowed: nothing, or one of man, bash, zsh\n", format);
        return 2;
    }
    for (int i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        summaries[i] = commands[i].help;
    }

    help_print_head((enum help_format)found, names, summaries, COMMANDS);
    for (int i = 0; i < COMMANDS && found != HELP_TEXT; i++) {
        char name[32], option[32];
        snprintf(name, sizeof name, "%s", names[i]);
        snprintf(option, sizeof option, "--help=%s", format);
        fflush(stdout);
        if (commands[i].run(2, (char *[]){name, option, NULL}) != 0)
            return 70;
    }
    help_print_foot((enum help_format)found);
    return 0;
}

static int refuse_command(const char *name)
{
    const char *names[COMMANDS];
    for (int i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    char hint[DID_YOU_MEAN_ROOM];
    char *visible = text_visible(name);
    fprintf(stderr, "hourglass: %s: no such command%s; see hourglass --help\n", visible,
        text_did_you_mean(hint, name, names, COMMANDS));
    free(visible);
    return 2;
}

// Returns true if standard output is a file that an argument names, as in `hourglass top run.h5 --csv >>run.h5`. The
// argument may have a split after the file, or may be a folder with a run.h5.
static bool writes_to_argument(int argc, char **argv, const char **found)
{
    static const char here[] = "/proc/self/fd/1";
    char name[4096];
    struct stat s;
    if (fstat(STDOUT_FILENO, &s) < 0 || !S_ISREG(s.st_mode))
        return false;

    for (int i = 2; i < argc; i++) {
        *found = argv[i];
        if (input_is_same(argv[i], here))
            return true;
        const char *colon = strrchr(argv[i], ':');
        snprintf(name, sizeof name, "%.*s", colon ? (int)(colon - argv[i]) : 0, argv[i]);
        if (colon && input_is_same(name, here))
            return true;
        snprintf(name, sizeof name, "%s/run.h5", argv[i]);
        if (input_is_same(name, here))
            return true;
    }

    return false;
}

// Checks the environment variables of the program, because a wrong value would be ignored without a message.
static int check_environment(void)
{
    static const char *const sets[] = {"avx512", "avx2", "base", "plain"};
    const char *kernel = getenv("HOURGLASS_KERNELS");
    const char *overlap = getenv("HOURGLASS_OVERLAP");
    int failed = 0;

    if (kernel && !kernels_named(kernel)) {
        fprintf(stderr, "hourglass: HOURGLASS_KERNELS: found '%s', allowed on this CPU:", kernel);
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
            if (kernels_named(sets[i]))
                fprintf(stderr, " %s", sets[i]);
        fprintf(stderr, "\n");
        failed = 2;
    }
    if (overlap && *overlap && strcmp(overlap, "0") != 0 && strcmp(overlap, "1") != 0) {
        fprintf(stderr, "hourglass: HOURGLASS_OVERLAP: found '%s', allowed: 0 1\n", overlap);
        failed = 2;
    }

    return failed;
}

// Writes output in whole lines, because the launcher of Open MPI 5 sometimes loses the first piece of a line.
static void buffer_lines(void)
{
    setvbuf(stderr, NULL, _IOLBF, 1 << 16);
    if (comm_has_launcher())
        setvbuf(stdout, NULL, _IOLBF, 1 << 16);
}

// Opens standard streams that are closed. Otherwise a file that is opened later would take the place of one, and get
// the output. Reading from the opened standard input and writing to the opened outputs fails.
static void open_streams(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(ERR_SYSTEM);
}

// Returns true if the reader of standard output has closed it, as `head` does when it has enough lines.
static bool has_no_reader(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

// Writes the rest of standard output. If output is lost, prints a message and returns ERR_IO, or `code` if the command
// has failed already. Returns `code` if nothing is lost, or if the reader of the output has ended.
static int flush_output(int code)
{
    bool is_lost = ferror(stdout);

    ASSERT(code >= 0 && code < 256, "exit code %d", code);
    errno = 0;
    if (fflush(stdout) == 0 && !is_lost)
        return code;
    const char *why = errno ? strerror(errno) : "an earlier write failed; is the disk full?";
    if (errno == EPIPE || has_no_reader())
        return code;

    fprintf(stderr, "hourglass: standard output: cannot write all of it: %s\n", why);
    return code ? code : ERR_IO;
}

// Runs a subcommand and returns its exit code. A rank is not guarded, and removes its own temporaries when a signal
// ends it. `run` handles signals in its own way.
static int start_command(int i, int argc, char **argv)
{
    const bool is_launched = comm_has_launcher() || comm_launched_size() > 1;

    ASSERT(i >= 0 && i < COMMANDS, "command %d of %d", i, COMMANDS);
    if (commands[i].is_guarded && !is_launched)
        return guard_run(commands[i].run, argc, argv);
    if (commands[i].is_guarded) {
        cleanup_start();
        cleanup_listen();
    }
    return commands[i].run(argc, argv);
}

static int command_run(int argc, char **argv)
{
    if (check_environment() != 0)
        return 2;
    const char *found;
    if (writes_to_argument(argc, argv, &found)) {
        fprintf(stderr, "hourglass: %s: standard output is this file, allowed: a file that is not read\n", found);
        return 2;
    }

    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return start_command(i, argc - 1, argv + 1);
    return refuse_command(argv[1]);
}

// Returns true if one thread does the work. The last option such as -t 1 or --threads=1 decides. Without one, the
// environment decides. If the value of another option is mistaken for such an option, that costs only time.
static bool uses_one_thread(char **argv)
{
    const char *wanted = NULL;

    for (int i = 2; argv[i]; i++) {
        bool is_alone = strcmp(argv[i], "-t") == 0 || strcmp(argv[i], "--threads") == 0;
        if (is_alone && argv[i + 1])
            wanted = argv[++i];
        else if (strncmp(argv[i], "-t", 2) == 0)
            wanted = argv[i] + 2;
        else if (strncmp(argv[i], "--threads=", 10) == 0)
            wanted = argv[i] + 10;
    }
    return wanted ? strcmp(wanted, "1") == 0 : launch_threads(1) == 1;
}

// Starts the program again with an environment in which idle threads sleep. Does nothing if this would not help, or if
// the user has chosen how threads wait. The OpenMP library reads before main how threads wait. By default some stay
// awake for milliseconds between two epochs, and keep the core from others.
static void let_threads_sleep(char **argv)
{
    bool is_threaded = false;

    for (int i = 0; i < COMMANDS; i++)
        is_threaded |= strcmp(argv[1], commands[i].name) == 0 && commands[i].is_threaded;
    if (!is_threaded || launch_cores() == 1 || getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT"))
        return;
    if (uses_one_thread(argv)) // no thread waits for another, and a restart takes as long as scoring 100,000 rows
        return;
    setenv("OMP_WAIT_POLICY", "passive", 0);
    execv("/proc/self/exe", argv); // if execv fails, the threads stay awake
}

int main(int argc, char **argv)
{
    int code = 0;

    signals_take_back();
    if (argc > 1)
        let_threads_sleep(argv);
    open_streams();
    buffer_lines();
    announce_start();
    if (argc < 2) {
        fprintf(stderr, "usage: hourglass COMMAND [ARGUMENT]...; see hourglass --help\n");
        code = 2;
    } else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        code = print_program_help(NULL);
    } else if (strncmp(argv[1], "--help=", 7) == 0) {
        code = print_program_help(argv[1] + 7);
    } else if (strcmp(argv[1], "--version") == 0) {
        help_print_version();
    } else {
        code = command_run(argc, argv);
    }

    return announce_end(flush_output(code));
}
