#!/usr/bin/python3
# Makes variational_reference.h: what PyTorch's distributions say about rows of small variational autoencoders: evidence
# lower bound and reconstruction probability, from draws of the code by Philox. Run by hand:
#   /usr/bin/python3 tests/parity/variational_reference.py > tests/parity/variational_reference.h
# Needs python3-torch (1.13).
import math

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from regularising_reference import INPUTS, ROWS, SEED, Numbers, normal, table

CODE, FIRST = 8, 1000003  # purpose of the draws; number of the first row
UNITS, SAMPLES = 3, 4


def weights():
    numbers, w = Numbers(1), []
    for inputs, units in ((INPUTS, 5), (5, UNITS), (5, UNITS), (UNITS, INPUTS)):
        w.append(numbers.tensor(inputs, units, shift=0.5).double())
        w.append(numbers.tensor(units, scale=0.5, shift=0.5).double())
    x = numbers.tensor(ROWS, INPUTS).double()
    return w, x


def distribution(loss, y, variance):
    if loss == "binary_crossentropy":
        return Bernoulli(logits=y, validate_args=False)
    return Normal(y, math.sqrt(variance), validate_args=False)


def scores(loss, variance, missing):
    """Negative evidence lower bound and mean of -log p(x | code) of each row. Missing entries are 0 to the encoder, and
    those that are there stand for them."""
    w, x = weights()
    there = torch.ones_like(x)
    if missing:
        there[torch.arange(ROWS), torch.arange(ROWS) % INPUTS] = 0
        there[1] = 0
    hidden = torch.tanh((x * there) @ w[0] + w[1])
    code = Normal(hidden @ w[2] + w[3], torch.exp((hidden @ w[4] + w[5]) / 2))
    sums = torch.zeros(ROWS).double()
    for k in range(SAMPLES):
        z = code.loc + code.scale * normal(UNITS, CODE, 1, k, range(FIRST, FIRST + ROWS)).double()
        each = distribution(loss, z @ w[6] + w[7], variance).log_prob(x)
        count = there.sum(1)
        empty = distribution(loss, x, variance).log_prob(x)[:, 0] if loss != "binary_crossentropy" else 0 * count
        mean = torch.where(count > 0, (each * there).sum(1) / count.clamp(min=1), empty)
        sums -= INPUTS * mean
    nll = sums / SAMPLES
    return nll + kl_divergence(code, Normal(0, 1)).sum(1), nll


def main():
    torch.set_num_threads(1)
    print("// What PyTorch says about rows of variational models. Made by variational_reference.py with torch", end=" ")
    print(f"{torch.__version__}.\n#pragma once\n\n// clang-format off")
    print(f"enum {{ REFERENCE_ROWS = {ROWS}, REFERENCE_INPUTS = {INPUTS}, REFERENCE_SEED = {SEED},", end=" ")
    print(f"REFERENCE_SAMPLES = {SAMPLES},\n    REFERENCE_FIRST = {FIRST} }};")
    print("static const struct reference {\n    const char *loss;\n    double variance;\n    bool missing;")
    print("    double elbo[REFERENCE_ROWS], reconstruction_probability[REFERENCE_ROWS];\n} references[] = {")
    for missing in (False, True):
        for loss, variance in (("binary_crossentropy", 1), ("mse", 1), ("mse", 0.5), ("gaussian_nll", 0.25)):
            elbo, nll = scores(loss, variance, missing)
            print(f'    {{"{loss}", {variance}, {str(missing).lower()}, {{\n{table(elbo.tolist())}')
            print(f"    }}, {{\n{table(nll.tolist())}\n    }}}},")
    print("};")


if __name__ == "__main__":
    main()
