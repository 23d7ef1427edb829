// How ranks and threads are spread over trials: first one rank a trial, then more, at most one worker a shard.
#include "sweep/run.h"

static bool is_power_of_two(int n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

static int check_wish(const struct run_options *wish, int ranks, int64_t shards, const struct layout *l, struct err *e)
{
    int workers = l->ranks_per_trial * (wish->threads ? wish->threads : 1);
    if (wish->ranks_per_trial && !is_power_of_two(wish->ranks_per_trial))
        return err_add(e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a power of two", wish->ranks_per_trial);
    if (wish->threads && !is_power_of_two(wish->threads))
        return err_add(e, ERR_USAGE, "--threads: found %d, allowed: a power of two", wish->threads);
    if (ranks % l->ranks_per_trial)
        return err_add(
            e, ERR_USAGE, "--ranks-per-trial: found %d, allowed: a divisor of the %d ranks", l->ranks_per_trial, ranks);
    if (workers > shards)
        return err_add(e, ERR_USAGE,
            "%d ranks x %d threads are %d workers on a trial whose batch has %lld virtual shard%s: use fewer ranks per "
            "trial or "
            "threads, or set train.shards to %d (which changes the bits of its results)",
            l->ranks_per_trial, workers / l->ranks_per_trial, workers, (long long)shards, shards == 1 ? "" : "s",
            workers);
    return 0;
}

int layout_choose(const struct run_options *wish, int ranks, int cores, int trials, int64_t least_shards,
    struct layout *out, struct err *e)
{
    int each = wish->ranks_per_trial ? wish->ranks_per_trial : 1;
    if (!wish->ranks_per_trial) {
        int threads = wish->threads ? wish->threads : 1;
        while (2 * each * threads <= least_shards && ranks % (2 * each) == 0 && (ranks / (2 * each)) >= trials)
            each *= 2;
    }
    *out = (struct layout){.ranks_per_trial = each};
    if (check_wish(wish, ranks, least_shards, out, e) != 0)
        return -1;
    out->groups = ranks / each;
    if (!wish->ranks_per_trial && out->groups > trials && trials > 0 && out->groups > 1)
        return err_add(e, ERR_USAGE,
            "%d ranks are more than %d trial%s with at most %lld worker%s each can use: start at most %lld", ranks,
            trials, trials == 1 ? "" : "s", (long long)least_shards, least_shards == 1 ? "" : "s",
            (long long)least_shards * trials);
    out->threads = wish->threads ? wish->threads : shards_workers(least_shards / each, cores);
    return 0;
}
