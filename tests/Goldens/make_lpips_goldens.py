"""Writes lpips.jsonl beside this script: LPIPS 0.1 and Laidlaw's feature distance in plain PyTorch.

The backbones are torchvision's alexnet, vgg16 and squeezenet1_1 without their classifiers, written out here; the taps
and the scaling layer are those of the lpips package. Weights and images come from the formula of make_goldens.py.
"""

import math
import pathlib

import torch
import torch.nn.functional as F

from make_goldens import Records, build, numbers, real, summary

# ("conv", index, filters, kernel, stride, pad) with its ReLU; ("pool", kernel, ceil); ("fire", index, squeeze, expand).
ALEX = [("conv", 0, 64, 11, 4, 2), "tap", ("pool", 3, False), ("conv", 3, 192, 5, 1, 2), "tap", ("pool", 3, False),
        ("conv", 6, 384, 3, 1, 1), "tap", ("conv", 8, 256, 3, 1, 1), "tap", ("conv", 10, 256, 3, 1, 1), "tap"]
VGG = [("conv", 0, 64, 3, 1, 1), ("conv", 2, 64, 3, 1, 1), "tap", ("pool", 2, False),
       ("conv", 5, 128, 3, 1, 1), ("conv", 7, 128, 3, 1, 1), "tap", ("pool", 2, False),
       ("conv", 10, 256, 3, 1, 1), ("conv", 12, 256, 3, 1, 1), ("conv", 14, 256, 3, 1, 1), "tap", ("pool", 2, False),
       ("conv", 17, 512, 3, 1, 1), ("conv", 19, 512, 3, 1, 1), ("conv", 21, 512, 3, 1, 1), "tap", ("pool", 2, False),
       ("conv", 24, 512, 3, 1, 1), ("conv", 26, 512, 3, 1, 1), ("conv", 28, 512, 3, 1, 1), "tap"]
SQUEEZE = [("conv", 0, 64, 3, 2, 0), "tap", ("pool", 3, True), ("fire", 3, 16, 64), ("fire", 4, 16, 64), "tap",
           ("pool", 3, True), ("fire", 6, 32, 128), ("fire", 7, 32, 128), "tap", ("pool", 3, True),
           ("fire", 9, 48, 192), "tap", ("fire", 10, 48, 192), "tap", ("fire", 11, 64, 256), "tap",
           ("fire", 12, 64, 256), "tap"]
NETS = {"alex": ALEX, "vgg": VGG, "squeeze": SQUEEZE}
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


def declare(net):
    """Specs of all parameters: backbone by torchvision's names, then the linear weights in [0, 1)."""
    specs, width, taps = [], 3, []

    def add(name, shape, scale, offset=0.0):
        specs.append({"name": name, **real(shape, 300 + len(specs), scale, offset)})

    def conv(name, filters, channels, kernel):
        add(f"{name}.weight", [filters, channels, kernel, kernel], math.sqrt(6 / (channels * kernel * kernel)))
        add(f"{name}.bias", [filters], 0.1)

    for step in NETS[net]:
        if step == "tap":
            taps.append(width)
        elif step[0] == "conv":
            conv(f"features.{step[1]}", step[2], width, step[3])
            width = step[2]
        elif step[0] == "fire":
            name, squeeze, expand = f"features.{step[1]}", step[2], step[3]
            conv(f"{name}.squeeze", squeeze, width, 1)
            conv(f"{name}.expand1x1", expand, squeeze, 1)
            conv(f"{name}.expand3x3", expand, squeeze, 3)
            width = 2 * expand
    for index, channels in enumerate(taps):
        add(f"lin{index}.model.1.weight", [1, channels, 1, 1], 0.5, 0.5)
    return specs


def features(net, weights, x):
    def conv(name, x, stride=1, pad=0):
        return F.relu(F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride, padding=pad))

    taps = []
    for step in NETS[net]:
        if step == "tap":
            taps.append(x)
        elif step[0] == "conv":
            x = conv(f"features.{step[1]}", x, step[4], step[5])
        elif step[0] == "pool":
            x = F.max_pool2d(x, step[1], 2, ceil_mode=step[2])
        else:
            s = conv(f"features.{step[1]}.squeeze", x)
            x = torch.cat([conv(f"features.{step[1]}.expand1x1", s), conv(f"features.{step[1]}.expand3x3", s, pad=1)], 1)
    return taps


def unit(f):
    """F / (|F| + 1e-10) per position, the gradient of the norm at zero being zero."""
    squares = (f * f).sum(1, keepdim=True)
    live = squares > 0
    norm = torch.where(live, torch.sqrt(torch.where(live, squares, torch.ones_like(squares))), torch.zeros_like(squares))
    return f / (norm + 1e-10)


def prepare(x):
    """[0, 1] images to the network's input: [-1, 1], black borders around small ones, three channels, scaling layer."""
    x = 2 * x - 1
    rows, columns = ((32 - side) // 2 + 1 if side < 32 else 0 for side in x.shape[2:])
    x = F.pad(x, (columns, columns, rows, rows), value=-1.0).expand(-1, 3, -1, -1)
    shift, scale = (torch.tensor(values, dtype=torch.float64).to(x.dtype).reshape(1, 3, 1, 1) for values in (SHIFT, SCALE))
    return (x - shift) / scale


def distances(net, weights, a, b):
    left, right = (features(net, weights, prepare(x)) for x in (a, b))
    squares = [(unit(f) - unit(g)) ** 2 for f, g in zip(left, right)]
    lpips = sum((s * weights[f"lin{i}.model.1.weight"]).sum(1).mean([1, 2]) for i, s in enumerate(squares))
    return lpips, torch.sqrt(sum(s.sum(1).mean([1, 2]) for s in squares)), left


def main():
    torch.set_num_threads(1)
    torch.backends.mkldnn.flags(enabled=False).__enter__()
    out = Records()
    for net, case, shape, dtypes in [("alex", "64", [2, 3, 64, 64], ("f64", "f32")), ("alex", "grey-28", [2, 1, 28, 28], ("f64",)),
                                     ("alex", "35x48", [1, 3, 35, 48], ("f64",)), ("squeeze", "33x43", [2, 3, 33, 43], ("f64", "f32")),
                                     ("vgg", "32", [1, 3, 32, 32], ("f64", "f32"))]:
        specs = declare(net)
        images = [real(shape, 7, 0.5, 0.5), real(shape, 11, 0.5, 0.5)]
        for dtype in dtypes:
            weights = {spec["name"]: build(spec, dtype) for spec in specs}
            a, b = (build(image, dtype).requires_grad_() for image in images)
            lpips, feature, taps = distances(net, weights, a, b)
            of_a, of_b = torch.autograd.grad(lpips.sum(), [a, b], create_graph=True)
            of_feature, = torch.autograd.grad(feature.sum(), [a], retain_graph=True)
            record = {"name": net, "case": case, "dtype": dtype, "parameters": specs, "inputs": images,
                      "taps": [list(tap.shape) for tap in taps], "lpips": numbers(lpips), "feature_distance": numbers(feature),
                      "gradient_a": summary(of_a, 20), "gradient_b": summary(of_b, 20), "feature_gradient_a": summary(of_feature, 20)}
            if dtype == "f64":
                vector = real(shape, 31)
                product, = torch.autograd.grad((of_a * build(vector, dtype)).sum(), a)
                record["hessian_vector_product"] = {"vector": vector, **summary(product, 20)}
            out.add(record)
    path = pathlib.Path(__file__).resolve().with_name("lpips.jsonl")
    path.write_text("\n".join(out.lines) + "\n", encoding="ascii", newline="\n")
    print(f"{path.name}: {len(out.lines)} records, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
