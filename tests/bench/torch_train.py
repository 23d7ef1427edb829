#!/usr/bin/env python3
"""The same work in PyTorch: what a user would run instead. Prints one JSON line per case.

    python3 torch_train.py CASE [--data DIR] [--threads T] [--epochs E] [--rows N]

CASE: shoe, keras-deep, dl4j, cardio, conv, denoise, vae, lstm, or all. Debian: python3-torch, python3-numpy.
DIR holds mnist/, cardio/, ecg5000/ as their authors give them; default: $HOURGLASS_DATA, then ../shared/data beside the repository.
Every case is run in the fastest form known for it here (for conv both memory layouts are tried); data is in memory before the
clock starts, the first epoch is a warm-up where more than one is run, and the best epoch counts: the figure favours the peer.
"""
import argparse, gzip, json, os, struct, sys, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))


def idx(path):
    with gzip.open(path) as f:
        magic, = struct.unpack(">I", f.read(4))
        shape = struct.unpack(">%dI" % (magic & 255), f.read(4 * (magic & 255)))
        return np.frombuffer(f.read(), np.uint8).reshape(shape)


def mlp(widths, acts):
    seq = []
    for i, a in enumerate(acts):
        seq.append(nn.Linear(widths[i], widths[i + 1]))
        nn.init.xavier_uniform_(seq[-1].weight)
        nn.init.zeros_(seq[-1].bias)
        if a is not None:
            seq.append(a())
    return nn.Sequential(*seq)


class Conv(nn.Module):
    """Seed's convolutional autoencoder: (4, 4, 8) code; 16 -> 14 by the one 'valid' convolution."""
    def __init__(self):
        super().__init__()
        c = lambda i, o, p=1: nn.Conv2d(i, o, 3, padding=p)
        self.net = nn.Sequential(
            c(1, 16), nn.ReLU(), nn.MaxPool2d(2), c(16, 8), nn.ReLU(), nn.MaxPool2d(2),
            c(8, 8), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True),
            c(8, 8), nn.ReLU(), nn.Upsample(scale_factor=2), c(8, 8), nn.ReLU(), nn.Upsample(scale_factor=2),
            c(8, 16, 0), nn.ReLU(), nn.Upsample(scale_factor=2), c(16, 1), nn.Sigmoid())

    def forward(self, x):
        return self.net(x)


class Vae(nn.Module):
    def __init__(self, d=784, h=512, z=2):
        super().__init__()
        self.h, self.m, self.s = nn.Linear(d, h), nn.Linear(h, z), nn.Linear(h, z)
        self.d1, self.d2 = nn.Linear(z, h), nn.Linear(h, d)

    def loss(self, x):
        h = F.relu(self.h(x))
        m, s = self.m(h), self.s(h)
        z = m + torch.exp(s) * torch.randn_like(m)
        logits = self.d2(F.relu(self.d1(z)))
        kl = -0.5 * (1 + 2 * s - m * m - torch.exp(2 * s)).sum(1)
        return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean() + kl.mean()


class Lstm(nn.Module):
    """Sequence autoencoder: encode to the last state, repeat it, decode, one dense output per step."""
    def __init__(self, d=1, h=64):
        super().__init__()
        self.e, self.d, self.o = nn.LSTM(d, h, batch_first=True), nn.LSTM(h, h, batch_first=True), nn.Linear(h, d)

    def forward(self, x):
        _, (h, _) = self.e(x)
        y, _ = self.d(h[-1][:, None, :].expand(-1, x.shape[1], -1))
        return self.o(y)


def digits(data):
    return torch.tensor(idx(f"{data}/mnist/train-images-idx3-ubyte.gz").reshape(-1, 784) / np.float32(255))


def case_shoe(data):
    m = mlp([784, 64, 784], [nn.ReLU, None])
    return digits(data), 256, torch.optim.Adam(m.parameters()), lambda x: F.binary_cross_entropy_with_logits(m(x), x)


def case_keras_deep(data):
    m = mlp([784, 512, 128, 10, 128, 512, 784], [nn.ELU, nn.ELU, None, nn.ELU, nn.ELU, nn.Sigmoid])
    return digits(data), 1024, torch.optim.Adam(m.parameters()), lambda x: F.mse_loss(m(x), x)


def case_dl4j(data):
    m = mlp([784, 250, 10, 250, 784], [nn.ReLU] * 4)
    opt = torch.optim.Adagrad(m.parameters(), lr=0.05, weight_decay=1e-4)
    return digits(data)[:40000], 80, opt, lambda x: F.mse_loss(m(x), x)


def case_cardio(data):
    z = np.load(f"{data}/cardio/6_cardio.npz")
    x = z["X"][z["y"] == 0].astype(np.float32)
    x = (x - x.min(0)) / np.maximum(x.max(0) - x.min(0), 1e-9)
    m = mlp([21, 12, 21], [nn.Tanh, None])
    return torch.tensor(x), 32, torch.optim.Adam(m.parameters()), lambda b: F.binary_cross_entropy_with_logits(m(b), b)


def case_conv(data, layout=torch.contiguous_format):
    m = Conv().to(memory_format=layout)
    x = digits(data)[:10000].reshape(-1, 1, 28, 28).contiguous(memory_format=layout)
    return x, 128, torch.optim.Adadelta(m.parameters()), lambda b: F.binary_cross_entropy(m(b), b)


def case_conv_last(data):
    return case_conv(data, torch.channels_last)


def case_denoise(data):
    m = mlp([784, 256, 64, 256, 784], [nn.ReLU, nn.ReLU, nn.ReLU, None])
    noisy = lambda x: (x + 0.5 * torch.randn_like(x)).clamp_(0, 1)
    return digits(data), 256, torch.optim.Adam(m.parameters()), lambda x: F.binary_cross_entropy_with_logits(m(noisy(x)), x)


def case_vae(data):
    m = Vae()
    return digits(data), 128, torch.optim.Adam(m.parameters()), m.loss


def case_lstm(data):
    a = np.loadtxt(f"{data}/ecg5000/ecg.csv", delimiter=",", dtype=np.float32, max_rows=1000)
    m = Lstm()
    return torch.tensor(a[:, :140, None]), 32, torch.optim.Adam(m.parameters()), lambda x: F.mse_loss(m(x), x)


CASES = {"shoe": [case_shoe], "keras-deep": [case_keras_deep], "dl4j": [case_dl4j], "cardio": [case_cardio],
         "conv": [case_conv, case_conv_last], "denoise": [case_denoise], "vae": [case_vae], "lstm": [case_lstm]}


def train(make, args):
    torch.manual_seed(1)
    x, b, opt, loss = make(args.data)
    if args.rows:
        x = x[:args.rows]
    n, best, last = len(x) // b * b, float("inf"), 0.0
    for _ in range(args.epochs):
        t, total = time.perf_counter(), 0.0
        order = torch.randperm(len(x))
        for i in range(0, n, b):
            batch = x[order[i:i + b]]
            opt.zero_grad(set_to_none=True)
            value = loss(batch)
            value.backward()
            opt.step()
            total += value.item()
        best, last = min(best, time.perf_counter() - t), total / (n // b)
    return n / best, last


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("case", choices=[*CASES, "all"])
    p.add_argument("--data", default=os.environ.get("HOURGLASS_DATA", os.path.join(here, "..", "..", "..", "shared", "data")))
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument("--rows", type=int, default=0)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    for name in CASES if args.case == "all" else [args.case]:
        rate, loss = max((train(make, args) for make in CASES[name]), key=lambda r: r[0])
        print(json.dumps({"peer": "pytorch " + torch.__version__, "case": name, "threads": args.threads,
                          "samples_per_s": round(rate, 1), "train_loss": round(loss, 6), "epochs": args.epochs}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
