#!/usr/bin/python3
# Makes settings_reference.h: what PyTorch says about 20 epochs of one step of small autoencoders under each setting that
# the other references leave alone: tied weights, penalties, what a loss is made of, missing values, schedules. Run by
# hand:
#   /usr/bin/python3 tests/parity/settings_reference.py > tests/parity/settings_reference.h
# Needs python3-torch (1.13). Gradients, Jacobians and learning rates are PyTorch's; the optimizer is plain SGD.
# reduce_on_plateau counts epochs as Keras does (PyTorch drops one epoch later), running variances are Keras's.
import torch
import torch.nn.functional as F

from parity_common import Numbers, table

STEPS, ROWS = 20, 12
NAN = float("nan")
ACTIVATIONS = {"linear": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softplus": F.softplus,
               "gelu": F.gelu, "silu": F.silu}  # fmt: skip


# --- layers: what the spec says, the shapes of weights, and the call: (weights of all layers, their own, x, whether it
# trains) to (y, penalty of the rows' sum). Arrays are (rows, ..., channels), as ours.
def layer(text, shapes, call, statistics=()):
    return dict(text=text, shapes=shapes, call=call, statistics=statistics)


def plain(text, f):
    return layer(text, [], lambda all_w, w, x, trains: (f(x), 0))


def dense(inputs, units, activation="tanh", more="", contractive=0.0, bias=True):
    f = ACTIVATIONS[activation]

    def call(all_w, w, x, trains):
        x = x.flatten(1)
        sample = lambda row: f(row @ w[0] + (w[1] if bias else 0))
        penalty = 0
        if contractive and trains:
            for row in x:
                jacobian = torch.autograd.functional.jacobian(sample, row, create_graph=True)
                penalty = penalty + contractive * (jacobian**2).sum()
        return sample(x), penalty

    more += (f", contractive: {contractive}" if contractive else "") + ("" if bias else ", use_bias: false")
    return layer(f"{{dense: {units}, activation: {activation}{more}}}", [(inputs, units)] + [(units,)] * bias, call)


def tied(mirror, units, activation="tanh", bias=True):
    call = lambda all_w, w, x, trains: (ACTIVATIONS[activation](x @ all_w[mirror][0].T + (w[0] if bias else 0)), 0)
    text = f"{{dense: {units}, activation: {activation}, tied: true{'' if bias else ', use_bias: false'}}}"
    return layer(text, [(units,)] * bias, call)


def conv2d(inputs, filters, size):
    def call(all_w, w, x, trains):
        return F.conv2d(x.permute(0, 3, 1, 2), w[0].permute(3, 2, 0, 1), w[1]).permute(0, 2, 3, 1), 0

    return layer(f"{{conv2d: {filters}, kernel_size: {size}}}", [(size, size, inputs, filters), (filters,)], call)


def batch_normalization(channels, momentum):
    """With a statistic of the batch in training; Keras's running ones are of the biased variance."""

    def call(all_w, w, x, trains):
        flat = x.reshape(-1, channels)
        mean, variance = (flat.mean(0), flat.var(0, unbiased=False)) if trains else w[2:4]
        if trains:
            with torch.no_grad():
                w[2].mul_(momentum).add_((1 - momentum) * mean)
                w[3].mul_(momentum).add_((1 - momentum) * variance)
        return (x - mean) / torch.sqrt(variance + 1e-3) * w[0] + w[1], 0

    text = f"{{batch_normalization: true, momentum: {momentum}}}"
    return layer(text, [(channels,), (channels,)], call, (torch.zeros(channels), torch.ones(channels)))


def layer_normalization(channels, epsilon):
    call = lambda all_w, w, x, trains: (F.layer_norm(x, (channels,), w[0], w[1], epsilon), 0)
    return layer(f"{{layer_normalization: true, epsilon: {epsilon}}}", [(channels,), (channels,)], call)


def reshape(*shape):
    return plain(f"{{reshape: {list(shape)}}}", lambda x: x.reshape(-1, *shape))


def flatten():
    return plain("{flatten: true}", lambda x: x.flatten(1))


# --- losses: of each element, or of rows
def elements(loss, more):
    return {
        "mse": lambda y, x: (y - x) ** 2,
        "mae": lambda y, x: (y - x).abs(),
        "binary_crossentropy": lambda y, x: F.binary_cross_entropy_with_logits(y, x, reduction="none"),
        "huber": lambda y, x: F.huber_loss(y, x, reduction="none", delta=more.get("huber_delta", 1.0)),
        "log_cosh": lambda y, x: torch.log(torch.cosh(y - x)),
        "gaussian_nll": lambda y, x: F.gaussian_nll_loss(
            y, x, torch.full_like(y, more.get("variance", 1.0)), reduction="none"),
    }[loss]  # fmt: skip


def rows_loss(loss, y, x, more):
    """Of each row the weighted mean over what is there; nothing where nothing is."""
    there = ~torch.isnan(x)
    x = torch.where(there, x, torch.zeros_like(x))
    weights = torch.tensor(more.get("feature_weights", [1.0] * x.shape[1])) * there
    if loss == "cosine":
        root = torch.sqrt(weights)
        rows = 1 - F.cosine_similarity(root * y, root * x, eps=1e-12)
    else:
        rows = (weights * elements(loss, more)(y, x)).sum(1) / weights.sum(1).clamp(min=1e-9)
    rows = torch.where(there.any(1), rows, torch.zeros_like(rows))
    return rows * x.shape[1] if more.get("reduction") == "sum" else rows


# --- schedules
def rates(optimizer, more):
    """PyTorch's own scheduler: a function that is told the loss of an epoch and sets the rate of the next."""
    s, kind = torch.optim.lr_scheduler, more.get("schedule", "constant")
    factor, every, warmup = more.get("schedule_factor", 0.1), more.get("schedule_epochs", 10), more.get("warmup_epochs")
    least = more.get("schedule_minimum", 0.0)
    if kind == "reduce_on_plateau":
        plateau = s.ReduceLROnPlateau(optimizer, factor=factor, patience=every - 1, threshold=more.get("min_delta", 0),
                                      threshold_mode="abs", min_lr=least, eps=0)  # fmt: skip
        return plateau.step
    made = {
        "constant": lambda: s.ConstantLR(optimizer, 1.0),
        "step": lambda: s.StepLR(optimizer, every, factor),
        "exponential": lambda: s.ExponentialLR(optimizer, factor),
        "cosine": lambda: s.CosineAnnealingLR(optimizer, STEPS - (warmup or 0), least),
    }
    if not warmup:
        one = made[kind]()
        return lambda loss: one.step()
    rise = s.LinearLR(optimizer, 1 / (warmup + 1), 1.0, warmup)
    both = s.SequentialLR(optimizer, [rise, made[kind]()], [warmup])
    return lambda loss: both.step()


# --- cases
def pair(activation="tanh", output="linear", **more):
    return [dense(9, 4, activation, **more)], [dense(4, 9, output)]


def cases():
    """Name, shape, encoder, decoder, settings of train, whether values are missing."""
    flat = (9,)
    yield ("tied", flat, [dense(9, 6), dense(6, 3)], [tied(1, 6), tied(0, 9, "linear", bias=False)], {}, False)
    yield ("tied, beside others", flat, [dense(9, 6, "sigmoid"), dense(6, 3)],
           [tied(1, 6), dense(6, 8), dense(8, 9, "linear")], {}, False)  # fmt: skip
    for a in ACTIVATIONS:
        yield (f"contractive {a}", flat, *pair(a, contractive=0.03), {}, False)
    yield ("contractive, two layers, one tied", flat,
           [dense(9, 6, "sigmoid", contractive=0.05), dense(6, 3, "tanh", contractive=0.02, bias=False)],
           [dense(3, 6), tied(0, 9, "linear")], {"reduction": "sum", "learning_rate": 0.01}, False)  # fmt: skip
    weights = [1.0, 0.0, 0.5, 2.0, 3.0, 1.5, 0.25, 1.0, 1.0]
    for loss in ("mse", "mae", "binary_crossentropy", "huber", "log_cosh", "cosine", "gaussian_nll"):
        own = {"huber": {"huber_delta": 0.15}, "gaussian_nll": {"variance": 2.0}}.get(loss, {})
        more = {"loss": loss, **own}
        layers = pair(output="sigmoid" if loss == "binary_crossentropy" else "linear")
        yield (f"{loss}", flat, *layers, more, False)
        yield (f"{loss}, summed", flat, *layers, {**more, "reduction": "sum", "learning_rate": 0.01}, False)
        yield (f"{loss}, weights", flat, *layers, {**more, "feature_weights": weights}, False)
        yield (f"{loss}, missing", flat, *layers, more, True)
        yield (f"{loss}, weights, missing", flat, *layers, {**more, "feature_weights": weights}, True)
    for s in ({"schedule": "step", "schedule_factor": 0.5, "schedule_epochs": 4},
              {"schedule": "step", "schedule_factor": 0.3, "schedule_epochs": 3, "warmup_epochs": 5},
              {"schedule": "exponential", "schedule_factor": 0.8},
              {"schedule": "cosine", "schedule_minimum": 0.02},
              {"schedule": "cosine", "warmup_epochs": 4},
              {"schedule": "constant", "warmup_epochs": 6},
              {"schedule": "reduce_on_plateau", "schedule_factor": 0.5, "schedule_epochs": 2, "min_delta": 0.01,
               "schedule_minimum": 0.1, "monitor": "train_loss"}):  # fmt: skip
        yield (", ".join(str(v) for v in s.values()), flat, *pair(), {**s, "learning_rate": 0.5}, False)
    back = [dense(4, 12), reshape(2, 2, 3), batch_normalization(3, 0.5), flatten(), dense(12, 24, "linear")]
    yield ("normalised images", (4, 3, 2), [conv2d(2, 3, 2), batch_normalization(3, 0.8), layer_normalization(3, 0.01),
                                            flatten(), dense(18, 4)], back, {}, False)  # fmt: skip
    yield ("missing pixels", (4, 3, 2), [conv2d(2, 3, 2), flatten(), dense(18, 4)], back, {}, True)


# --- training
def batch(numbers, shape, misses):
    """Every fourth value is missing, and the second row wholly."""
    x = numbers.tensor(ROWS, *shape)
    if misses:
        x[numbers.tensor(ROWS, *shape) < 0.25] = NAN
        x[1] = NAN
    return x


def forward(layers, w, x, trains):
    y, penalty = torch.nan_to_num(x), 0
    for own, l in zip(w, layers):
        y, added = l["call"](w, own, y, trains)
        penalty = penalty + added
    return y.flatten(1), penalty


def run(shape, layers, more, misses):
    """The losses of all steps, penalties of outputs included; of a last batch without training; weights, statistics."""
    numbers, w = Numbers(1), []
    for l in layers:
        own = [numbers.tensor(*s, scale=1.0 if len(s) > 1 else 0.5, shift=0.5).requires_grad_() for s in l["shapes"]]
        w.append(own + [s.clone() for s in l["statistics"]])
    logits = more.get("loss") == "binary_crossentropy"
    if logits:  # the last activation is a part of the loss
        layers = layers[:-1] + [dict(layers[-1], call=lambda all_w, own, x, trains: (x @ own[0] + own[1], 0))]
    optimizer = torch.optim.SGD([p for own in w for p in own if p.requires_grad], lr=more.get("learning_rate", 0.1))
    schedule, losses = rates(optimizer, more), []
    for _ in range(STEPS):
        x = batch(numbers, shape, misses)
        y, penalty = forward(layers, w, x, True)
        loss = (rows_loss(more.get("loss", "mse"), y, x.flatten(1), more).sum() + penalty) / ROWS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        schedule(losses[-1])
    x = batch(numbers, shape, misses)
    y, _ = forward(layers, w, x, False)
    losses.append(rows_loss(more.get("loss", "mse"), y, x.flatten(1), more).mean().item())
    return losses, torch.cat([p.detach().flatten() for own in w for p in own])


def main():
    torch.set_num_threads(1)
    print("// What PyTorch says about single settings. Made by settings_reference.py with torch", end=" ")
    print(f"{torch.__version__}.\n#pragma once\n\n// clang-format off")
    print(f"enum {{ REFERENCE_STEPS = {STEPS}, REFERENCE_ROWS = {ROWS} }};")
    print("static const struct reference {\n    const char *name, *model, *train;\n    int rank, dims[3];")
    print("    bool misses;\n    double losses[REFERENCE_STEPS + 1]; // the last one without training")
    print("    int n;\n    const double *weights; // (n)\n} references[] = {")
    for name, shape, encoder, decoder, more, misses in cases():
        more = {"optimizer": "sgd", "learning_rate": 0.1, **more}
        losses, weights = run(shape, encoder + decoder, more, misses)
        texts = [", ".join(l["text"] for l in part) for part in (encoder, decoder)]
        print(f'    {{"{name}",\n        "{{encoder: [{texts[0]}],"\n        " decoder: [{texts[1]}]}}",')
        print('        "{' + ", ".join(f"{k}: {v}" for k, v in more.items()) + '}",')
        dims = ", ".join(map(str, shape))
        print(f"        {len(shape)}, {{{dims}}}, {str(misses).lower()}, {{\n{table(losses)}")
        print(f"    }}, {len(weights)}, (const double[]){{\n{table(weights.tolist())}\n    }}}},")
    print("};")


main()
