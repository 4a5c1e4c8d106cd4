"""Writes catalog.jsonl beside this script: what the networks of torch_networks.py answer; README.md describes the format.

With a network's name it prints that network's sorted "name shape" lines instead, which the records only hash.
"""

import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

from torch_networks import build

SAMPLES, LABELS = 64, [3, 7]
BITS_64 = (1 << 64) - 1


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode("utf-8"):
        value = (value ^ byte) * 0x100000001B3 & BITS_64
    return value


def bits(name, first, n):
    """24 well mixed bits for each index: SplitMix64 (Steele et al., OOPSLA 2014) from a seed that is the name's hash."""
    z = np.arange(first + 1, first + n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(fnv1a(name))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) >> np.uint64(40)


def interval(name, shape):
    """Offset and half width of a parameter's values: activations and logits stay near one, however deep the network."""
    kind = name.rsplit(".", 1)[-1]
    if len(shape) == 3:     # cls_token, pos_embed
        return 0.0, 0.5
    if len(shape) > 1:      # variance 2/fan_in for convolutions, 1/fan_in for linear layers
        return 0.0, math.sqrt((6.0 if len(shape) == 4 else 3.0) / math.prod(shape[1:]))
    if kind == "running_var":
        return 1.0, 0.5
    if kind == "weight":    # the last norm of a residual branch is small, or 54 blocks would multiply
        return (0.25, 0.05) if name.endswith(("bn2.weight", "bn3.weight")) else (1.0, 0.2)
    return 0.0, 0.2 if kind == "running_mean" else 0.1


def values(name, shape, offset, half):
    """Rounded once, to float32; in pieces, for the sake of memory."""
    flat, piece = np.empty(math.prod(shape), np.float32), 1 << 22
    for first in range(0, len(flat), piece):
        n = min(piece, len(flat) - first)
        flat[first:first + n] = bits(name, first, n).astype(np.float64) * (2.0 / 16777216.0) * half + (offset - half)
    return torch.from_numpy(flat.reshape(shape))


def parameters(network):
    return {name: tensor for name, tensor in network.state_dict().items() if not name.endswith("num_batches_tracked")}


def declared(network):
    """One line per parameter, sorted by code points."""
    lines = sorted(" ".join([name, *map(str, tensor.shape)]) for name, tensor in parameters(network).items())
    return "\n".join(lines)


def summary(tensor):
    """All values where they are few; else sums, the largest magnitude, and values at indices that a reader computes too."""
    flat = tensor.detach().double().reshape(-1)
    n = len(flat)
    result = {"shape": list(tensor.shape), "sum": flat.sum().item(), "sum_abs": flat.abs().sum().item(), "max_abs": flat.abs().max().item()}
    where = np.arange(n) if n <= SAMPLES else (bits("samples", 0, SAMPLES) * np.uint64(n) >> np.uint64(24)).astype(np.int64)
    return {**result, "samples": flat[where].tolist()}


def run(network, x):
    x = x.clone().requires_grad_()
    logits = network(x)
    loss = F.cross_entropy(logits, torch.tensor(LABELS), reduction="sum")
    gradient, = torch.autograd.grad(loss, x)
    return logits, loss, gradient


def distance(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


def wobble(network, x):
    """How far float32, and pixels moved by at most 1e-6, bring logits and gradient: far if a value lies on a kink."""
    logits, _, gradient = run(network.double(), x)
    moved = [run(network, x * (1 + values(f"wobble {i}", x.shape, 0.0, 1e-6).double())) for i in range(3)]
    answers = [*moved, run(network.float(), x.float())]
    return max(distance(answer[0], logits) for answer in answers), max(distance(answer[2], gradient) for answer in answers)


def record(name, image, classes=10, blur=None):
    network = build(name, image, classes, blur).eval().requires_grad_(False)
    kept = parameters(network)
    for key, tensor in kept.items():
        tensor.copy_(values(key, tuple(tensor.shape), *interval(key, tuple(tensor.shape))))
    # The first images of which no ReLU or maximum is so close to a tie that float32 may choose the other side.
    for attempt in range(40):
        x = values(f"image {attempt}", (2, *image), 0.5, 0.5).double()
        errors = wobble(network, x)
        if errors[1] < 3e-4:
            break
    assert errors[0] < 2e-5 and errors[1] < 3e-4, (name, errors)
    names, numbers = f"{fnv1a(declared(network)):016x}", sum(tensor.numel() for tensor in kept.values())
    logits, loss, gradient = run(network.double(), x)
    print(f"{name:16} {image} {classes} blur {blur}: images {attempt}, logits to {logits.abs().max():.3g}, loss {loss:.4g}, "
          f"gradient to {gradient.abs().max():.3g}, wobble {errors[0]:.1e} {errors[1]:.1e}", flush=True)
    assert 0.05 < logits.abs().max() < 50 and gradient.abs().max() > 1e-5, name
    case = "x".join(map(str, image)) + f"-{classes}" + (f"-blur{blur}" if blur else "")
    return {"name": name, "case": case, "dtype": "f64", "image": image, "images": f"image {attempt}", "classes": classes,
            "blur": blur or 0, "labels": LABELS, "parameters": len(kept), "numbers": numbers, "names": names,
            "logits": summary(logits), "loss": loss.item(), "input_gradient": summary(gradient)}


def square(channels, size):
    return [channels, size, size]


def cases():
    """(name, image, classes, blur)"""
    digit, cifar, small = square(1, 28), square(3, 32), square(3, 64)
    for name in ("lenet5", "lenet5-tanh", "lenet-madry"):
        for blur in (None, 4, 2 if name == "lenet5" else 5):
            yield name, digit, 10, blur
    yield "mlp", digit, 10, None
    for depth in (20, 32, 44, 56, 110):
        yield f"resnet{depth}-cifar", cifar, 10, None
    for name in ("resnet20-cifar", "resnet18-cifar", "preact-resnet18", "resnet20-64", "wrn-16-4"):
        if name != "resnet20-cifar":
            yield name, cifar, 10, None
        yield name, square(3, 16) if "18" in name else cifar, 10, 4
    yield "resnet20-cifar", [3, 20, 28], 100, None
    yield "resnet20-64", digit, 10, None
    yield "wrn-16-4", cifar, 10, 7
    yield "wrn-16-4", [3, 24, 16], 10, None
    yield "wrn-10-1", cifar, 10, None
    yield "wrn-28-10", square(3, 16), 10, None
    for name in ("resnet18", "resnet34", "resnet50", "wide-resnet50-2"):
        yield name, small, 10, None
    yield "resnet18", small, 10, 4
    yield "resnet18", small, 10, 3
    yield "resnet18", [3, 45, 70], 1000, None
    yield "resnet50", small, 10, 4
    yield "alexnet", square(3, 63), 10, None
    yield "alexnet", [3, 256, 95], 10, None
    yield "alexnet", square(3, 95), 10, 4
    yield "alexnet", square(3, 95), 10, 5
    yield "vgg16", [3, 64, 32], 10, None
    yield "vgg16", small, 10, 4
    yield "squeezenet1_1", square(3, 32), 10, None
    yield "squeezenet1_1", [3, 37, 45], 1000, None
    yield "squeezenet1_1", square(3, 64), 10, 4
    for name in ("deit-tiny", "deit-small", "deit-base", "vit-small", "vit-base"):
        yield name, cifar, 10, None
    yield "deit-tiny", [3, 32, 48], 1000, None
    yield "vit-7-64-4", digit, 10, None
    yield "vit-4-64-4", cifar, 10, None
    yield "vit-5-48-2", [3, 20, 30], 10, None
    for name in ("vnncomp-vit-2-3-16", "vnncomp-vit-3-3-8", "cct-4-3x1", "resnet2b", "resnet4b"):
        yield name, cifar, 10, None
    yield "vnncomp-vit-3-3-8", [3, 24, 40], 10, None
    yield "cct-4-3x1", [3, 13, 20], 100, None
    yield "resnet4b", [3, 21, 30], 10, None
    yield "resnet4b", cifar, 10, 4
    for name in ("cnn-a", "cnn-small", "smallcnn-trades"):
        yield name, digit, 10, None
    for name in ("cnn-a-cifar", "cnn-small-cifar", "cnn-kw-base", "cnn-kw-wide", "cnn-kw-deep"):
        yield name, cifar, 10, None
    yield "mobilenet-v1-0.25", small, 10, None
    yield "mobilenet-v1-0.25", [3, 45, 70], 1000, None


def main():
    torch.set_num_threads(1)   # one thread, plain kernels: the order of every sum is fixed
    torch.backends.mkldnn.flags(enabled=False).__enter__()
    if len(sys.argv) > 1:
        print(declared(build(sys.argv[1], square(3, 32), 10)))
        return
    lines = [json.dumps(record(*case), separators=(",", ":"), allow_nan=False) for case in cases()]
    path = pathlib.Path(__file__).resolve().with_name("catalog.jsonl")
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    print(f"{path.name}: {len(lines)} records, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
