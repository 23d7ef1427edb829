#!/usr/bin/python3
# Makes training_reference.h: what PyTorch says about 20 steps of small autoencoders from given weights on given
# batches. Run by hand:
#   /usr/bin/python3 tests/parity/training_reference.py > tests/parity/training_reference.h
# Needs python3-torch (1.13). Passes and gradients are PyTorch's throughout. So are the optimizers whose name here
# begins with "torch": there Keras's formula is the same, or differs only in where an epsilon stands that is 1e-20. The
# others are Keras's own formulas (keras/src/optimizers of Keras 3), written out below, with an epsilon that matters.
import math

import torch
import torch.nn.functional as F

from parity_common import Numbers, table

STEPS = 20
ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": F.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.2),  # Keras's slope
    "elu": F.elu,
    "selu": F.selu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": F.softplus,
    "hard_sigmoid": F.hardsigmoid,
    "gelu": F.gelu,
    "silu": F.silu,
    "softmax": lambda z: torch.softmax(z, -1),
}
LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "binary_crossentropy": F.binary_cross_entropy_with_logits,
          "huber": F.huber_loss, "log_cosh": lambda y, x: torch.log(torch.cosh(y - x)).mean(),
          "cosine": lambda y, x: (1 - F.cosine_similarity(y, x)).mean(),
          "gaussian_nll": lambda y, x: F.gaussian_nll_loss(y, x, torch.ones_like(y))}


class Sgd:
    """Keras: velocity = momentum velocity - rate g; Nesterov: w += momentum velocity - rate g."""

    def __init__(self, w, learning_rate, momentum=0.0, nesterov=False):
        self.w, self.rate, self.momentum, self.nesterov = w, learning_rate, momentum, nesterov
        self.velocity = [torch.zeros_like(p) for p in w]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.w, self.velocity):
            v.mul_(self.momentum).sub_(self.rate * p.grad)
            p.add_(self.momentum * v - self.rate * p.grad if self.nesterov else v)


class Adagrad:
    """Keras: w -= rate g / sqrt(sum + epsilon), the sum of squares beginning at initial_accumulator_value."""

    def __init__(self, w, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
        self.w, self.rate, self.epsilon = w, learning_rate, epsilon
        self.sum = [torch.full_like(p, initial_accumulator_value) for p in w]

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.w, self.sum):
            s.add_(p.grad**2)
            p.sub_(self.rate * p.grad / torch.sqrt(s + self.epsilon))


class Adadelta:
    """Keras: d = sqrt(step + epsilon) / sqrt(square + epsilon) g; w -= rate d."""

    def __init__(self, w, learning_rate, rho=0.95, epsilon=1e-7):
        self.w, self.rate, self.rho, self.epsilon = w, learning_rate, rho, epsilon
        self.square = [torch.zeros_like(p) for p in w]
        self.moved = [torch.zeros_like(p) for p in w]

    @torch.no_grad()
    def step(self):
        for p, s, m in zip(self.w, self.square, self.moved):
            s.mul_(self.rho).add_((1 - self.rho) * p.grad**2)
            d = torch.sqrt(m + self.epsilon) * p.grad / torch.sqrt(s + self.epsilon)
            m.mul_(self.rho).add_((1 - self.rho) * d**2)
            p.sub_(self.rate * d)


class RMSprop:
    """Keras: increment = rate g / sqrt(square [- mean^2] + epsilon); with momentum, velocity = momentum velocity +
    increment; w -= that."""

    def __init__(self, w, learning_rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
        self.w, self.rate, self.rho, self.momentum, self.epsilon, self.centered = (
            w, learning_rate, rho, momentum, epsilon, centered)  # fmt: skip
        self.square = [torch.zeros_like(p) for p in w]
        self.mean = [torch.zeros_like(p) for p in w]
        self.velocity = [torch.zeros_like(p) for p in w]

    @torch.no_grad()
    def step(self):
        for p, s, m, v in zip(self.w, self.square, self.mean, self.velocity):
            s.mul_(self.rho).add_((1 - self.rho) * p.grad**2)
            m.mul_(self.rho).add_((1 - self.rho) * p.grad)
            variance = s - m**2 if self.centered else s
            v.mul_(self.momentum).add_(self.rate * p.grad / torch.sqrt(variance + self.epsilon))
            p.sub_(v)


class Nadam:
    """Keras: the momentum of step t is beta_1 (1 - 0.96^t / 2). (PyTorch 1.13 counts it twice in the bias correction.)"""

    def __init__(self, w, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.w, self.rate, self.beta_1, self.beta_2, self.epsilon = w, learning_rate, beta_1, beta_2, epsilon
        self.m = [torch.zeros_like(p) for p in w]
        self.v = [torch.zeros_like(p) for p in w]
        self.t, self.product = 0, 1.0

    @torch.no_grad()
    def step(self):
        self.t += 1
        now, following = (self.beta_1 * (1 - 0.5 * 0.96**t) for t in (self.t, self.t + 1))
        self.product *= now
        for p, m, v in zip(self.w, self.m, self.v):
            m.mul_(self.beta_1).add_((1 - self.beta_1) * p.grad)
            v.mul_(self.beta_2).add_((1 - self.beta_2) * p.grad**2)
            mean = following * m / (1 - self.product * following) + (1 - now) * p.grad / (1 - self.product)
            p.sub_(self.rate * mean / (torch.sqrt(v / (1 - self.beta_2**self.t)) + self.epsilon))


class ClippedByNorm:
    """Another optimizer, after Keras's global_clipnorm, which is PyTorch's clip_grad_norm_ without its epsilon."""

    def __init__(self, w, optimizer, norm):
        self.w, self.optimizer, self.norm = w, optimizer, norm

    @torch.no_grad()
    def step(self):
        norm = torch.sqrt(sum((p.grad**2).sum() for p in self.w))
        for p in self.w:
            p.grad.mul_(self.norm / torch.clamp(norm, min=self.norm))
        self.optimizer.step()


class ClippedByValue:
    def __init__(self, w, optimizer, value):
        self.w, self.optimizer, self.value = w, optimizer, value

    def step(self):
        torch.nn.utils.clip_grad_value_(self.w, self.value)
        self.optimizer.step()


class Adam:
    """Keras: w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)."""

    def __init__(self, w, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.w, self.rate, self.beta_1, self.beta_2, self.epsilon = w, learning_rate, beta_1, beta_2, epsilon
        self.m = [torch.zeros_like(p) for p in w]
        self.v = [torch.zeros_like(p) for p in w]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        rate = self.rate * math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        for p, m, v in zip(self.w, self.m, self.v):
            m.mul_(self.beta_1).add_((1 - self.beta_1) * p.grad)
            v.mul_(self.beta_2).add_((1 - self.beta_2) * p.grad**2)
            p.sub_(rate * m / (torch.sqrt(v) + self.epsilon))


# name, PyTorch's or Keras's optimizer, the settings that our spec gets
OPTIMIZERS = [
    ("torch sgd", lambda w: torch.optim.SGD(w, lr=0.5), "optimizer: sgd, learning_rate: 0.5"),
    ("torch momentum", lambda w: torch.optim.SGD(w, lr=0.2, momentum=0.9),
     "optimizer: sgd, learning_rate: 0.2, momentum: 0.9"),
    ("torch nesterov", lambda w: torch.optim.SGD(w, lr=0.2, momentum=0.9, nesterov=True),
     "optimizer: sgd, learning_rate: 0.2, momentum: 0.9, nesterov: true"),
    ("torch adagrad",
     lambda w: torch.optim.Adagrad(w, lr=0.05, initial_accumulator_value=0.1, eps=1e-20),
     "optimizer: adagrad, learning_rate: 0.05, initial_accumulator_value: 0.1, epsilon: 1e-20"),
    ("torch adadelta", lambda w: torch.optim.Adadelta(w, lr=1.0, rho=0.9, eps=1e-6),
     "optimizer: adadelta, learning_rate: 1, rho: 0.9, epsilon: 1e-6"),
    ("torch rmsprop", lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.95, eps=1e-20),
     "optimizer: rmsprop, learning_rate: 0.01, rho: 0.95, epsilon: 1e-20"),
    ("torch rmsprop, momentum",
     lambda w: torch.optim.RMSprop(w, lr=0.003, alpha=0.9, eps=1e-20, momentum=0.8),
     "optimizer: rmsprop, learning_rate: 0.003, rho: 0.9, epsilon: 1e-20, momentum: 0.8"),
    ("torch rmsprop, centered", lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.9, eps=1e-20, centered=True),
     "optimizer: rmsprop, learning_rate: 0.01, rho: 0.9, epsilon: 1e-20, centered: true"),
    ("torch adam", lambda w: torch.optim.Adam(w, lr=0.01, betas=(0.8, 0.99), eps=1e-20),
     "optimizer: adam, learning_rate: 0.01, beta_1: 0.8, beta_2: 0.99, epsilon: 1e-20"),
    ("nesterov", lambda w: Sgd(w, 0.2, momentum=0.7, nesterov=True),
     "optimizer: sgd, learning_rate: 0.2, momentum: 0.7, nesterov: true"),
    ("adagrad", lambda w: Adagrad(w, 0.05), "optimizer: adagrad, learning_rate: 0.05"),
    ("adagrad, epsilon", lambda w: Adagrad(w, 0.01, initial_accumulator_value=0.0, epsilon=1e-3),
     "optimizer: adagrad, learning_rate: 0.01, initial_accumulator_value: 0, epsilon: 1e-3"),
    ("adadelta", lambda w: Adadelta(w, 5.0), "optimizer: adadelta, learning_rate: 5"),
    ("adadelta, epsilon", lambda w: Adadelta(w, 1.0, epsilon=1e-3),
     "optimizer: adadelta, learning_rate: 1, epsilon: 1e-3"),
    ("rmsprop", lambda w: RMSprop(w, 0.001), "optimizer: rmsprop"),
    ("rmsprop, epsilon", lambda w: RMSprop(w, 0.01, momentum=0.5, epsilon=1e-3),
     "optimizer: rmsprop, learning_rate: 0.01, momentum: 0.5, epsilon: 1e-3"),
    ("rmsprop, centered", lambda w: RMSprop(w, 0.01, momentum=0.5, epsilon=1e-4, centered=True),
     "optimizer: rmsprop, learning_rate: 0.01, momentum: 0.5, epsilon: 1e-4, centered: true"),
    ("adam", lambda w: Adam(w, 0.001), "optimizer: adam"),
    ("adam, epsilon", lambda w: Adam(w, 0.01, epsilon=1e-3), "optimizer: adam, learning_rate: 0.01, epsilon: 1e-3"),
    ("torch adamw", lambda w: torch.optim.AdamW(w, lr=0.01, eps=1e-20, weight_decay=0.1),
     "optimizer: adamw, learning_rate: 0.01, weight_decay: 0.1, epsilon: 1e-20"),
    ("torch amsgrad", lambda w: torch.optim.Adam(w, lr=0.01, betas=(0.9, 0.5), eps=1e-20, amsgrad=True),
     "optimizer: adam, learning_rate: 0.01, beta_2: 0.5, epsilon: 1e-20, amsgrad: true"),
    ("torch adamw, amsgrad",
     lambda w: torch.optim.AdamW(w, lr=0.01, betas=(0.9, 0.5), eps=1e-20, amsgrad=True, weight_decay=0.05),
     "optimizer: adamw, learning_rate: 0.01, beta_2: 0.5, weight_decay: 0.05, epsilon: 1e-20, amsgrad: true"),
    ("nadam", lambda w: Nadam(w, 0.001), "optimizer: nadam"),
    ("nadam, epsilon", lambda w: Nadam(w, 0.01, epsilon=1e-3), "optimizer: nadam, learning_rate: 0.01, epsilon: 1e-3"),
    ("clip_value", lambda w: ClippedByValue(w, torch.optim.SGD(w, lr=0.5), 0.003),
     "optimizer: sgd, learning_rate: 0.5, clip_value: 0.003"),
    ("clip_norm", lambda w: ClippedByNorm(w, torch.optim.SGD(w, lr=0.5), 0.05),
     "optimizer: sgd, learning_rate: 0.5, clip_norm: 0.05"),
]  # fmt: skip


def layer(units, activation, more=""):
    return dict(units=units, activation=activation, bias="use_bias" not in more, more=more,
                **{k: float(v) for k, v in (p.split(": ") for p in more.split(", ") if p.startswith("l"))})  # fmt: skip


def five(activation, output, more=""):
    """9 - 7 - 3 - 7 - 9."""
    return [layer(7, activation, more), layer(3, activation), layer(7, activation, more), layer(9, output)]


def cases():
    """Name, inputs, layers, encoder's layers, rows of a batch, loss, optimizer"""
    adam = ("adam", lambda w: Adam(w, 0.01), "optimizer: adam, learning_rate: 0.01")
    for loss in LOSSES:
        for a in ACTIVATIONS if list(LOSSES).index(loss) < 3 else ["tanh", "linear"]:
            output = "sigmoid" if loss == "binary_crossentropy" else a
            yield f"{a}, {loss}", 9, five(a, output), 2, 10, loss, adam
    for o in OPTIMIZERS:
        yield o[0], 9, five("tanh", "sigmoid"), 2, 12, "mse", o
    sgd = OPTIMIZERS[0]
    yield "l2", 9, five("tanh", "linear", "l2: 0.01"), 2, 12, "mse", sgd
    yield "l1", 9, five("elu", "sigmoid", "l1: 0.003"), 2, 12, "binary_crossentropy", adam
    yield "l1 and l2, no bias", 9, five("elu", "elu", "l1: 0.001, l2: 0.02, use_bias: false"), 2, 12, "mae", sgd
    yield "one row", 9, five("tanh", "linear"), 2, 1, "mse", sgd
    yield "one column", 1, [layer(1, "tanh"), layer(1, "linear")], 1, 16, "mse", sgd
    wide = [layer(64, "relu"), layer(120, "sigmoid")]  # products of the library, not of small_gemm
    yield "wide", 120, wide, 1, 64, "binary_crossentropy", adam
    yield "wide, l2", 120, [layer(64, "elu", "l2: 0.0001"), layer(120, "linear")], 1, 64, "mse", sgd


def run(inputs, layers, rows, loss, optimizer):
    """The losses of all steps, without penalties, and the weights after them, kernel and bias of each layer."""
    numbers, w, width = Numbers(1), [], inputs
    for l in layers:
        scale = 1.0 if width <= 16 else 0.25
        w.append(numbers.tensor(width, l["units"], scale=scale, shift=0.5))
        if l["bias"]:
            w.append(numbers.tensor(l["units"], scale=0.5, shift=0.5))
        width = l["units"]
    for p in w:
        p.requires_grad_()
    step, losses = optimizer(w), []
    for _ in range(STEPS):
        x = y = numbers.tensor(rows, inputs)
        parameters, penalty = iter(w), 0
        for i, l in enumerate(layers):
            kernel = next(parameters)
            y = y @ kernel + (next(parameters) if l["bias"] else 0)
            is_logits = i == len(layers) - 1 and loss == "binary_crossentropy"
            y = y if is_logits else ACTIVATIONS[l["activation"]](y)
            penalty = penalty + l.get("l1", 0) * kernel.abs().sum() + l.get("l2", 0) * (kernel**2).sum()
        for p in w:
            p.grad = None
        value = LOSSES[loss](y, x)
        (value + penalty).backward()
        step.step()
        losses.append(value.item())
    return losses, torch.cat([p.detach().flatten() for p in w])


def yaml(layers, encoder):
    texts = [", ".join(filter(None, [f"{{dense: {l['units']}, activation: {l['activation']}", l["more"]])) + "}"
             for l in layers]  # fmt: skip
    encoder, decoder = ", ".join(texts[:encoder]), ", ".join(texts[encoder:])
    return f'        "{{encoder: [{encoder}],"\n        " decoder: [{decoder}]}}",'


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    print("// What PyTorch says about training from given weights. Made by training_reference.py with torch", end=" ")
    print(f"{torch.__version__}.")
    print("#pragma once\n\n// clang-format off")
    print(f"enum {{ REFERENCE_STEPS = {STEPS} }};")
    print("static const struct reference {")
    print("    const char *name, *model, *optimizer, *loss;")
    print("    int inputs, rows, stride; // of the flat weights every stride-th is listed")
    print("    double losses[REFERENCE_STEPS];")
    print("    int n;")
    print("    const double *weights; // (n)\n} references[] = {")
    for name, inputs, layers, encoder, rows, loss, (_, optimizer, settings) in cases():
        losses, weights = run(inputs, layers, rows, loss, optimizer)
        stride = 1 if len(weights) < 1000 else 61
        listed = weights[::stride].tolist()
        print(f'    {{"{name}",\n{yaml(layers, encoder)}\n        "{{{settings}}}", "{loss}",')
        print(f"        {inputs}, {rows}, {stride}, {{\n{table(losses)}\n    }}, {len(listed)}, (const double[]){{")
        print(f"{table(listed)}\n    }}}},")
    print("};")


main()
