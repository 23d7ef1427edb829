#!/usr/bin/env python3
"""The cases of torch_train.py in today's PyTorch and JAX. PyTorch: eager with fused optimizers, torch.compile, and either with
bfloat16 autocast; JAX: a whole epoch in one jitted scan (dense networks only). The best epoch counts; the first one is a warm-up.

    peers_today.py CASE VARIANT [--epochs E] [--threads T] [--data DIR]     VARIANT: eager compile bf16 compile-bf16 jax jax-bf16

Needs torch and jax of PyPI, for instance in a virtual environment outside of the repository.
"""
import argparse, json, os, sys, time
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)


def run_torch(case, variant, args):
    import torch, torch_train as tt
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)  # adagrad and dead units otherwise crawl
    best_rate, last = 0, 0
    for make in tt.CASES[case]:
        torch.manual_seed(1)
        x, b, opt, loss = make(args.data)
        kind = type(opt)
        params = [p for g in opt.param_groups for p in g["params"]]
        kw = {k: v for k, v in opt.defaults.items() if k in ("lr", "weight_decay", "betas", "eps", "rho")}
        try:
            opt = kind(params, fused=True, **kw)
        except Exception:
            opt = kind(params, foreach=True, **kw)
        step = loss
        if "bf16" in variant:
            inner = step
            def step(v, inner=inner):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    return inner(v)
        if "compile" in variant:
            step = torch.compile(step)
        n = len(x) // b * b
        rates = []
        for e in range(args.epochs + 1):
            order = torch.randperm(len(x))
            t = time.perf_counter()
            total = 0.0
            for i in range(0, n, b):
                batch = x[order[i:i + b]]
                opt.zero_grad(set_to_none=True)
                v = step(batch)
                v.backward()
                opt.step()
                total = total + v.detach()
            last = float(total) / (n // b)
            rates.append(n / (time.perf_counter() - t))
        best_rate = max(best_rate, max(rates[1:]))
    return best_rate, last, "pytorch " + torch.__version__


def run_jax(case, variant, args):
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" if args.threads == 1 else ""
    import jax, jax.numpy as jnp, torch, torch_train as tt
    dt = jnp.bfloat16 if "bf16" in variant else jnp.float32
    x, b, opt, _ = tt.CASES[case][0](args.data)
    x = x.numpy()
    W = {"shoe": [784, 64, 784], "keras-deep": [784, 512, 128, 10, 128, 512, 784], "dl4j": [784, 250, 10, 250, 784],
         "cardio": [21, 12, 21], "denoise": [784, 256, 64, 256, 784]}[case]
    acts = {"shoe": [jax.nn.relu, None], "keras-deep": [jax.nn.elu, jax.nn.elu, None, jax.nn.elu, jax.nn.elu, jax.nn.sigmoid],
            "dl4j": [jax.nn.relu] * 4, "cardio": [jnp.tanh, None], "denoise": [jax.nn.relu] * 3 + [None]}[case]
    rng = np.random.default_rng(1)
    p = [(jnp.asarray(rng.uniform(-1, 1, (i, o)) * np.sqrt(6 / (i + o)), jnp.float32), jnp.zeros(o, jnp.float32)) for i, o in zip(W, W[1:])]
    def f(p, v):
        for (w, c), a in zip(p, acts):
            v = jnp.dot(v.astype(dt), w.astype(dt), preferred_element_type=jnp.float32) + c
            v = a(v) if a else v
        return v
    bce = case in ("shoe", "cardio", "denoise")
    def loss(p, v, key):
        inp = jnp.clip(v + 0.5 * jax.random.normal(key, v.shape), 0, 1) if case == "denoise" else v
        y = f(p, inp)
        return jnp.mean(jnp.maximum(y, 0) - y * v + jnp.log1p(jnp.exp(-jnp.abs(y)))) if bce else jnp.mean((y - v) ** 2)
    tm = jax.tree_util.tree_map
    adagrad = case == "dl4j"
    def upd(p, s, g, t):
        if adagrad:
            g = tm(lambda g, p: g + 1e-4 * p, g, p)
            s = tm(lambda s, g: s + g * g, s, g)
            return tm(lambda p, g, s: p - 0.05 * g / (jnp.sqrt(s) + 1e-10), p, g, s), s
        m, v = s
        m = tm(lambda m, g: .9 * m + .1 * g, m, g)
        v = tm(lambda v, g: .999 * v + .001 * g * g, v, g)
        a = 1e-3 * jnp.sqrt(1 - .999 ** t) / (1 - .9 ** t)
        return tm(lambda p, m, v: p - a * m / (jnp.sqrt(v) + 1e-7), p, m, v), (m, v)
    z = tm(jnp.zeros_like, p)
    s = z if adagrad else (z, z)
    n = len(x) // b * b
    X = jnp.asarray(x)
    @jax.jit
    def epoch(p, s, t, order, key):
        def step(c, io):
            p, s, t, key = c
            key, k = jax.random.split(key)
            l, g = jax.value_and_grad(loss)(p, X[io], k)
            p, s = upd(p, s, g, t + 1)
            return (p, s, t + 1, key), l
        (p, s, t, key), l = jax.lax.scan(step, (p, s, t, key), order.reshape(-1, b))
        return p, s, t, key, l.mean()
    rates, t, key = [], jnp.float32(0), jax.random.PRNGKey(1)
    for e in range(args.epochs + 1):
        order = jnp.asarray(rng.permutation(len(x))[:n])
        tt0 = time.perf_counter()
        p, s, t, key, l = epoch(p, s, t, order, key)
        l = float(l)
        rates.append(n / (time.perf_counter() - tt0))
    return max(rates[1:]), l, "jax " + jax.__version__


a = argparse.ArgumentParser()
a.add_argument("case"); a.add_argument("variant")
a.add_argument("--epochs", type=int, default=2); a.add_argument("--threads", type=int, default=1)
a.add_argument("--data", default=os.environ.get("HOURGLASS_DATA") or os.path.join(here, "..", "..", "..", "shared", "data"))
args = a.parse_args()
rate, last, peer = (run_jax if "jax" in args.variant else run_torch)(args.case, args.variant, args)
print(json.dumps({"peer": peer, "variant": args.variant, "case": args.case, "threads": args.threads, "samples_per_s": round(rate), "loss": round(last, 5)}), flush=True)
