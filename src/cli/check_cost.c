// Measures the memory and time of an experiment for `hourglass check`.
#include "cli/check_cost.h"

#include "base/err.h"
#include "base/text.h"
#include "cli/launch.h"
#include "comm/comm.h"
#include "run/ranks_layout.h"
#include "search/search.h"
#include "trial/calibrate.h"
#include "trial/experiment.h"
#include <math.h>
#include <stdio.h>

static const double OVERHEAD = 0.02;    // seconds per trial for set-up, scores and the file
static const double WORTH_A_CORE = 1.3; // two threads are used if they are at least this much faster than one

double check_operations(const struct plan *p, double *most)
{
    double sum = 0;

    *most = 0;
    for (int i = 0; i < p->n; i++) {
        if (p->entry[i].same_as >= 0)
            continue;
        sum += p->entry[i].operations;
        *most = fmax(*most, p->entry[i].operations);
    }

    return sum / search_share(p->search);
}

static double all_seconds(const struct plan *p, const struct ranks_layout *l, const struct calibration *c)
{
    double most, operations = check_operations(p, &most);
    double trials = (double)p->n / search_share(p->search);

    return fmax((operations / c->rate + OVERHEAD * trials) / l->groups, most / c->rate + OVERHEAD);
}

static void print_cost(const struct plan *p, const struct ranks_layout *l, const struct calibration *c)
{
    char memory[16], spent[48];
    int ranks = l->groups * l->ranks_per_trial;

    printf("Ranks        %d x %d thread%s: %d trial%s at a time, on %d rank%s each\n", ranks, l->threads,
        text_plural(l->threads), l->groups, text_plural(l->groups), l->ranks_per_trial,
        text_plural(l->ranks_per_trial));
    printf("Memory       at most %s per rank, besides the data, which the ranks of a node share\n",
        text_bytes(memory, (double)c->bytes));
    printf("Time         about %s at %.3g GFLOP/s per trial, as measured here\n",
        text_seconds(spent, all_seconds(p, l, c)), 1e-9 * c->rate);
}

// Prints options for Slurm, with twice the expected time and memory, because compute nodes and their file systems
// differ from this machine.
static void print_slurm_options(const struct plan *p, const struct ranks_layout *l, const struct calibration *c)
{
    const double program_bytes = 300e6, unit = 64 << 20;
    const long step = 300; // times are rounded to this many seconds
    double bytes = 2 * ((double)c->bytes + (double)c->data_bytes + program_bytes) / l->threads;
    long seconds = (long)ceil((2 * all_seconds(p, l, c) + 60) / (double)step) * step;

    printf("Slurm        --ntasks=%d --cpus-per-task=%d --mem-per-cpu=%.0fM --time=%ld-%02ld:%02ld:00\n",
        l->groups * l->ranks_per_trial, l->threads, ceil(bytes / unit) * 64, seconds / 86400, seconds / 3600 % 24,
        seconds / 60 % 60);
}

// Measures whether two threads are faster than one, which the layout cannot know, and sets *l and *c for the better
// number of threads.
static int compare_threads(const struct experiment *x, const struct plan *p, const struct comm *self,
    struct ranks_layout *l, struct calibration *c, struct err *e)
{
    struct calibration other;
    int was = l->threads, threads = was == 1 ? 2 : 1;

    if (calibrate(x, p, &(struct team){.comm = self, .threads = threads}, l->ranks_per_trial, &other, e) != 0)
        return -1;
    double gain = was == 1 ? other.rate / c->rate : c->rate / other.rate;
    printf("Threads      two are %.1f times as fast as one: %s\n", gain,
        gain >= WORTH_A_CORE ? "-t 2 pays" : "-t 1 uses the cores better");
    if ((gain >= WORTH_A_CORE) != (was == 1))
        return 0;

    l->threads = threads;
    *c = other;
    return 0;
}

static int measure_cost(
    const struct experiment *x, const struct plan *p, struct ranks_layout *l, bool may_choose_threads, struct err *e)
{
    struct comm self = {0};
    struct calibration c;
    int failed = comm_start(&self, l->threads, e);

    if (!failed)
        failed = calibrate(x, p, &(struct team){.comm = &self, .threads = l->threads}, l->ranks_per_trial, &c, e);
    if (!failed && may_choose_threads && l->threads <= 2)
        failed = compare_threads(x, p, &self, l, &c, e);
    comm_stop(&self);
    if (failed)
        return -1;

    print_cost(p, l, &c);
    print_slurm_options(p, l, &c);
    return 0;
}

// Reports ranks that would have no work, and leaves them out.
static void leave_out_idle(struct ranks_supply *supply, int threads)
{
    int useful = ranks_layout_useful(supply, threads);

    if (useful < supply->ranks)
        printf("Work         for %d of %d ranks: %d trial%s of %lld virtual shard%s each\n", useful, supply->ranks,
            supply->trials, text_plural(supply->trials), (long long)supply->least_shards,
            text_plural(supply->least_shards));
    supply->ranks = useful;
}

int check_cost(const struct experiment *x, const struct plan *p, const struct cost_wish *wish, struct err *e)
{
    struct ranks_wish ranks_wish = {wish->threads, wish->ranks_per_trial, wish->ranks == 0};
    struct ranks_layout l;
    int ranks = launch_wanted(wish->ranks, wish->threads, wish->ranks_per_trial, search_bound(x->search));
    int local = ranks < launch_cores() ? ranks : launch_cores(); // further ranks run on other nodes
    struct ranks_supply supply = {
        ranks, launch_threads(local), plan_different(p), plan_least_shards(p), plan_step_operations(p)};

    ASSERT(p->n > 0, "%s: a plan without trials", x->path);
    if (wish->ranks && !wish->ranks_per_trial && !search_needs_results(x->search))
        leave_out_idle(&supply, wish->threads ? wish->threads : 1);
    if (ranks_layout_choose(&ranks_wish, &supply, &l, e) < 0)
        return -1;
    if (comm_launched_size() > 1)
        return 0;

    bool has_two_cores = supply.cores >= 2 && supply.least_shards >= 2 * l.ranks_per_trial;
    return measure_cost(x, p, &l, has_two_cores && !wish->threads, e);
}
