#!/usr/bin/python3
# Makes regularising_reference.h: what PyTorch says about 20 steps of small autoencoders with layers that draw random
# numbers, normalise, or penalise what they put out. Run by hand:
#   /usr/bin/python3 tests/parity/regularising_reference.py > tests/parity/regularising_reference.h
# Needs python3-torch (1.13). The random numbers are Philox4x32-10 once more, written down from the paper (Salmon et al.
# 2011), so that what a seed means is tested, too. Gradients are PyTorch's; the optimizer is plain SGD.
import math
import re

import torch
import torch.nn.functional as F

from parity_common import Numbers, table

STEPS, ROWS, INPUTS, SEED, RATE = 20, 12, 9, 5, 0.1
NOISE, DROPOUT, SAMPLE = 4, 5, 6  # purposes


def philox(key, counter):
    k, c = list(key), list(counter)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [q >> 32 ^ c[1] ^ k[0], q % 2**32, p >> 32 ^ c[3] ^ k[1], p % 2**32]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def words(n, purpose, layer, epoch, sample):
    """Of each number of a row: 64 g + 16 j + b is word j of block 16 g + b."""
    blocks = [philox((SEED, 0), (b, sample, epoch, purpose | layer << 8)) for b in range((n + 63) // 64 * 16)]
    return [blocks[i // 64 * 16 + i % 16][i % 64 // 16] >> 8 for i in range((n + 63) // 64 * 64)]


def uniform(n, purpose, layer, epoch):
    rows = [[w * 2.0**-24 for w in words(n, purpose, layer, epoch, 7 * r)[:n]] for r in range(ROWS)]
    return torch.tensor(rows, dtype=torch.float32)


def normal(n, purpose, layer, epoch, samples=range(0, 7 * ROWS, 7)):
    rows = []
    for sample in samples:
        u, row = [w * 2.0**-24 for w in words(n, purpose, layer, epoch, sample)], []
        for i in range(n):
            first = i // 32 * 32 + i % 16
            radius, angle = math.sqrt(-2 * math.log(u[first] + 2.0**-25)), 2 * math.pi * u[first + 16]
            row.append(radius * (math.cos(angle) if i == first else math.sin(angle)))
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float32)


# Layers: parameters' shapes, and what they do to x: (number, epoch, parameters, x) to (y, penalty of the rows' sum).
def dense(inputs, units, activation="linear", l1=0.0, beta=0.0, rho=0.05):
    f = {"linear": lambda z: z, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[activation]

    def apply(number, epoch, w, x):
        y = f(x @ w[0] + w[1])
        mean = y.mean(0)
        divergence = rho * torch.log(rho / mean) + (1 - rho) * torch.log((1 - rho) / (1 - mean)) if beta else 0 * mean
        return y, l1 * y.abs().sum() + beta * len(x) * divergence.sum()

    more = (f", activity_l1: {l1}" if l1 else "") + (f", sparsity_beta: {beta}, sparsity_rho: {rho}" if beta else "")
    return f"{{dense: {units}, activation: {activation}{more}}}", [(inputs, units), (units,)], apply


def gaussian(inputs, units, beta, warmup):
    def apply(number, epoch, w, x):
        mean, variance = x @ w[0] + w[1], x @ w[2] + w[3]
        z = mean + torch.exp(variance / 2) * normal(units, SAMPLE, number, epoch)
        now = beta * min(1, epoch / warmup) if warmup else beta
        return z, now * 0.5 * (mean**2 + torch.exp(variance) - 1 - variance).sum()

    shapes = [(inputs, units), (units,), (inputs, units), (units,)]
    return f"{{gaussian: {units}, beta: {beta}, warmup_epochs: {warmup}}}", shapes, apply


def plain(text, f):
    return text, [], lambda number, epoch, w, x: (f(number, epoch, x), 0)


def replaced(x, u, low, high):
    return torch.where(u < low, torch.zeros_like(x), torch.where(u < high, torch.ones_like(x), x))


def dropout(units, rate):
    return plain(f"{{dropout: {rate}}}", lambda l, e, x: torch.where(
        uniform(units, DROPOUT, l, e) < rate, torch.zeros_like(x), x / (1 - rate)))  # fmt: skip


def noise(units, deviation):
    return plain(f"{{gaussian_noise: {deviation}, clip: [0, 1]}}", lambda l, e, x: torch.clamp(
        x + deviation * normal(units, NOISE, l, e), 0, 1))  # fmt: skip


def masking(units, rate):
    return plain(f"{{masking_noise: {rate}}}", lambda l, e, x: replaced(x, uniform(units, NOISE, l, e), rate, rate))


def swapping(units, rate):
    """The rows that values come from are 0 in the test."""
    return plain(f"{{swap_noise: {rate}}}", lambda l, e, x: replaced(x, uniform(units, NOISE, l, e), rate, rate))


def adversarial(radius, steps):
    """What it adds is found by worst_noise. The distance between training rows is 1 in the test."""
    return plain(f"{{adversarial_noise: {radius}, steps: {steps}}}", lambda l, e, x: x)


def worst_noise(layers, forward, x):
    """The noise that steps along the gradient of the loss find, if the first layer asks for it."""
    noise, asked = torch.zeros_like(x), re.match(r"{adversarial_noise: (.+), steps: (.+)}", layers[0][0])
    for _ in range(int(asked[2]) if asked else 0):
        noise.requires_grad_()
        gradient, = torch.autograd.grad(((forward(x + noise)[0] - x) ** 2).sum(), noise)
        step = float(asked[1]) * math.sqrt(x.shape[1]) / int(asked[2])
        noise = (noise + step * gradient / gradient.norm(dim=1, keepdim=True)).detach()
    return noise


def salt_and_pepper(units, rate):
    return plain(f"{{salt_and_pepper: {rate}}}",
                 lambda l, e, x: replaced(x, uniform(units, NOISE, l, e), rate / 2, rate))  # fmt: skip


def batch_normalization(units):
    apply = lambda number, epoch, w, x: (F.batch_norm(x, None, None, w[0], w[1], True, 0.0, 1e-3), 0)
    return "{batch_normalization: true}", [(units,), (units,)], apply


def layer_normalization(units):
    apply = lambda number, epoch, w, x: (F.layer_norm(x, (units,), w[0], w[1], 1e-3), 0)
    return "{layer_normalization: true}", [(units,), (units,)], apply


def cases():
    """Name, sums, encoder, decoder."""
    last = dense(4, 9, "tanh")
    yield "activity_l1", False, [dense(9, 4, "tanh", l1=0.05)], [last]
    yield "sparsity", False, [dense(9, 4, "sigmoid", beta=0.2, rho=0.1)], [last]
    yield "gaussian", False, [dense(9, 5, "tanh"), gaussian(5, 4, 0.1, 0)], [last]
    yield "gaussian, summed, warm-up", True, [dense(9, 5, "tanh"), gaussian(5, 4, 0.5, 7)], [last]
    yield "dropout", False, [dropout(9, 0.2), dense(9, 4, "tanh"), dropout(4, 0.5)], [last]
    yield "gaussian_noise", False, [noise(9, 0.5), dense(9, 4, "tanh")], [last]
    yield "masking_noise", False, [masking(9, 0.3), dense(9, 4, "tanh")], [last]
    yield "swap_noise", False, [swapping(9, 0.4), dense(9, 4, "tanh")], [last]
    yield "adversarial_noise", False, [adversarial(0.2, 2), dense(9, 4, "tanh")], [last]
    yield "salt_and_pepper", False, [salt_and_pepper(9, 0.4), dense(9, 4, "tanh")], [last]
    yield "batch_normalization", False, [batch_normalization(9), dense(9, 4, "tanh"), batch_normalization(4)], [last]
    yield "layer_normalization", False, [layer_normalization(9), dense(9, 4, "tanh"), layer_normalization(4)], [last]


def run(layers, sums):
    """The losses of all steps, penalties included, and the weights after them. Each step is an epoch."""
    numbers, w, losses = Numbers(1), [], []
    for _, shapes, _ in layers:
        w.append([numbers.tensor(*s, scale=1.0 if len(s) == 2 else 0.5, shift=0.5).requires_grad_() for s in shapes])
    for epoch in range(STEPS):
        x = numbers.tensor(ROWS, INPUTS)

        def forward(y):
            penalty = 0
            for i, (_, _, apply) in enumerate(layers):
                y, more = apply(i, epoch, w[i], y)
                penalty = penalty + more
            return y, penalty

        y, penalty = forward(x + worst_noise(layers, forward, x))
        value = ((y - x) ** 2).sum() / (ROWS if sums else ROWS * INPUTS) + penalty / ROWS
        value.backward()
        losses.append(value.item())
        with torch.no_grad():
            for p in sum(w, []):
                p -= RATE * p.grad
                p.grad = None
    return losses, torch.cat([p.detach().flatten() for p in sum(w, [])])


def main():
    torch.set_num_threads(1)
    print("// What PyTorch says about layers that regularise. Made by regularising_reference.py with torch", end=" ")
    print(f"{torch.__version__}.\n#pragma once\n\n// clang-format off")
    print(f"enum {{ REFERENCE_STEPS = {STEPS}, REFERENCE_ROWS = {ROWS}, REFERENCE_INPUTS = {INPUTS},", end=" ")
    print(f"REFERENCE_SEED = {SEED} }};\nstatic const float reference_rate = {RATE}f;")
    print("static const struct reference {\n    const char *name, *model;\n    bool sums;")
    print("    double losses[REFERENCE_STEPS];\n    int n;\n    const double *weights; // (n)\n} references[] = {")
    for name, sums, encoder, decoder in cases():
        losses, weights = run(encoder + decoder, sums)
        texts = [", ".join(l[0] for l in part) for part in (encoder, decoder)]
        print(f'    {{"{name}",\n        "{{encoder: [{texts[0]}],"\n        " decoder: [{texts[1]}]}}",')
        print(f"        {str(sums).lower()}, {{\n{table(losses)}\n    }}, {len(weights)}, (const double[]){{")
        print(f"{table(weights.tolist())}\n    }}}},")
    print("};")


if __name__ == "__main__":
    main()
