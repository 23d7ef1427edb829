#!/usr/bin/python3
# Makes conv_reference.h: what PyTorch says about 20 steps of small autoencoders with convolutions, pooling and
# upsampling from given weights on given batches. Run by hand:
#   /usr/bin/python3 tests/parity/conv_reference.py > tests/parity/conv_reference.h
# Needs python3-torch (1.13). Samples and kernels are made in our order and turned into PyTorch's. `same` is
# TensorFlow's: zeros around (nothing, for pooling), an odd cell behind.
import math

import torch
import torch.nn.functional as F

from parity_common import Numbers, table

STEPS = 20
RATE = 0.05


def border(length, size, stride):
    """Cells outside of a sample before and behind it."""
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2


def padded(x, l, value=0.0):
    if not l.get("same"):
        return x
    (top, bottom), (left, right) = (border(x.shape[2 + d], l["size"][d], l["stride"][d]) for d in (0, 1))
    return F.pad(x, (left, right, top, bottom), value=value)


def conv(x, l, kernel, bias):
    return F.conv2d(padded(x, l), kernel.permute(3, 2, 0, 1), bias, l["stride"])


def transpose(x, l, kernel, bias):
    behind = tuple(max(s - k, 0) for s, k in zip(l["stride"], l["size"]))  # Keras: as many cells as steps
    y = F.conv_transpose2d(x, kernel.permute(3, 2, 0, 1), bias, l["stride"], output_padding=behind)
    if l.get("same"):  # of the whole, what lies behind the border of the convolution that this one turns round
        h, w = (x.shape[2 + d] * l["stride"][d] for d in (0, 1))
        (top, _), (left, _) = border(h, l["size"][0], l["stride"][0]), border(w, l["size"][1], l["stride"][1])
        y = y[:, :, top : top + h, left : left + w]
    return y


def max_pool(x, l):
    return F.max_pool2d(padded(x, l, -math.inf), l["size"], l["stride"])


def average_pool(x, l):
    counts = F.avg_pool2d(padded(torch.ones_like(x), l), l["size"], l["stride"])
    return F.avg_pool2d(padded(x, l), l["size"], l["stride"]) / counts


def upsample(x, l):
    more = dict(align_corners=False) if l["mode"] == "bilinear" else {}
    return F.interpolate(x, scale_factor=tuple(map(float, l["size"])), mode=l["mode"], **more)


def conv_text(name, l):
    return f"{name}: {l['filters']}, kernel_size: {list(l['size'])}, strides: {list(l['stride'])}"


def one_dimension(text):
    return text.replace("2d", "1d").replace("[1, ", "[")


def layer(kind, filters, size, stride=(1, 1), same=False, mode="nearest", activation="linear"):
    return dict(kind=kind, filters=filters, size=size, stride=stride, same=same, mode=mode, activation=activation)


def text(l, signal):
    if l["kind"] == "dense":
        body = f"dense: {l['filters']}"
    elif l["kind"] in ("conv2d", "conv2d_transpose"):
        body = conv_text(l["kind"], l)
    elif l["kind"] == "upsampling2d":
        body = f"upsampling2d: {list(l['size'])}" + ("" if signal else f", interpolation: {l['mode']}")
    else:
        body = f"{l['kind']}: {list(l['size'])}, strides: {list(l['stride'])}"
    if l["same"]:
        body += ", padding: same"
    return "{" + (one_dimension(body) if signal else body) + f", activation: {l['activation']}" + "}"


# name, shape (height, width, channel), rows, layers, of which the first are the encoder
CASES = [
    ("same and strides", (7, 5, 2), 3, [
        layer("conv2d", 9, (3, 3), (2, 2), True, activation="tanh"),
        layer("conv2d", 3, (2, 3), (1, 1), True, activation="relu"),
        layer("dense", 70, None)]),
    ("valid, many channels", (6, 7, 1), 2, [
        layer("conv2d", 16, (3, 2), activation="tanh"),
        layer("conv2d", 20, (2, 3), (2, 1), activation="elu"),
        layer("dense", 42, None)]),
    ("one output channel", (5, 6, 3), 2, [
        layer("conv2d", 8, (3, 3), (1, 1), True, activation="sigmoid"),
        layer("conv2d", 1, (3, 3), (1, 1), True, activation="tanh"),
        layer("conv2d", 3, (3, 3), (1, 1), True)]),
    ("transposed", (4, 6, 1), 3, [
        layer("conv2d", 8, (3, 3), (2, 2), True, activation="tanh"),
        layer("conv2d_transpose", 4, (3, 3), (2, 2), True, activation="elu"),
        layer("conv2d_transpose", 1, (2, 1), (3, 2), activation="tanh"),
        layer("dense", 24, None)]),
    ("max pooling", (7, 7, 1), 3, [
        layer("conv2d", 9, (3, 3), (1, 1), True, activation="tanh"),
        layer("max_pooling2d", 0, (2, 2), (2, 2), True),
        layer("max_pooling2d", 0, (2, 3), (1, 1), activation="tanh"),
        layer("dense", 49, None)]),
    ("average pooling", (7, 5, 1), 3, [
        layer("conv2d", 9, (3, 3), (1, 1), True, activation="tanh"),
        layer("average_pooling2d", 0, (3, 2), (2, 2), True),
        layer("average_pooling2d", 0, (2, 2), (1, 1)),
        layer("dense", 35, None)]),
    ("upsampling", (4, 3, 1), 3, [
        layer("conv2d", 9, (2, 2), activation="tanh"),
        layer("upsampling2d", 0, (2, 3)),
        layer("upsampling2d", 0, (3, 2), mode="bilinear"),
        layer("dense", 12, None)]),
    ("signals", (1, 13, 2), 3, [
        layer("conv2d", 6, (1, 4), (1, 2), True, activation="tanh"),
        layer("max_pooling2d", 0, (1, 2), (1, 2), True),
        layer("upsampling2d", 0, (1, 3)),
        layer("average_pooling2d", 0, (1, 3), (1, 2)),
        layer("dense", 26, None)]),
]  # fmt: skip

CALLS = {"conv2d": conv, "conv2d_transpose": transpose, "max_pooling2d": max_pool, "average_pooling2d": average_pool,
         "upsampling2d": upsample}  # fmt: skip
ACTIVATIONS = {"linear": lambda z: z, "relu": F.relu, "elu": F.elu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


def weights(layers, shape, numbers):
    """Kernel and bias of each layer that has them; sizes of inputs by a pass of zeros."""
    found, x = [], torch.zeros(1, shape[2], shape[0], shape[1])
    for l in layers:
        own = []
        if l["kind"] == "dense":
            own = [(x.numel(), l["filters"])]
        elif l["kind"] == "conv2d":
            own = [(*l["size"], x.shape[1], l["filters"])]
        elif l["kind"] == "conv2d_transpose":
            own = [(*l["size"], l["filters"], x.shape[1])]
        own = [numbers.tensor(*s, scale=0.5, shift=0.5) for s in own]
        if own:
            own.append(numbers.tensor(l["filters"], scale=0.5, shift=0.5))
        found.append(own)
        x = passed(l, own, x)
    return found


def passed(l, own, x):
    if l["kind"] == "dense":
        y = x.permute(0, 2, 3, 1).flatten(1) @ own[0] + own[1]
        return ACTIVATIONS[l["activation"]](y)
    return ACTIVATIONS[l["activation"]](CALLS[l["kind"]](x, l, *own))


def run(shape, rows, layers):
    numbers = Numbers(1)
    w = weights(layers, shape, numbers)
    flat = [p.requires_grad_() for own in w for p in own]
    optimizer, losses = torch.optim.SGD(flat, lr=RATE), []
    for _ in range(STEPS):
        x = numbers.tensor(rows, *shape)
        y = x.permute(0, 3, 1, 2)
        for l, own in zip(layers, w):
            y = passed(l, own, y)
        y = y.permute(0, 2, 3, 1).flatten(1) if y.dim() == 4 else y
        optimizer.zero_grad()
        loss = F.mse_loss(y, x.flatten(1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, torch.cat([p.detach().flatten() for p in flat])


def main():
    torch.set_num_threads(1)
    print("// What PyTorch says about training with convolutions. Made by conv_reference.py with torch", end=" ")
    print(f"{torch.__version__}.")
    print("#pragma once\n\n// clang-format off")
    print(f"enum {{ CONV_STEPS = {STEPS}, CONV_STRIDE = 7 }}; // of the flat weights every CONV_STRIDE-th is listed")
    print("static const struct conv_reference {\n    const char *name, *model;\n    int rank, dims[3], rows;")
    print("    double losses[CONV_STEPS];\n    int n;\n    const double *weights; // (n)\n} conv_references[] = {")
    for name, shape, rows, layers in CASES:
        losses, flat = run(shape, rows, layers)
        signal, listed = shape[0] == 1, flat[::7].tolist()
        texts = [text(l, signal) for l in layers]
        dims = (shape[1], shape[2], 0) if signal else shape
        print(f'    {{"{name}",\n        "encoder: [{texts[0]}]\\n"\n        "decoder: ["', end="")
        print("".join(f'\n        "{t}{", " if i < len(texts) - 2 else ""}"' for i, t in enumerate(texts[1:])), end="")
        print(f'\n        "]", {2 if signal else 3}, {{{", ".join(map(str, dims))}}}, {rows}, {{\n{table(losses)}')
        print(f"    }}, {len(listed)}, (const double[]){{\n{table(listed)}\n    }}}},")
    print("};")


main()
