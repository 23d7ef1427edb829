// How ranks and threads are spread over trials: first one rank a trial, then more, at most one worker a shard.
#include "run/run.h"

static bool is_power_of_two(int n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

static int check_wish(const struct run_options *wish, int ranks, int64_t shards, const struct layout *l, struct err *e)
{
    int threads = wish->threads ? wish->threads : 1, workers = l->ranks_per_trial * threads;
    if (wish->ranks_per_trial && !is_power_of_two(wish->ranks_per_trial))
        return err_add(e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a power of two", wish->ranks_per_trial);
    if (wish->threads && !is_power_of_two(wish->threads))
        return err_add(e, ERR_USAGE, "--threads: found %d, allowed: a power of two", wish->threads);
    if (ranks % l->ranks_per_trial)
        return err_add(
            e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a divisor of the %d ranks", l->ranks_per_trial, ranks);
    if (workers > shards)
        return err_add(e, ERR_USAGE,
            "found %d rank%s x %d thread%s = %d workers on a trial whose batch has %lld virtual shard%s: use fewer "
            "ranks "
            "per trial (--ranks-per-trial) or threads (--threads), or set train.shards to %d (which changes the bits "
            "of its results)",
            l->ranks_per_trial, l->ranks_per_trial == 1 ? "" : "s", threads, threads == 1 ? "" : "s", workers,
            (long long)shards, shards == 1 ? "" : "s", workers);
    return 0;
}

// The largest number of ranks, up to `ranks`, that all have work: a rank or a power of two of them on each trial.
static int useful_ranks(int ranks, int threads, int trials, int64_t shards)
{
    int most = 1;
    for (int each = 1; each <= ranks && (int64_t)each * threads <= shards; each *= 2) {
        int groups = ranks / each < trials ? ranks / each : trials;
        most = groups * each > most ? groups * each : most;
    }
    return most;
}

static int refuse_ranks(int ranks, int threads, int trials, int64_t shards, struct err *e)
{
    int useful = useful_ranks(ranks, threads, trials, shards);
    bool more_shards_help = useful_ranks(ranks, threads, trials, SHARDS_MAX) > useful;
    return err_add(e, ERR_USAGE,
        "--ranks: found %d, but %d trial%s with %lld virtual shard%s each and %d thread%s a rank give%s work to %d: "
        "start %d%s",
        ranks, trials, trials == 1 ? "" : "s", (long long)shards, shards == 1 ? "" : "s", threads,
        threads == 1 ? "" : "s", trials == 1 ? "s" : "", useful, useful,
        more_shards_help ? ", or raise train.shards (which changes the bits of results)" : "");
}

int layout_choose(const struct run_options *wish, int ranks, int cores, int trials, int64_t least_shards,
    struct layout *out, struct err *e)
{
    int each = wish->ranks_per_trial ? wish->ranks_per_trial : 1, threads = wish->threads ? wish->threads : 1;
    while (!wish->ranks_per_trial && ranks / each > trials && ranks % (2 * each) == 0 &&
           2 * each * threads <= least_shards)
        each *= 2; // fewer groups than trials: better than ranks without work
    *out = (struct layout){.ranks_per_trial = each};
    if (check_wish(wish, ranks, least_shards, out, e) != 0)
        return -1;
    out->groups = ranks / each;
    if (!wish->may_idle && !wish->ranks_per_trial && out->groups > trials && trials > 0 && out->groups > 1)
        return refuse_ranks(ranks, threads, trials, least_shards, e);
    out->threads = wish->threads ? wish->threads : shards_workers(least_shards / each, cores);
    return 0;
}
