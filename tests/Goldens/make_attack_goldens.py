"""Writes attacks.jsonl beside this script: AutoPGD and Carlini and Wagner, step by step, by PyTorch in double.

One smooth network of two layers on four images; starts are images moved by formula(). The attacks are written down from their
formulas, row by row: no row sees another. Where rounding could turn a sign or a comparison the script stops.
"""

import json
import math
import pathlib

import torch

from make_goldens import build, numbers, plain, real

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

SHAPE, ROWS, PIXELS, UNITS, CLASSES = [4, 1, 4, 4], 4, 16, 12, 5
IMAGES = real(SHAPE, 14, 0.6, 0.5)      # clamped to [0, 1]
WEIGHTS = [real([PIXELS, UNITS], 500, 3), real([1, UNITS], 501, 0.2), real([UNITS, CLASSES], 502, 1), real([1, CLASSES], 503, 0.1)]
W1, B1, W2, B2 = (build(spec, "f64") for spec in WEIGHTS)
X = build(IMAGES, "f64").clamp(0, 1).reshape(ROWS, PIXELS)
MARGIN = 1e-11


def logits(x):
    return torch.tanh((x - 0.5) @ W1 + B1) @ W2 + B2


LABELS = logits(X).argmax(1).tolist()


def near(value, what):
    """A number whose sign decides something must be exactly 0 or clearly not."""
    if 0 < abs(value) < MARGIN:
        raise SystemExit(f"{what}: {value} is as good as 0; change a phase.")
    return value


# What is raised, of the logits of one row.

def cross_entropy(z, y, t):
    return torch.logsumexp(z, 0) - z[y]


def dlr(z, y, t):
    s = z.sort(descending=True).values
    others = torch.cat([z[:y], z[y + 1:]])
    return -(z[y] - others.max()) / (s[0] - s[2] + 1e-12)


def dlr_targeted(z, y, t):
    s = z.sort(descending=True).values
    return -(z[y] - z[t]) / (s[0] - (s[2] + s[3]) / 2 + 1e-12)


def slope(x, loss):
    leaf = x.clone().requires_grad_()
    value = loss(logits(leaf[None])[0])
    return float(value.detach()), torch.autograd.grad(value, leaf)[0]


def project(point, x, eps, norm):
    if norm == "linf":
        return torch.max(torch.min(point, x + eps), x - eps).clamp(0, 1)
    d = point - x
    return (x + d * min(1.0, eps / float(d.norm())) if float(d.norm()) > 0 else x).clamp(0, 1)


def direction(g, norm):
    if norm == "linf":
        for value in g.tolist():
            near(value, "gradient")
        return g.sign()
    return g / g.norm()


def apgd(x, inside, eps, n, norm, loss):
    """One row: losses, lengths and points behind each step, the start first."""
    d = inside - x
    x_cur = project(x + d * (eps / float(d.abs().max() if norm == "linf" else d.norm())), x, eps, norm)
    value, g = slope(x_cur, loss)
    previous, best, best_g, best_value = x_cur, x_cur, g, value
    eta, k, since, rises, halved, at_check = 2 * eps, max(int(0.22 * n), 1), 0, 0, None, value
    course = [(value, eta, x_cur)]
    checks = []
    for s in range(n):
        a = 1.0 if s == 0 else 0.75
        z = project(x_cur + eta * direction(g, norm), x, eps, norm)
        new = project(x_cur + a * (z - x_cur) + (1 - a) * (x_cur - previous), x, eps, norm)
        new_value, new_g = slope(new, loss)
        previous, before = x_cur, value
        x_cur, value, g = new, new_value, new_g
        rises += near(value - before, "rise") > 0
        if near(value - best_value, "best") > 0:
            best, best_g, best_value = x_cur, g, value
        reached = x_cur
        since += 1
        if since == k:
            checks.append(s + 1)
            few = rises <= 0.75 * k
            stuck = halved is False and best_value == at_check
            halved, at_check = few or stuck, best_value
            if halved:
                eta /= 2
                x_cur, g, value = best, best_g, best_value
            since, rises = 0, 0
            k = max(k - int(0.03 * n), int(0.06 * n))
        # What is recorded is the loss where the step led, and the point that it led to.
        course.append((new_value, eta, reached))
    return course, checks, best, best_value


def record_apgd(case, norm, eps, n, loss, rank=None):
    start = real(SHAPE, 77, 0.5 * eps)
    inside = X + build(start, "f64").reshape(ROWS, PIXELS)
    targets = [sorted((k for k in range(CLASSES) if k != LABELS[r]), key=lambda k: -float(logits(X)[r][k]))[rank or 0] for r in range(ROWS)]
    rows = [apgd(X[r], inside[r], eps, n, norm, lambda z, r=r: loss(z, LABELS[r], targets[r])) for r in range(ROWS)]
    shown = sorted({0, 1, 2, 3, n, *range(0, n, 12), *rows[0][1], *(c + 1 for c in rows[0][1])} & set(range(n + 1)))
    return {"name": "apgd", "case": case, "dtype": "f64", "options": {"eps": eps, "steps": n, "rank": rank}, "start": start,
            "checks": rows[0][1], "losses": [[row[0][s][0] for row in rows] for s in range(n + 1)],
            "lengths": [[row[0][s][1] for row in rows] for s in range(n + 1)], "shown": shown,
            "points": [numbers(torch.stack([row[0][s][2] for row in rows])) for s in shown],
            "best": numbers(torch.stack([row[2] for row in rows])), "best_losses": [row[3] for row in rows],
            "targets": targets if rank is not None else []}


# Carlini and Wagner: one row, Adam by torch.optim.

def free(x):
    return torch.atanh((2 * x - 1) * (1 - 1e-6))


def hinge(z, y, kappa, target):
    c = y if target is None else target
    others = torch.cat([z[:c], z[c + 1:]])
    margin = z[c] - others.max() if target is None else others.max() - z[c]
    return (margin + kappa).clamp(min=0)


def look(w, x, y, kappa, target, distance, weight):
    """The loss at w with its gradient left in w; the perturbation, and whether the goal is met."""
    shift = (torch.tanh(w) + 1) / 2 - x
    z = logits((x + shift)[None])[0]
    h = hinge(z, y, kappa, target)
    loss = distance(shift) + weight * h
    w.grad = torch.autograd.grad(loss, w)[0]
    top = int(z.argmax())
    near(float(z.sort().values[-1] - z.sort().values[-2]), "margin")
    met = top != y if target is None else top == target
    return float(loss), float(h), shift.detach().clone(), met and float(h) <= 0


def stops(step, n, loss, last):
    compares = step % max(1, n // 10) == 0
    if compares and math.isfinite(last):
        near(loss - last * (1 - 1e-4), "early stop")
    return step + 1 == n or (compares and loss > last * (1 - 1e-4)), loss if compares else last


def adam(w, rate):
    return torch.optim.Adam([w], lr=rate, betas=(0.9, 0.999), eps=1e-8)


def cw_l2(x, y, n, searches, rate, c, kappa, target):
    low, high, best, found, course = 0.0, math.inf, math.inf, None, []
    for _ in range(searches):
        w = free(x).requires_grad_()
        optimizer, last, crossed = adam(w, rate), math.inf, False
        for step in range(n):
            loss, _, shift, there = look(w, x, y, kappa, target, lambda d: (d * d).sum(), c)
            course.append((c, w.detach().clone()))
            size = float(shift.norm())
            crossed = crossed or there
            if there and size < best:
                best, found = size, shift
            over, last = stops(step, n, loss, last)
            if over:
                break
            optimizer.step()
        if crossed:
            high = min(high, c)
        else:
            low = max(low, c)
        c = 10 * c if math.isinf(high) else (low + high) / 2
    return course, found


def cw_linf(x, y, n, rate, c, most, factor, kappa, target):
    tau, best, found, course = 1.0, math.inf, None, []
    begin = free(x)
    while tau > 1 / 256 and c < most:
        w = begin.clone().requires_grad_()
        optimizer, last = adam(w, rate), math.inf
        for step in range(n):
            loss, _, shift, there = look(w, x, y, kappa, target, lambda d: (d.abs() - tau).clamp(min=0).sum(), c)
            course.append((c, w.detach().clone()))
            size = float(shift.abs().max())
            if there and size < best:
                best, found = size, shift
            solved = there and loss < 1e-4 * c
            over, last = stops(step, n, loss, last)
            if solved or over:
                break
            optimizer.step()
        if solved:
            tau = min(tau, size) * factor
            begin = w.detach().clone()
        else:
            c *= 2
    return course, found


def record_cw(name, case, search, kappa, towards, **options):
    targets = [(y + towards) % CLASSES if towards else None for y in LABELS]
    rows = [search(X[r], LABELS[r], kappa=kappa, target=targets[r], **options) for r in range(ROWS)]
    if any(found is None for _, found in rows):
        raise SystemExit(f"{name} {case}: a row found nothing; change an option.")
    every = 11
    return {"name": name, "case": case, "dtype": "f64", "options": {**options, "kappa": kappa}, "every": every,
            "targets": [] if not towards else targets, "steps": [len(course) for course, _ in rows],
            "weights": [[weight for weight, _ in course] for course, _ in rows],
            "points": [numbers(torch.stack([w for _, w in course[::every]])) for course, _ in rows],
            "best": numbers(torch.stack([found for _, found in rows]))}


RECORDS = [
    {"name": "network", "case": "subject", "dtype": "f64", "inputs": [IMAGES], "parameters": WEIGHTS, "labels": LABELS,
     "logits": numbers(logits(X))},
    record_apgd("linf-ce", "linf", 0.2, 100, cross_entropy),
    record_apgd("linf-dlr", "linf", 0.04, 100, dlr),
    record_apgd("linf-targeted", "linf", 0.2, 100, dlr_targeted, rank=1),
    record_apgd("l2-ce", "l2", 0.7, 100, cross_entropy),
    record_apgd("l2-dlr", "l2", 0.2, 50, dlr),
    record_apgd("l2-targeted", "l2", 0.7, 50, dlr_targeted, rank=0),
    record_cw("cw-l2", "untargeted", cw_l2, 0, 0, n=40, searches=5, rate=0.05, c=0.02),
    record_cw("cw-l2", "targeted", cw_l2, 0.1, 1, n=60, searches=5, rate=0.1, c=0.5),
    record_cw("cw-linf", "untargeted", cw_linf, 0, 0, n=40, rate=0.02, c=0.01, most=5, factor=0.8),
    record_cw("cw-linf", "targeted", cw_linf, 0, 1, n=50, rate=0.02, c=0.01, most=5, factor=0.8),
]

with open(pathlib.Path(__file__).with_name("attacks.jsonl"), "w", newline="\n") as file:
    for record in RECORDS:
        file.write(json.dumps(plain(record), separators=(",", ":")) + "\n")
