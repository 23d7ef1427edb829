// Chooses how ranks and threads share the trials. One rank trains a trial, unless there are more ranks than trials;
// then 2, 4, 8, ... ranks train one trial together.
#include "run/ranks_layout.h"

#include "base/text.h"
#include "train/train.h"

// A thread is worthwhile if it has this many operations per step: 50 microseconds of work, about ten times the wait for
// the other threads.
static const double THREAD_OPERATIONS = 1e6;

static bool is_power_of_two(int n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

static int check_wish(const struct ranks_wish *wish, int ranks, int64_t shards, int each, struct err *e)
{
    int threads = wish->threads ? wish->threads : 1;
    int workers = each * threads;

    if (wish->ranks_per_trial && !is_power_of_two(wish->ranks_per_trial))
        return err_add(e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a power of two", wish->ranks_per_trial);
    if (wish->threads && !is_power_of_two(wish->threads))
        return err_add(e, ERR_USAGE, "--threads: found %d, allowed: a power of two", wish->threads);
    if (ranks % each)
        return err_add(e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a divisor of the %d ranks", each, ranks);
    if (workers > shards)
        return err_add(e, ERR_USAGE,
            "found %d rank%s x %d thread%s = %d workers on a trial whose batch has %lld virtual shard%s: use fewer ranks per trial (--ranks-per-trial) or threads (--threads), or set train.shards to %d (which changes the bits of its results)",
            each, text_plural(each), threads, text_plural(threads), workers, (long long)shards, text_plural(shards),
            workers);

    return 0;
}

int ranks_layout_useful(const struct ranks_supply *supply, int threads)
{
    int most = 1;

    ASSERT(supply->ranks >= 1 && threads >= 1, "%d ranks, %d threads", supply->ranks, threads);
    for (int each = 1; each <= supply->ranks && (int64_t)each * threads <= supply->least_shards; each *= 2) {
        int groups = supply->ranks / each < supply->trials ? supply->ranks / each : supply->trials;
        most = groups * each > most ? groups * each : most;
    }
    ASSERT(most <= supply->ranks, "%d of %d", most, supply->ranks);
    return most;
}

static int refuse_idle_ranks(const struct ranks_supply *s, int threads, struct err *e)
{
    struct ranks_supply many_shards = *s;
    many_shards.least_shards = SHARDS_MAX;
    int useful = ranks_layout_useful(s, threads);
    const char *verb = s->trials == 1 ? "gives" : "give";
    bool more_shards_help = ranks_layout_useful(&many_shards, threads) > useful;
    return err_add(e, ERR_USAGE,
        "--ranks: found %d, but %d trial%s with %lld virtual shard%s each and %d thread%s per rank %s work to %d: start %d%s",
        s->ranks, s->trials, text_plural(s->trials), (long long)s->least_shards, text_plural(s->least_shards), threads,
        text_plural(threads), verb, useful, useful,
        more_shards_help ? ", or raise train.shards (which changes the bits of results)" : "");
}

// Returns how many threads per rank have enough work, up to the cores of a rank.
static int useful_threads(const struct ranks_supply *s, int ranks_per_trial)
{
    double worth = s->step_operations / ranks_per_trial / THREAD_OPERATIONS;
    int most = s->step_operations > 0 && worth < s->cores ? (int)worth : s->cores;
    return shards_workers(s->least_shards / ranks_per_trial, most);
}

int ranks_layout_choose(
    const struct ranks_wish *wish, const struct ranks_supply *supply, struct ranks_layout *out, struct err *e)
{
    int ranks = supply->ranks;
    int each = wish->ranks_per_trial ? wish->ranks_per_trial : 1;
    int threads = wish->threads ? wish->threads : 1;

    ASSERT(ranks > 0 && supply->trials >= 0, "%d ranks, %d trials", ranks, supply->trials);
    while (!wish->ranks_per_trial && ranks / each > supply->trials && ranks % (2 * each) == 0 &&
           2 * each * threads <= supply->least_shards)
        each *= 2; // perhaps fewer groups than trials, which is better than ranks without work

    *out = (struct ranks_layout){.ranks_per_trial = each};
    if (check_wish(wish, ranks, supply->least_shards, each, e) < 0)
        return -1;

    out->groups = ranks / each;
    bool is_idle = out->groups > supply->trials && supply->trials > 0 && out->groups > 1;
    if (is_idle && !wish->may_idle && !wish->ranks_per_trial)
        return refuse_idle_ranks(supply, threads, e);

    out->threads = wish->threads ? wish->threads : useful_threads(supply, each);
    ASSERT(out->groups * each == ranks, "%d groups of %d", out->groups, each);
    return 0;
}
