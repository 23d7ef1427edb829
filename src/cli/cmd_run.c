// hourglass run: trains and scores the trials of an experiment.
#include "base/duration.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/request.h"
#include "base/text.h"
#include "cli/announce.h"
#include "cli/cli.h"
#include "cli/launch.h"
#include "cli/options.h"
#include "cli/show.h"
#include "comm/comm.h"
#include "kernels/kernels.h"
#include "leaderboard/run_file.h"
#include "leaderboard/run_list.h"
#include "leaderboard/run_read.h"
#include "run/earlier_results.h"
#include "run/ranks_layout.h"
#include "run/run.h"
#include "search/search.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/experiment.h"
#include "trial/knowledge.h"
#include "trial/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum trial_place { TRIALS_AUTO, TRIALS_FILES, TRIALS_JOURNAL };
static const char *const trial_places[] = {"auto", "files", "journal", NULL};
enum { TRIALS_IN_FILES = 50 }; // most trials of a run that are files by default

struct run_command_options {
    int64_t ranks, threads, ranks_per_trial;
    char *results, *checkpoint_every, *hang_timeout;
    char *part;
    int part_number, parts;                  // parsed from `part`; 0: all trials
    double checkpoint_seconds, hang_seconds; // parsed from their options
    struct field_texts settings;
    int trials; // enum trial_place
    bool fresh, retry_failed, quiet;
};

static const struct field fields[] = {
    FIELD_ROW(run_command_options, ranks, "ranks", FIELD_INT,
        "MPI ranks: starts mpirun where no launcher has started us; default: what cores and trials allow", .min = 1,
        .max = 1 << 20),
    FIELD_ROW(run_command_options, threads, "threads", FIELD_INT,
        "OpenMP threads of each rank; default: what the cores and the shards allow", .min = 1, .max = 1024),
    FIELD_ROW(run_command_options, ranks_per_trial, "ranks-per-trial", FIELD_INT,
        "ranks that train a trial together; default: one, or more where there are more ranks than trials", .min = 1,
        .max = 1 << 20),
    FIELD_ROW(run_command_options, checkpoint_every, "checkpoint-every", FIELD_TEXT,
        "how often the state of a trial in training is written, in s, min or h; 0s: only on request",
        .default_text = "60s"),
    FIELD_ROW(run_command_options, hang_timeout, "hang-timeout", FIELD_TEXT,
        "a rank that gives no sign of life for this long ends the job; 0s: never", .default_text = "10min"),
    FIELD_ROW(run_command_options, part, "part", FIELD_TEXT,
        "K/N: the Kth of N parts of the trials; runs of several parts share the folder (Slurm: job arrays)"),
    FIELD_ROW(run_command_options, results, "results", FIELD_TEXT, "folder that contains the run's folder",
        .default_text = "results"),
    FIELD_ROW(run_command_options, settings, "set", FIELD_TEXTS,
        "KEY=VALUE: overrides a setting of the experiment, such as train.epochs=3"),
    FIELD_ROW(run_command_options, trials, "trials", FIELD_CHOICE,
        "where finished trials go: a file each, or small ones to a journal of each rank; auto: a journal if there are "
        "more than 50 trials",
        .choices = trial_places, .default_text = "auto"),
    FLAG_ROW(run_command_options, fresh, "fresh", "start from scratch; the old folder is kept under another name"),
    FLAG_ROW(run_command_options, retry_failed, "retry-failed", "run trials again that failed before"),
    FLAG_ROW(run_command_options, quiet, "quiet", "print nothing but errors"),
    {0},
};

static const struct command command = {
    .name = "run",
    .usage = "EXPERIMENT.yaml [OPTION]...",
    .about = "Trains and scores every trial of the experiment, and writes RESULTS/NAME/: its trials, run.h5 with\n"
             "all of them and the leaderboard, and a gallery. Trials that are finished there are not run again, and a\n"
             "trial that was interrupted resumes from its last checkpoint, to the same bits. On SIGUSR1, SIGTERM or\n"
             "SIGINT the run writes a checkpoint and stops; on SIGUSR2 it writes one and continues.\n",
    .shorts = "n:ranks t:threads",
    .footer =
        "Exit code: 0 done; 1 a trial failed; 2 the experiment or an option is wrong; 3 a data file is bad;\n"
        "69 another run uses the folder; 71 a rank died or hangs; 74 writing failed; 75 stopped at a checkpoint, with\n"
        "more to do: start it again.\n"
        "\n"
        "  hourglass run experiments/quickstart.yaml -n 2\n"
        "  hourglass run experiments/mnist-shoe.yaml --set train.epochs=3\n"
        "  srun --mpi=pmix hourglass run experiments/mnist-deep.yaml --ranks-per-trial 4\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

// The facts about the plan that all ranks need. Only rank 0 makes the plan. It does so before MPI starts, because it
// forks a child that checks files (store_walk), which is not safe later.
struct load {
    int trials;
    int64_t least_shards;
    double step_operations;
    bool uses_journal;
};

// Returns true if small trials go to journals. By default they do in a large sweep.
static bool wants_journal(enum trial_place wish, const struct experiment *x, const struct plan *plan)
{
    const int n = search_needs_results(x->search) ? (int)search_bound(x->search) : plan_different(plan);
    return wish == TRIALS_AUTO ? n > TRIALS_IN_FILES : wish == TRIALS_JOURNAL;
}

struct job {
    const struct run_command_options *options;
    struct experiment x;
    struct plan plan;
    struct earlier_results earlier; // on rank 0
    struct ranks_layout layout;
    char *folder;    // owned
    struct run *run; // owned; NULL before the folder is taken
    struct run_counts counts;
};

static void job_free(struct job *j, int code)
{
    bool is_done = code == 0 || code == ERR_TRIAL;
    const char *unfinished = code == EXIT_STOPPED ? "stopped" : "failed";

    run_end(&j->run, is_done ? "done" : unfinished);
    plan_free(&j->plan);
    earlier_results_free(&j->earlier);
    experiment_free(&j->x);
    free(j->folder);
}

static void print_run_start(const struct job *j, const struct comm *world)
{
    int n = search_needs_results(j->x.search) ? (int)search_bound(j->x.search) : plan_different(&j->plan);
    log_line(LOG_RUN, "%s: %s%d trial%s on %d rank%s x %d thread%s (%d at a time), kernels %s, %s (%s)", j->x.name,
        search_needs_results(j->x.search) ? "up to " : "", n, text_plural(n), world->size, text_plural(world->size),
        j->layout.threads, text_plural(j->layout.threads), j->layout.groups, kernels()->set, gemm_library(),
        gemm_corename());
}

// Removes all trials from the plan but those of this part.
static void keep_part(struct job *j, struct err *e)
{
    ASSERT(j->options->part_number >= 1 && j->options->part_number <= j->options->parts, "part %d of %d",
        j->options->part_number, j->options->parts);
    if (search_needs_results(j->x.search))
        err_add(e, ERR_USAGE,
            "--part: this sweep's method chooses trials by the results of others: it needs one run, no job array");
    else
        plan_keep_part(&j->plan, j->options->part_number, j->options->parts);
}

// Collective over world. Chooses the layout, takes the folder and runs the trials.
static int run_job(struct job *j, const struct comm *world, struct err *e)
{
    // If we chose the number of ranks, equal trials were counted for it, too. So some ranks may be idle.
    bool is_default = j->options->ranks == 0 && announce_is_ours();
    struct ranks_wish wish = {(int)j->options->threads, (int)j->options->ranks_per_trial, is_default};
    struct load load = {plan_different(&j->plan), plan_least_shards(&j->plan), plan_step_operations(&j->plan),
        world->rank == 0 && wants_journal((enum trial_place)j->options->trials, &j->x, &j->plan)};

    comm_broadcast(world, 0, &load, sizeof load);
    if (j->options->parts && world->rank == 0)
        keep_part(j, e);
    if (world->rank != 0)
        store_trust();

    struct ranks_supply supply = {
        world->size, launch_threads(comm_local_size(world)), load.trials, load.least_shards, load.step_operations};
    ranks_layout_choose(&wish, &supply, &j->layout, e);
    if (!e->count)
        team_set_threads(j->layout.threads, e);
    if (comm_agree(world, e) != 0)
        return -1;

    struct run_settings settings = {.folder = j->folder,
        .part = j->options->part_number,
        .is_fresh = j->options->fresh,
        .retries_failed = j->options->retry_failed,
        .checkpoint_every = j->options->checkpoint_seconds,
        .hang_timeout = j->options->hang_seconds,
        .uses_journal = load.uses_journal,
        .layout = j->layout};
    j->run = run_begin(world, &j->x, &j->plan, &j->earlier, &settings, e);
    if (!j->run)
        return -1;

    print_run_start(j, world);

    return run_trials(j->run, world, &j->counts, e);
}

// Writes run.h5. If a `collect` or another part is writing it, waits for that first.
static int collect_run_file(
    const struct job *j, enum store_check check, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct output output = {0};
    *rows = NULL;
    *n = 0;
    int failed = run_file_take(&output, j->folder, e);
    if (!failed)
        failed = run_file_collect(j->folder, &output, &(struct collecting){.check = check}, rows, n, e);
    output_release(&output);

    return failed;
}

// On rank 0, after MPI has ended: writes run.h5 and shows the leaderboard.
static int collect_results(const struct job *j, struct err *e)
{
    struct leaderboard_row *rows;
    int n;
    bool is_own = j->counts.found == 0 && !j->options->parts; // this process and its ranks wrote all trial files
    int failed = collect_run_file(j, is_own ? STORE_OWN : STORE_CHECK, &rows, &n, e);

    // Another part may have finished a trial meanwhile. A bad file never adds a row, so an error ends the loop, too.
    while (!failed && j->options->parts && !e->count && run_count_trials(j->folder) > n) {
        rows_free(&rows, n);
        failed = collect_run_file(j, STORE_CHECK, &rows, &n, e);
    }

    if (!failed && !j->options->quiet && n > 0)
        failed = show_run(j->folder, rows, n, &(struct show_options){.rows = 10, .samples = 5, .list = 20}, e);
    rows_free(&rows, n);
    return e->count ? -1 : failed;
}

// On rank 0, after MPI has ended: collects the results, unless the run was stopped, and reports how it ended. Returns
// the exit code.
static int conclude_run(const struct job *j, struct err *e)
{
    const struct run_counts *c = &j->counts;

    ASSERT(c->failed + c->failed_before <= c->trials, "%d and %d of %d trials", c->failed, c->failed_before, c->trials);
    if (c->stopped) { // stop without delay: the user or the batch system waits
        log_line(
            LOG_RUN, "stopped: %d of %d trials are left; run the same command again to resume", c->stopped, c->trials);
        return EXIT_STOPPED;
    }
    if (collect_results(j, e) == 0 && c->failed)
        err_add(e, ERR_TRIAL, "%d of %d trials failed, the first: %s", c->failed, c->trials, c->why);
    else if (!e->count && c->failed_before)
        err_add(e, ERR_TRIAL,
            "%d of %d trials failed in an earlier run: hourglass status %s says why, --retry-failed "
            "runs them again",
            c->failed_before, c->trials, j->folder);

    return launch_print_errors(e);
}

static int launch_run(const struct job *j, int argc, char **argv, struct err *e)
{
    const struct run_command_options *o = j->options;
    const struct launch launch = {
        .ranks = launch_wanted((int)o->ranks, (int)o->threads, (int)o->ranks_per_trial, search_bound(j->x.search)),
        .threads = (int)o->threads,
        .is_wish = o->ranks > 0,
        .argc = argc,
        .argv = argv,
        .folder = j->folder};

    return launch_ranks(&launch, e);
}

static int run_experiment(const struct run_command_options *o, const char *path, int argc, char **argv, struct err *e)
{
    struct job j = {.options = o};
    struct comm world = {0};
    bool is_good = experiment_load(path, (const char *const *)o->settings.v, o->settings.n, &j.x, e) == 0;

    if (is_good)
        j.folder = mem_format("%s/%s", o->results, j.x.name);
    if (is_good && launch_run(&j, argc, argv, e) != 0) {
        job_free(&j, 0);
        return launch_print_errors(e);
    }
    request_listen();
    bool plans =
        j.x.search && comm_launched_rank() == 0 && (!j.folder || knowledge_check_folder(&j.x, j.folder, e) == 0);
    if (plans && plan_make(&j.x, &j.plan, e) == 0 && j.folder)
        earlier_results_read(&j.x, &j.plan, o->fresh ? NULL : j.folder, &j.earlier, e);
    log_setup(comm_launched_rank(), o->quiet ? LOG_QUIET : LOG_TRIAL);
    err_print_warnings(&j.plan.warnings);
    // A wrong spec is wrong on every rank, but only rank 0 reports it.
    int failed = comm_start(&world, (int)o->threads, e);
    failed |= comm_agree(&world, e);
    if (!failed)
        failed = run_job(&j, &world, e);
    bool is_first = world.rank == 0;
    int code = launch_print_errors(e); // print before MPI ends: if its end fails, messages are lost
    comm_stop(&world);
    if (!failed && is_first)
        code = conclude_run(&j, e);

    job_free(&j, code);
    return code;
}

static int read_time(const char *option, const char *text, double *seconds, const char *zero, struct err *e)
{
    if (duration_to_seconds(text, seconds) == 0)
        return 0;
    return err_add(e, ERR_USAGE, "--%s: found '%s', allowed: " DURATION_ALLOWED "; 0s: %s", option, text, zero);
}

static int read_times(struct run_command_options *o, struct err *e)
{
    int failed = read_time("checkpoint-every", o->checkpoint_every, &o->checkpoint_seconds, "only on request", e);
    return read_time("hang-timeout", o->hang_timeout, &o->hang_seconds, "never", e) || failed ? -1 : 0;
}

static int read_part_option(struct run_command_options *o, struct err *e)
{
    int end = 0;
    if (!o->part)
        return 0;
    if (sscanf(o->part, "%d/%d%n", &o->part_number, &o->parts, &end) != 2 || o->part[end] || o->part_number < 1 ||
        o->part_number > o->parts)
        return err_add(e, ERR_USAGE, "--part: found '%s', allowed: K/N, such as 1/8 for the first of eight", o->part);
    if (o->fresh)
        return err_add(e, ERR_USAGE, "--fresh: not with --part, whose runs share the folder: run it once without");
    return 0;
}

int cmd_run(int argc, char **argv)
{
    struct run_command_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    if (parsed == 0 && (read_times(&o, &e) != 0 || read_part_option(&o, &e) != 0))
        parsed = -1;
    int code = parsed == 0 ? run_experiment(&o, rest.v[0], argc, argv, &e) : launch_print_errors(&e);
    field_free(fields, &o);
    return code;
}
