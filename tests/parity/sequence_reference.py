#!/usr/bin/python3
# Makes sequence_reference.h: what PyTorch's LSTM and GRU say about 20 steps of small sequence autoencoders from given
# weights on given batches. Run by hand:
#   /usr/bin/python3 tests/parity/sequence_reference.py > tests/parity/sequence_reference.h
# Needs python3-torch (1.13). Weights are laid out and gates ordered as Keras has them; PyTorch gets them turned.
import torch

from parity_common import Numbers, table

STEPS, RATE = 20, 0.3


class Lstm:
    gates = 4

    def __init__(self, inputs, units, numbers):
        self.units = units
        self.w = [numbers.tensor(*s, shift=0.5) for s in ((inputs, 4 * units), (units, 4 * units), (4 * units,))]

    def run(self, x):
        kernel, recurrent, bias = self.w
        zero = torch.zeros(1, len(x), self.units)
        flat = [kernel.T, recurrent.T, bias, torch.zeros_like(bias)]
        return torch.lstm(x, (zero, zero), flat, True, 1, 0.0, True, False, True)[0]


class Gru:
    gates = 3

    def __init__(self, inputs, units, numbers):
        self.units = units
        self.w = [numbers.tensor(*s, shift=0.5) for s in ((inputs, 3 * units), (units, 3 * units), (2, 3 * units))]

    def run(self, x):
        z, r, n = ([w[..., k * self.units:(k + 1) * self.units] for w in self.w] for k in range(3))
        kernel, recurrent, bias = (torch.cat(part, -1) for part in zip(r, z, n))  # PyTorch's order
        flat = [kernel.T, recurrent.T, bias[0], bias[1]]
        return torch.gru(x, torch.zeros(1, len(x), self.units), flat, True, 1, 0.0, True, False, True)[0]


class Recurrent:
    """One or both directions; the output of every step or of the last that each has read."""

    def __init__(self, cell, inputs, units, numbers, sequences, bidirectional):
        self.directions = [cell(inputs, units, numbers) for _ in range(2 if bidirectional else 1)]
        self.w = [w for d in self.directions for w in d.w]
        self.sequences = sequences
        more = (", return_sequences: true" if sequences else "") + (", bidirectional: true" if bidirectional else "")
        self.yaml = f"{{{cell.__name__.lower()}: {units}{more}}}"

    def run(self, x):
        outputs = []
        for number, direction in enumerate(self.directions):
            y = direction.run(x.flip(1) if number else x)
            outputs.append((y.flip(1) if number else y) if self.sequences else y[:, -1])
        return torch.cat(outputs, -1)


class Repeat:
    def __init__(self, steps):
        self.w, self.steps, self.yaml = [], steps, f"{{repeat_vector: {steps}}}"

    def run(self, x):
        return x[:, None].expand(-1, self.steps, -1)


class Dense:
    """On the last dimension."""

    def __init__(self, inputs, outputs, numbers):
        self.w = [numbers.tensor(inputs, outputs, shift=0.5), numbers.tensor(outputs, shift=0.5)]
        self.yaml = f"{{time_distributed_dense: {outputs}}}"

    def run(self, x):
        return x @ self.w[0] + self.w[1]


def cases():
    """Name, rows, steps, inputs of a step, layers of the encoder, of the decoder, numbers for the batches"""
    for cell in Lstm, Gru:
        for name, rows, T, I, U, bidirectional in (
            ("one direction", 9, 7, 3, 5, False), ("both directions", 5, 6, 2, 3, True), ("one row", 1, 5, 1, 4, False),
            ("one step", 6, 1, 4, 3, True), ("one unit", 4, 8, 1, 1, False), ("wide", 16, 5, 9, 48, False),
        ):  # fmt: skip
            n = Numbers(1)
            W = U * (2 if bidirectional else 1)
            yield (f"{cell.__name__.lower()}, {name}", rows, T, I,
                   [Recurrent(cell, I, U, n, True, bidirectional), Recurrent(cell, W, U, n, False, bidirectional)],
                   [Repeat(T), Recurrent(cell, W, U, n, True, bidirectional), Dense(W, I, n)], n)  # fmt: skip


def train(rows, T, I, layers, numbers):
    w = [p.requires_grad_() for l in layers for p in l.w]
    step, losses = torch.optim.SGD(w, lr=RATE), []
    for _ in range(STEPS):
        x = y = numbers.tensor(rows, T, I)
        for l in layers:
            y = l.run(y)
        step.zero_grad()
        loss = ((y - x) ** 2).mean()
        loss.backward()
        step.step()
        losses.append(loss.item())
    return losses, torch.cat([p.detach().flatten() for p in w])


def main():
    torch.set_num_threads(1)
    print("// What PyTorch says about training sequence autoencoders. Made by sequence_reference.py with torch", end=" ")
    print(f"{torch.__version__}.\n#pragma once\n\n// clang-format off")
    print(f"enum {{ REFERENCE_STEPS = {STEPS} }};\n#define REFERENCE_RATE {RATE}")
    print("static const struct reference {\n    const char *name, *model;")
    print("    int rows, steps, inputs, stride; // of the flat weights every stride-th is listed")
    print("    double losses[REFERENCE_STEPS];\n    int n;\n    const double *weights; // (n)\n} references[] = {")
    for name, rows, T, I, encoder, decoder, numbers in cases():
        losses, weights = train(rows, T, I, encoder + decoder, numbers)
        stride = len(weights) // 200 + 1
        listed = weights[::stride].tolist()
        print(f'    {{"{name}",')
        print(f'        "{{encoder: [{", ".join(l.yaml for l in encoder)}],"')
        print(f'        " decoder: [{", ".join(l.yaml for l in decoder)}]}}",')
        print(f"        {rows}, {T}, {I}, {stride}, {{\n{table(losses)}\n    }}, {len(listed)}, (const double[]){{")
        print(f"{table(listed)}\n    }}}},")
    print("};")


main()
