# What the scripts that make references for training share: the numbers of weights and batches, and their C tables.
import math

import torch


class Numbers:
    """x := 1664525 x + 1013904223 mod 2^32, whose upper 24 bits are a float in [0, 1), exactly."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 8) * 2.0**-24

    def tensor(self, *shape, scale=1.0, shift=0.0):
        values = [scale * (self.next() - shift) for _ in range(math.prod(shape))]
        return torch.tensor(values, dtype=torch.float32).reshape(shape)


def table(numbers):
    """The elements of a C array, in lines of up to 120 characters."""
    lines, line = [], "       "
    for n in numbers:
        text = f" {n:.8g},".replace(" 0.", " .").replace(" -0.", " -.")
        if len(line) + len(text) > 120:
            lines.append(line)
            line = "       "
        line += text
    return "\n".join(lines + [line])
