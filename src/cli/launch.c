// Gives a run its ranks, by the launcher that started us or by one that we start.
#include "cli/launch.h"

#include "base/mem.h"
#include "cli/memory_kill.h"
#include "cli/supervise.h"
#include "comm/comm.h"
#include "presence/beacon.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int launch_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int launch_threads(int local_ranks)
{
    const char *wish = getenv("OMP_NUM_THREADS"); // may be a list: its first number is for the outermost region
    int cores = wish && atoi(wish) > 0 ? atoi(wish) : launch_cores() / local_ranks;
    return cores > 1 ? cores : 1;
}

int launch_wanted(int ranks, int threads, int ranks_per_trial, int64_t trials)
{
    const int each = ranks_per_trial ? ranks_per_trial : 1;
    const int workers = each * (threads ? threads : 1);
    int groups = launch_cores() / workers;

    ASSERT(ranks >= 0 && threads >= 0 && ranks_per_trial >= 0 && trials >= 0, "%d %d", ranks, threads);
    if (ranks)
        return ranks;
    groups = groups < trials ? groups : (int)trials;
    return groups > 1 ? groups * each : each;
}

void launch_environment(const struct launcher *l, int workers)
{
    launcher_environment(l->flavour, workers > launch_cores());
    if (isatty(STDERR_FILENO))
        setenv("HOURGLASS_TERMINAL", "1", 0);
}

static void describe_rank(void *folder, int rank, char out[512])
{
    struct beacon b;
    struct err ignored = {0};
    if (!folder)
        return;
    if (beacon_of_rank(folder, 0, rank, &b, &ignored) == 0)
        beacon_describe(&b, out);
    beacon_free(&b);
}

// Returns the launcher's command line in new memory.
static char **command_line(const struct launcher *launcher, const struct launch *l, const char *self)
{
    char **arguments = mem_new((size_t)l->argc + 6, sizeof *arguments);
    const char *quiet = launcher_quiet_option(launcher);
    int n = 0;

    arguments[n++] = mem_text(launcher->path);
    if (quiet)
        arguments[n++] = mem_text(quiet); // our own messages say what is wrong
    arguments[n++] = mem_text("-n");
    arguments[n++] = mem_format("%d", l->ranks);
    arguments[n++] = mem_text(self);
    for (int i = 0; i < l->argc; i++)
        arguments[n++] = mem_text(l->argv[i]);
    return arguments;
}

// Removes from a command line the options of run that must act only once. A run that starts again must find its earlier
// results.
static void leave_out_once(char **arguments)
{
    char **kept = arguments;

    for (char **a = arguments; *a; a++)
        if (strcmp(*a, "--fresh") == 0 || strcmp(*a, "--retry-failed") == 0)
            free(*a);
        else
            *kept++ = *a;
    *kept = NULL;
}

// Starts the launcher and ends this process with the exit code of the ranks. Returns -1 and an error if no rank could
// be started.
static int start_ranks(const struct launch *l, struct err *e)
{
    struct launcher launcher;
    char self[4096] = "";
    int code;

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return err_errno(e, "cannot find the program's own file");
    if (launcher_find(&launcher, e) != 0)
        return -1;
    launch_environment(&launcher, l->ranks * (l->threads ? l->threads : 1));

    int killed = -1;
    struct supervision s = {.launcher = &launcher,
        .killed = &killed,
        .ranks = l->ranks,
        .takes_requests = l->folder != NULL,
        .reads_input = l->reads_input,
        .describe = describe_rank,
        .context = (void *)(size_t)l->folder};
    char **arguments = command_line(&launcher, l, self);
    int64_t kills = mem_kills();
    int failed = supervise(arguments, &s, &code, e);
    while (failed == 0 && killed >= 0 && l->folder && memory_kill_settle(l->folder, killed, kills)) {
        leave_out_once(arguments);
        killed = -1;
        kills = mem_kills();
        failed = supervise(arguments, &s, &code, e);
    }
    if (failed == 0)
        exit(code);

    for (char **a = arguments; *a; a++)
        free(*a);
    free(arguments);
    launcher_free(&launcher);
    return -1;
}

int launch_ranks(const struct launch *l, struct err *e)
{
    int launched = comm_launched_size();

    if (launched > 1 && l->is_wish && launched != l->ranks)
        return err_add(
            e, ERR_USAGE, "--ranks: found %d, but a launcher has started %d: leave it out", l->ranks, launched);
    if (l->ranks <= 1 || comm_has_launcher())
        return 0;

    struct err why = {0};
    start_ranks(l, &why);
    if (l->is_wish) {
        err_merge(e, &why);
        return -1;
    }
    fprintf(stderr, "hourglass: continuing with one rank: %s", why.text); // one rank gives the same results
    return 0;
}

int launch_print_errors(const struct err *e)
{
    return e->count && comm_launched_rank() == 0 ? err_print(e) : 0;
}
