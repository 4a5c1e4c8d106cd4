"""Writes searches.jsonl beside this script: FAB and Square step by step, from their papers' formulas in plain PyTorch and NumPy.

Nothing here is taken from published code or from MiniGrad. The network is z = W2 tanh(W1 (x - 0.5)) with weights from formula(); the
random words of Square are those of Philox 4x32-10 (Salmon et al., SC 2011) under the keys that MiniGrad documents, and are stored in
the file as well. FAB finds the levels of its box projections by 200 halvings instead of sorting.
"""

import json
import math
import pathlib

import numpy as np
import torch

from make_goldens import formula, plain

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

CHANNELS, HEIGHT, WIDTH, UNITS, CLASSES, COUNT = 2, 8, 9, 20, 5, 3
SIZE = CHANNELS * HEIGHT * WIDTH
W1 = torch.from_numpy(formula(SIZE * UNITS, 41, 1.2)).reshape(SIZE, UNITS)
W2 = torch.from_numpy(formula(UNITS * CLASSES, 42)).reshape(UNITS, CLASSES)
IMAGES = np.clip(formula(COUNT * SIZE, 57, 0.8).reshape(COUNT, SIZE) + 0.5, 0, 1)
MASK = 0xFFFFFFFF


def logits(x):
    return torch.tanh((x - 0.5) @ W1) @ W2


def values(x):
    return logits(torch.from_numpy(np.ascontiguousarray(x))).numpy()


LABELS = [int(np.argmax(values(x))) for x in IMAGES]


# Random numbers


def philox(key, counter):
    k, c = list(key), list(counter)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK, (a >> 32) ^ c[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def below(key, step):
    """The key of a number or a word below another key."""
    if isinstance(step, str):
        number = 14695981039346656037
        for letter in step:
            number = ((number ^ ord(letter)) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    else:
        number = step
    return philox(key, [number & MASK, number >> 32, 0x5EED, 0xD15C])[:2]


def words(key, count):
    found = []
    for block in range((count + 3) // 4):
        found += philox(key, [block, 0, 0, 0])
    return found[:count]


def key_of(image, *steps):
    key = [0, 0]
    for step in ("example", image, "restart", 0, *steps):
        key = below(key, step)
    return key


# Square


def margin(x, label):
    z = values(x)
    return np.delete(z, label).max() - z[label]


def share_at(query):
    return 0.8 / 2 ** sum(query > t for t in (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000))


def sign_of(draw, channel):
    return 1.0 if (draw[8] >> channel) & 1 == 0 else -1.0


def place(word, places):
    return (word * places) >> 32


def pattern(side):
    def pyramid(h, w):
        p = np.zeros((h, w))
        for ring in range(max(h // 2, w // 2) + 1):
            p[max(h // 2 - ring, 0):h // 2 + ring + 1, max(w // 2 - ring, 0):w // 2 + ring + 1] += 1 / (ring + 1) ** 2
        return p / max(np.linalg.norm(p), 1e-300)

    eta = np.concatenate([pyramid(side // 2, side), -pyramid(side - side // 2, side)])
    return eta / np.linalg.norm(eta)


def turned(eta, draw):
    return eta.T if draw[4] >> 31 else eta


def linf_start(x, eps, image):
    bits = words(key_of(image, "start"), CHANNELS * WIDTH)
    y = x.reshape(CHANNELS, HEIGHT, WIDTH).copy()
    for c in range(CHANNELS):
        for w in range(WIDTH):
            y[c, :, w] += eps if bits[c * WIDTH + w] >> 31 == 0 else -eps
    return np.clip(y, 0, 1).reshape(-1)


def linf_try(x, kept, eps, query, draw):
    side = min(max(1, round(math.sqrt(share_at(query) * HEIGHT * WIDTH))), HEIGHT, WIDTH)
    top, left = place(draw[0], HEIGHT - side + 1), place(draw[1], WIDTH - side + 1)
    y, clean = kept.reshape(CHANNELS, HEIGHT, WIDTH).copy(), x.reshape(CHANNELS, HEIGHT, WIDTH)
    for c in range(CHANNELS):
        window = np.s_[c, top:top + side, left:left + side]
        y[window] = clean[window] + sign_of(draw, c) * eps
    return np.clip(y, 0, 1).reshape(-1)


def scaled(x, nu, eps):
    inside = eps - math.sqrt(SIZE) * 1.2e-16
    return np.clip(x + nu.reshape(-1) * (inside / np.linalg.norm(nu)), 0, 1)


def l2_start(x, eps, image):
    side = max(1, min(HEIGHT, WIDTH) // 5)
    down, across = HEIGHT // side, WIDTH // side
    top, left = (HEIGHT - down * side) // 2, (WIDTH - across * side) // 2
    nu = np.zeros((CHANNELS, HEIGHT, WIDTH))
    for tile in range(down * across):
        draw = words(below(key_of(image, "start"), tile), 9)
        i, j = top + tile // across * side, left + tile % across * side
        for c in range(CHANNELS):
            nu[c, i:i + side, j:j + side] += sign_of(draw, c) * turned(pattern(side), draw)
    return scaled(x, nu, eps)


def l2_try(x, kept, eps, query, draw):
    side = max(3, round(math.sqrt(share_at(query) * HEIGHT * WIDTH)))
    side = min(side + 1 - side % 2, HEIGHT, WIDTH)
    corner = [(place(draw[2 * k], HEIGHT - side + 1), place(draw[2 * k + 1], WIDTH - side + 1)) for k in range(2)]
    masks = []
    for top, left in corner:
        mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
        mask[top:top + side, left:left + side] = True
        masks.append(mask)
    nu = (kept - x).reshape(CHANNELS, HEIGHT, WIDTH)
    unused = max(0.0, eps ** 2 - (nu ** 2).sum())
    new = nu.copy()
    for c in range(CHANNELS):
        available = math.sqrt((nu[c][masks[0] | masks[1]] ** 2).sum() + unused / CHANNELS)
        mixed = sign_of(draw, c) * turned(pattern(side), draw).reshape(-1)
        own = np.linalg.norm(nu[c][masks[0]])
        if own > 0:
            mixed = mixed + nu[c][masks[0]] / own
        new[c][masks[1]] = 0
        new[c][masks[0]] = mixed / np.linalg.norm(mixed) * available
    return scaled(x, new, eps)


def square(case, eps, queries, start, attempt):
    weights = formula(SIZE, 99)
    rows = []
    for image, x in enumerate(IMAGES):
        kept = start(x, eps, image)
        best = margin(kept, LABELS[image])
        draws, losses, sums = [], [best], [float(kept @ weights)]
        for query in range(queries - 1):
            draw = words(key_of(image, query), 9)
            tried = attempt(x, kept, eps, query, draw)
            loss = margin(tried, LABELS[image])
            if loss > best:
                kept, best = tried, loss
            draws.append(draw)
            losses.append(best)
            sums.append(float(kept @ weights))
        rows.append({"draws": draws, "losses": losses, "sums": sums, "end": kept.tolist()})
    return {"name": "square", "case": case, "dtype": "f64", "epsilon": eps, "queries": queries, "rows": rows}


# FAB


def norm_of(d, p):
    return float(np.linalg.norm(d, {"l2": 2, "linf": np.inf, "l1": 1}[p]))


def project(x, w, b, p):
    """The smallest d with w.(x + d) + b = 0 and 0 <= x + d <= 1, or the nearest corner."""
    value = w @ x + b
    direction = -np.sign(value) * np.sign(w)
    room = np.where(direction > 0, 1 - x, x)
    size, gain = np.abs(w), abs(value)
    if (size * room).sum() <= gain:
        return direction * room
    if p == "l1":
        d, left = np.zeros_like(x), gain
        for i in np.argsort(-size, kind="stable"):
            d[i] = min(room[i], left / size[i])
            left -= d[i] * size[i]
            if left <= 0:
                break
        return direction * d
    at = (lambda t: np.minimum(t * size, room)) if p == "l2" else (lambda t: np.minimum(t, room))
    low, high = 0.0, 1.0
    while (at(high) * size).sum() < gain:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if (at(middle) * size).sum() < gain else (low, middle)
    return direction * at(high)


def fab(p, targets, steps):
    dual, weights = {"l2": 2, "linf": 1, "l1": np.inf}[p], formula(SIZE, 99)
    rows = []
    for image, x in enumerate(IMAGES):
        label, nearest, best = LABELS[image], x, math.inf
        order = sorted((k for k in range(CLASSES) if k != label), key=lambda k: -values(x)[k])
        course, sums = [], []
        for towards in ([[t] for t in order[:targets]] if targets else [order]):
            at, norms = x, []
            for _ in range(steps):
                leaf = torch.from_numpy(at).clone().requires_grad_()
                z = logits(leaf)
                planes = []
                for j in towards:
                    w = torch.autograd.grad(z[j] - z[label], leaf, retain_graph=True)[0].numpy()
                    gap = float(z[j] - z[label])
                    planes.append((abs(gap) / np.linalg.norm(w, dual), w, gap - w @ at))
                _, w, b = min(planes, key=lambda plane: plane[0])
                own, pull = project(at, w, b, p), project(x, w, b, p)
                near, far = norm_of(own, p), norm_of(pull, p)
                share = min(near / (near + far), 0.1)
                at = np.clip((1 - share) * (at + 1.05 * own) + share * (x + 1.05 * pull), 0, 1)
                sums.append(float(at @ weights))
                if np.argmax(values(at)) != label:
                    if norm_of(at - x, p) < best:
                        nearest, best = at, norm_of(at - x, p)
                    at = x + 0.9 * (at - x)
                norms.append(best)
            course.append(norms)
        rows.append({"norms": course, "sums": sums, "end": nearest.tolist()})
    return {"name": "fab", "case": f"{p}-{targets}", "dtype": "f64", "norm": p, "targets": targets, "steps": steps, "rows": rows}


if __name__ == "__main__":
    records = [square("linf", 0.02, 40, linf_start, linf_try), square("l2", 0.2, 40, l2_start, l2_try)]
    records += [fab(p, targets, 12) for p in ("l2", "linf", "l1") for targets in (0, 3)]
    with open(pathlib.Path(__file__).with_name("searches.jsonl"), "w", newline="\n") as file:
        for record in records:
            file.write(json.dumps(plain(record | {"labels": LABELS}), separators=(",", ":")) + "\n")
