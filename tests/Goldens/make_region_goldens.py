"""Writes regions.jsonl beside this script: the numbers of the level-set study by PyTorch, in float64.

From images of the formula of make_goldens.py: Table 1 (RMSE, largest difference, SSIM over windows inside the image, LPIPS on
AlexNet), Table 2 (confidence over triangles and their edges, on all 66 points and on the 64 that the published code keeps), straight
lines from a source, and simplices of a source and three ends at given weights. The script stops where a point lies so near a
threshold that rounding could move it over.
"""

import itertools
import json
import math
import pathlib

import torch
import torch.nn.functional as F

import make_lpips_goldens as lpips
from make_goldens import build, numbers, real

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

SOURCES, ENDS, CLASSES, UNITS = 3, 3, 4, 16
DROPS = [0.0, 0.1, 0.2, 0.3]
GRID, LINE, POINTS = 10, 50, 200
NEAR = 1e-9


def parameters(pixels):
    """z = W2 tanh(W1 (x - 0.5) + b1) + b2."""
    return [real([pixels, UNITS], 401, 3 / math.sqrt(pixels)), real([1, UNITS], 402, 0.3),
            real([UNITS, CLASSES], 403, 2.2), real([1, CLASSES], 404, 0.5)]


def confidence(weights, images, label):
    w1, b1, w2, b2 = weights
    logits = torch.tanh((images.flatten(1) - 0.5) @ w1 + b1) @ w2 + b2
    return torch.softmax(logits, 1)[:, label]


def apart(values, bounds):
    """No value so near a bound that another order of sums could put it on the other side."""
    for bound in bounds:
        if ((values - bound).abs() < NEAR).any():
            raise SystemExit(f"a confidence lies at {bound}.")


def ssim(a, b):
    """Means over 11 x 11 Gaussian windows by unfolding, in place of a convolution."""
    line = torch.exp(-(torch.arange(11) - 5.0) ** 2 / (2 * 1.5 ** 2))
    window = torch.outer(line, line).flatten()
    window = (window / window.sum()).reshape(1, 1, -1, 1)

    def mean(x):
        n, c = x.shape[:2]
        return (F.unfold(x, 11).reshape(n, c, 121, -1) * window).sum(2)

    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma ** 2, mean(b * b) - mb ** 2, mean(a * b) - ma * mb
    c1, c2 = 0.01 ** 2, 0.03 ** 2
    return ((2 * ma * mb + c1) * (2 * cov + c2) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2))).mean((1, 2))


def table1(outputs, targets):
    difference = (outputs - targets).flatten(1)
    specs = lpips.declare("alex")
    distance, _, _ = lpips.distances("alex", {s["name"]: build(s, "f64") for s in specs}, outputs, targets)
    return {"rmse": numbers((difference ** 2).mean(1).sqrt()), "linf": numbers(difference.abs().max(1).values),
            "ssim": numbers(ssim(outputs, targets)), "lpips": numbers(distance)}


def hull(weights, source, first, second, label):
    grid = [(i, j) for i in range(GRID + 1) for j in range(GRID + 1 - i)]
    # What the published code keeps: its test in floating point is above 0 for two points of the far side.
    kept = [not 1 - i / GRID - j / GRID < 0 for i, j in grid]
    points = torch.stack([((GRID - i - j) * source + i * first + j * second) / GRID for i, j in grid])
    q = confidence(weights, points, label)
    p = confidence(weights, source[None], label)
    apart(q, [float(p) - d for d in DROPS if d > 0])
    # At a drop of 0 the source itself is on the bound, and equal to it.
    apart(q[1:], [float(p)])
    edges = torch.stack([q[k] for k, (i, j) in enumerate(grid) if j == 0] + [q[k] for k, (i, j) in enumerate(grid) if i == 0])
    a, b = (first - source).flatten(), (second - source).flatten()
    result = {"source": float(p), "edge_mean": float(edges.mean()), "edge_lowest": float(edges.min() - p),
              "area": float(((a @ a) * (b @ b) - (a @ b) ** 2).sqrt() / 2)}
    for name, values in (("66", q), ("64", q[torch.tensor(kept)])):
        above = [int((values > float(p) - d).sum()) for d in DROPS]
        if above[0] and q[0] > p:
            raise SystemExit("the source counts as above itself.")
        result[name] = {"points": len(values), "mean": float(values.mean()), "above": above}
    return result


def line(weights, source, end, label):
    t = torch.arange(LINE + 1).reshape(-1, *[1] * source.dim()) / LINE
    q = confidence(weights, source + t * (end - source), label)
    apart(q, [float(q[0]) - d for d in DROPS[1:]])
    outside = [[k for k in range(LINE + 1) if not q[k] > q[0] - d] for d in DROPS[1:]]
    return {"length": float((end - source).norm()), "confidence": numbers(q), "stays": [not o for o in outside],
            "reach": [(o[0] - 1) / LINE if o else 1.0 for o in outside]}


def simplex(weights, source, ends, label, shares):
    points = torch.einsum("pk,k...->p...", shares, torch.cat([source[None], ends]))
    q, p = confidence(weights, points, label), float(confidence(weights, source[None], label))
    apart(q, [p - d for d in DROPS[1:]])
    edges = (ends - source).flatten(1)
    _, log = torch.linalg.slogdet(edges @ edges.T)
    return {"inside": [int((q > p - d).sum()) for d in DROPS[1:]],
            "log_volume": (float(log) / 2 - math.lgamma(len(ends) + 1)) / math.log(10)}


def summary(of_source):
    """Table 2: over the pairs of a source, then mean and population deviation over sources; the lowest of all pairs."""
    def spread(value):
        means = torch.tensor([sum(value(h) for h in hulls) / len(hulls) for hulls in of_source])
        return [float(means.mean()), float(means.std(unbiased=False))]

    rows = {"source": spread(lambda h: h["source"]), "edge_mean": spread(lambda h: h["edge_mean"]),
            "edge_lowest": min(h["edge_lowest"] for hulls in of_source for h in hulls)}
    for grid in ("66", "64"):
        rows[grid] = {"mean": spread(lambda h: h[grid]["mean"]),
                      "above": [spread(lambda h: h[grid]["above"][k] / h[grid]["points"]) for k in range(len(DROPS))]}
    return rows


def record(case, shape):
    pixels = math.prod(shape)
    specs = parameters(pixels)
    weights = [build(spec, "f64") for spec in specs]
    count = SOURCES * ENDS
    inputs = [real([SOURCES, *shape], 411, 0.5, 0.5), real([count, *shape], 412, 0.5, 0.5), real([count, *shape], 413, 0.5, 0.5)]
    sources, targets, noise = (build(spec, "f64") for spec in inputs)
    # A walk's end: near its target, with traces of its source and of something else.
    starts = sources.repeat_interleave(ENDS, 0)
    ends = 0.5 * targets + 0.25 * starts + 0.25 * noise
    shares = build(real([POINTS, ENDS + 1], 421, 0.5, 0.5), "f64") + 1e-3
    shares = shares / shares.sum(1, keepdim=True)
    labels = [int(torch.stack([confidence(weights, s[None], k)[0] for k in range(CLASSES)]).argmax()) for s in sources]
    hulls, lines, simplices = [], [], []
    for s, label in enumerate(labels):
        own = ends[ENDS * s:ENDS * (s + 1)]
        hulls.append([hull(weights, sources[s], own[a], own[b], label) for a, b in itertools.combinations(range(ENDS), 2)])
        lines.append([line(weights, sources[s], end, label) for end in own])
        simplices.append(simplex(weights, sources[s], own, label, shares))
    return {"name": "regions", "case": case, "dtype": "f64", "inputs": inputs, "parameters": specs, "lpips": lpips.declare("alex"),
            "labels": labels, "shares": real([POINTS, ENDS + 1], 421, 0.5, 0.5), "table1": table1(ends, targets), "hulls": hulls,
            "table2": summary(hulls), "lines": lines, "simplices": simplices}


with open(pathlib.Path(__file__).with_name("regions.jsonl"), "w", newline="\n") as file:
    for case, shape in (("grey-28", [1, 28, 28]), ("colour-32", [3, 32, 32])):
        made = record(case, shape)
        file.write(json.dumps(made, separators=(",", ":")) + "\n")
        print(case, made["labels"], made["table2"], [s["inside"] for s in made["simplices"]],
              [[x["reach"] for x in of] for of in made["lines"]], made["table1"])
