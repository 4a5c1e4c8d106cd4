"""Writes training.jsonl beside this script: attacks step by step, and objectives with their gradients, by PyTorch in double.

One tiny network, six images of which some pixels are exactly 0 or 1, no random numbers: starts are images moved by formula(),
and MSD's numbers of pixels are given. Attacks are written down from their papers, one statement after another. A decision
(a sign, a maximum, a comparison) that rounding could turn stops this script, so that another machine takes the same.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

from make_goldens import build, numbers, real

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.backends.mkldnn.flags(enabled=False).__enter__()

SIDE, PIXELS, ROWS, CLASSES = 6, 36, 6, 5
IMAGES = real([ROWS, 1, SIDE, SIDE], 13, 0.65, 0.5)     # clamped to [0, 1]
MARGIN = 1e-10


def parameters(outputs):
    return [{"name": "conv.weight", **real([4, 1, 3, 3], 400, 0.8)}, {"name": "conv.bias", **real([4], 401, 0.2)},
            {"name": "fc.weight", **real([outputs, PIXELS], 402, 0.9)}, {"name": "fc.bias", **real([outputs], 403, 0.3)}]


def clear(values, what):
    """No number may be so near to 0 that rounding decides its sign; exact zeros come from closed units and stay zeros."""
    sizes = values.detach().abs().reshape(-1)
    near = sizes[(sizes > 0) & (sizes < MARGIN)]
    if len(near):
        raise SystemExit(f"{what}: {near.tolist()} is as good as 0; change a phase.")
    return values


class Network:
    def __init__(self, specs):
        self.specs = specs
        self.weights = [build(spec, "f64").requires_grad_() for spec in specs]

    def activations(self, x):
        return F.relu(clear(F.conv2d(x, self.weights[0], self.weights[1], padding=1), "relu"))

    def __call__(self, x):
        a = self.activations(x)
        windows = F.unfold(a.reshape(-1, 1, SIDE, SIDE), 2, stride=2)
        two = windows.sort(1).values[:, -2:].detach()
        if ((two[:, 1] - two[:, 0] < MARGIN) & (two[:, 1] > 0)).any():
            raise SystemExit("pool: two of a window are as good as equal; change a phase.")
        return F.linear(F.max_pool2d(a, 2).flatten(1), self.weights[2], self.weights[3])

    def gradients(self, loss):
        found = torch.autograd.grad(loss, self.weights, retain_graph=True)
        return {spec["name"]: numbers(g) for spec, g in zip(self.specs, found)}


NETWORK = Network(parameters(CLASSES))
X = build(IMAGES, "f64").clamp(0, 1)
with torch.no_grad():
    Y = NETWORK(X).argmax(1)
    Y[4] = (Y[4] + 1) % CLASSES     # one that the network does not know


def one_hot(labels, classes=CLASSES):
    return F.one_hot(labels, classes).double()


def per_row(x):
    return x.reshape(-1, 1, 1, 1)


def cross_entropy(x, y=None):
    return F.cross_entropy(NETWORK(x), Y if y is None else y, reduction="none")


def wrong_confidence(x):
    """The largest probability of a class that is not the label's."""
    return NETWORK(x).softmax(1).masked_fill(one_hot(Y) > 0, -1).max(1).values


def slope(loss, x):
    """Each row's loss, and its gradient in its own image."""
    leaf = x.detach().clone().requires_grad_()
    values = loss(leaf)
    return values.detach(), torch.autograd.grad(values.sum(), leaf)[0]


# Projections of deltas [rows, 1, side, side].

def into_linf(delta, eps):
    return delta.clamp(-eps, eps)


def into_l2(delta, eps):
    length = per_row(delta.flatten(1).norm(dim=1))
    return torch.where(length > eps, delta * (eps / length), delta)


def into_l1(delta, eps):
    rows = []
    for row in delta.flatten(1):
        if row.abs().sum() <= eps:
            rows.append(row)
            continue
        u = row.abs().sort(descending=True).values
        excess = (u.cumsum(0) - eps) / torch.arange(1, len(u) + 1)
        rho = int((u > excess).nonzero().max())
        rows.append(row.sign() * (row.abs() - excess[rho]).clamp(min=0))
    return torch.stack(rows).reshape(delta.shape)


def into_l0(delta, eps):
    flat = delta.flatten(1)
    kept = flat.abs().topk(math.ceil(eps), dim=1).indices
    return torch.zeros_like(flat).scatter(1, kept, flat.gather(1, kept)).reshape(delta.shape)


def place(point, project):
    """The allowed point for each row: ball first, box second. Points are kept, not deltas, so that 0 and 1 are met exactly."""
    return (X + project(point - X)).clamp(0, 1)


# Attacks. Each returns what is to be compared after every step; points start with where the attack starts.

def pgd(noise, loss, project, direction, step, steps):
    x, points, losses = place(X + build(noise, "f64"), project), [], []
    for i in range(steps + 1):
        values, g = slope(loss, x)
        points.append(numbers(x))
        losses.append(numbers(values))
        if i < steps:
            x = place(x + step * direction(clear(g, "gradient")), project)
    return {"points": points, "losses": losses}


def unit(g):
    """The gradient divided by its length, row by row."""
    return g / per_row(g.flatten(1).norm(dim=1))


def backtracking(noise, energy, eps, steps, rate, momentum, factor):
    """Minimises the energy: momentum on the signs of gradients, and a step only where it leads no higher."""
    x, lr, v = X + build(noise, "f64"), torch.full((ROWS,), rate), torch.zeros_like(X)
    best, best_energy = X, torch.full((ROWS,), math.inf)
    out = {"points": [], "energies": [], "rates": [], "accepted": []}
    for i in range(steps + 1):
        x = place(x, lambda d: into_linf(d, eps))
        e, g = slope(energy, x)
        better = e < best_energy
        best, best_energy = torch.where(per_row(better), x, best), torch.where(better, e, best_energy)
        for name, value in (("points", x), ("energies", e), ("rates", lr)):
            out[name].append(numbers(value))
        if i == steps:
            break
        v = momentum * v + (1 - momentum) * clear(g, "gradient").sign()
        moved = x - per_row(lr) * v
        trial = energy(place(moved, lambda d: into_linf(d, eps))).detach()
        accepted = clear(trial - e, "energies") <= 0
        out["accepted"].append(accepted.tolist())
        x = torch.where(per_row(accepted), moved, x)
        lr = torch.where(accepted, lr, (lr / factor).clamp(min=1e-20))
    out["best_points"], out["best_energies"] = numbers(best), numbers(best_energy)
    return out


def sparse(g, x, ks, length, exclude_boundary):
    """The step in L1: the k pixels of the largest slopes of each row, among those that have room, by equal amounts."""
    rows = []
    for slopes, pixels, k in zip(g.flatten(1), x.flatten(1), ks.tolist()):
        gap = length / k
        barred = ((slopes < 0) & (pixels <= gap)) | ((slopes > 0) & (pixels >= 1 - gap))
        if exclude_boundary:
            barred |= (pixels <= 0) | (pixels >= 1)
        sizes = torch.where(barred, torch.full_like(slopes, -1), slopes.abs())
        order = sizes.argsort(descending=True)
        if sizes[order[k]] > 0:
            clear(sizes[order[k - 1]] - sizes[order[k]], "the last pixel that moves")
        step = torch.zeros_like(slopes)
        allowed = [int(i) for i in order[:k] if sizes[i] >= 0]
        step[allowed] = gap * slopes[allowed].sign()
        rows.append(step)
    return torch.stack(rows).reshape(g.shape)


NORMS = ["l2", "linf", "l1"]

# How many pixels a step in L1 moves, for each step and row: what MiniGrad draws from new Rng(3).
DRAWN = [
    [8, 15, 12, 16, 14, 6],
    [18, 7, 18, 16, 19, 12],
    [15, 20, 7, 14, 15, 8],
    [16, 17, 6, 15, 8, 15],
    [18, 12, 9, 17, 6, 17],
    [19, 18, 14, 19, 6, 11],
]


def msd(eps, step, ks, exclude_boundary):
    """Multi steepest descent: one candidate for each norm, of which each row keeps that of the highest loss."""
    x, best, best_loss = X, X, torch.zeros(ROWS)
    out = {"points": [numbers(X)], "losses": [numbers(cross_entropy(X))], "chosen": []}
    for k in torch.tensor(ks):
        _, g = slope(cross_entropy, x)
        clear(g, "gradient")
        candidates = [
            place(x + step["l2"] * unit(g), lambda d: into_l2(d, eps["l2"])),
            place(x + step["linf"] * g.sign(), lambda d: into_linf(d, eps["linf"])),
            place(x + sparse(g, x, k, step["l1"], exclude_boundary), lambda d: into_l1(d, eps["l1"])),
        ]
        losses = torch.stack([cross_entropy(c).detach() for c in candidates])
        ordered = losses.sort(0).values
        clear(ordered[-1] - ordered[-2], "candidates")
        chosen = losses.argmax(0)
        x = torch.stack([candidates[c][row] for row, c in enumerate(chosen)])
        loss = losses.max(0).values
        better = loss > best_loss
        best, best_loss = torch.where(per_row(better), x, best), torch.where(better, loss, best_loss)
        out["points"].append(numbers(x))
        out["losses"].append(numbers(loss))
        out["chosen"].append([NORMS[c] for c in chosen])
    out["best_points"], out["best_losses"] = numbers(best), numbers(best_loss)
    return out


def embedding(x):
    """The activations, of unit length over the channels, over the root of the number of positions."""
    a = NETWORK.activations(x)
    return (a / (a.norm(dim=1, keepdim=True) + 1e-10)).flatten(1) / SIDE


def margin(x):
    z = NETWORK(x)
    return z.masked_fill(one_hot(Y) > 0, -math.inf).max(1).values - z.gather(1, Y.reshape(-1, 1)).squeeze(1)


def fast_lpa(bound, steps, price=10, decay=0.1, h=0.1):
    """Fast-LPA from the images themselves: the price of what is beyond the bound rises, and steps get shorter."""
    x, clean = X, embedding(X).detach()
    for t in range(steps):
        lam, length = price * 0.1 ** (1 - t / steps), bound * decay ** (t / steps)

        def worth(leaf):
            beyond = (embedding(leaf) - clean).norm(dim=1) - bound
            return margin(leaf) - lam * F.relu(clear(beyond, "bound"))

        g = unit(slope(worth, x)[1])
        change = (embedding(x + h * g) - embedding(x)).norm(dim=1).detach() / h
        x = (x + g * per_row(length / (change + 1e-8))).clamp(0, 1)
    return x, (embedding(x) - clean).norm(dim=1)


# What is trained on.

FACTORS = [0.05, 1, 0.4, 0.1, 0.02, 0]    # how far each row is moved; the last not at all


def attacked(phase, factors=FACTORS, scale=0.3):
    return (X + per_row(torch.tensor(factors)) * build(real(X.shape, phase, scale), "f64")).clamp(0, 1)


def soft_cross_entropy(logits, targets):
    return -(targets * logits.log_softmax(1)).sum(1)


def ccat_share(size, eps, rho):
    """How much of the label's target an example keeps."""
    return (1 - (size / eps).clamp(max=1)) ** rho


def soft_targets(share, y, classes=CLASSES):
    return share.reshape(-1, 1) * one_hot(y) + (1 - share.reshape(-1, 1)) / classes


def size_of(delta):
    return delta.flatten(1).abs().max(1).values


def lpips_share(size, q, rho, eps, sharp):
    argument = sharp * (1 - q / eps) if sharp else rho * (size * eps / (q + 1e-6) - size)
    return torch.where(size <= 1e-8, torch.ones_like(size), torch.sigmoid(argument.clamp(-40, 40)))


LINES = []


def add(name, case, **fields):
    LINES.append(json.dumps({"name": name, "case": case, "dtype": "f64", **fields}, separators=(",", ":"), allow_nan=False))


def add_attacks():
    small, wide = real(X.shape, 21, 0.05), real(X.shape, 22, 0.3)
    linf = {"eps": 0.3, "step": 0.05, "steps": 6}

    def ball(d):
        return into_linf(d, 0.3)

    run = pgd(wide, cross_entropy, ball, torch.sign, 0.05, 6)
    add("pgd", "linf-cross-entropy", options=linf, start=wide, **run)

    p = NETWORK(X).softmax(1).detach()

    def divergence(x):
        return F.kl_div(NETWORK(x).log_softmax(1), p, reduction="none").sum(1)

    run = pgd(small, divergence, ball, torch.sign, 0.05, 6)
    add("pgd", "linf-kl", options=linf, start=small, **run)

    def round_ball(d):
        return into_l2(d, 0.8)

    run = pgd(small, divergence, round_ball, unit, 2 * 0.8 / 6, 6)
    add("pgd", "l2-kl", options={"eps": 0.8, "step": 2 * 0.8 / 6, "steps": 6}, start=small, **run)

    energies = (("wrong-confidence", lambda x: -wrong_confidence(x), 1.0), ("cross-entropy", lambda x: -cross_entropy(x), 0.6))
    for case, energy, rate in energies:
        options = {"eps": 0.3, "steps": 12, "rate": rate, "momentum": 0.9, "factor": 1.5}
        run = backtracking(wide, energy, *options.values())
        if len({accepted for step in run["accepted"] for accepted in step}) < 2:
            raise SystemExit(f"backtracking {case}: every step is accepted, or none.")
        add("backtracking", case, options=options, start=wide, **run)

    eps, step = {"l2": 1.0, "linf": 0.25, "l1": 4.0}, {"l2": 0.3, "linf": 0.07}
    seven = [[7] * ROWS] * 6
    for case, ks, exclude, l1 in (("exclude-boundary", seven, True, 1.2), ("whole-image", seven, False, 1.2), ("drawn", DRAWN, True, 2.0)):
        step["l1"] = l1
        run = msd(eps, step, ks, exclude)
        if len({norm for row in run["chosen"] for norm in row}) < 3:
            raise SystemExit(f"msd {case}: {run['chosen']}: a norm is never chosen.")
        add("msd", case, options={"eps": eps, "step": step, "k": ks, "exclude_boundary": exclude}, **run)


    runs = [fast_lpa(0.3, steps) for steps in range(1, 7)]
    add("fast-lpa", "own-features", options={"bound": 0.3}, points=[numbers(x) for x, _ in runs],
        distances=[numbers(d) for _, d in runs])


def add_projections():
    # The rows: far outside, inside, on the sphere, of equal sizes, with zeros.
    rows = [[0.9, -0.7, 0.5, 0.3], [0.2, -0.1, 0.05, 0.0], [0.5, -0.25, 0.25, 0.0], [0.5, 0.5, -0.5, 0.5], [0.0, 0.0, -3.0, 0.001]]
    d = torch.tensor(rows).reshape(5, 1, 2, 2)
    for case, project, eps in (("l1", into_l1, 1.0), ("l2", into_l2, 0.8), ("linf", into_linf, 0.4)):
        add("projection", case, options={"eps": eps}, deltas=numbers(d), projected=numbers(project(d, eps)))
    # Of equal sizes any may be kept, so there is no such row here.
    e = d[[0, 1, 4]]
    add("projection", "l0", options={"eps": 1.5}, deltas=numbers(e), projected=numbers(into_l0(e, 1.5)))


def add_shares():
    sizes = torch.tensor([0.0, 0.001, 0.003, 0.015, 0.02999, 0.03, 0.06])
    for rho in (10, 12):
        share = ccat_share(sizes, 0.03, rho)
        add("share", f"ccat-{rho}", options={"rho": rho, "eps": 0.03}, sizes=numbers(sizes), shares=numbers(share))
    sizes = torch.tensor([0.03, 0.03, 0.03, 0.0, 1e-8, 2e-8, 0.05, 0.047])
    q = torch.tensor([0.06, 0.01, 0.03, 0.0, 0.0, 0.0, 1e-7, 0.9])
    for case, sharp in (("lpips", 0), ("lpips-sharp", 5)):
        add("share", case, options={"rho": 100, "eps": 0.03, "sharp": sharp}, sizes=numbers(sizes), distances=numbers(q),
            shares=numbers(lpips_share(sizes, q, 100, 0.03, sharp)))


def add_objective(case, loss, network=NETWORK, **fields):
    add("objective", case, **fields, loss=loss.item(), gradients=network.gradients(loss))


def moved(phase, factors=FACTORS, scale=0.3):
    """How a reader makes attacked(phase)."""
    return {"noise": real(X.shape, phase, scale), "factors": factors}


def add_objectives():
    a = attacked(31)
    add_objective("adversarial-100", cross_entropy(a).mean(), attacked=moved(31))
    half = torch.cat([X[:3], a[3:]])
    add_objective("adversarial-50", cross_entropy(half).mean(), attacked=moved(31), options={"clean": 3})

    p, log_q = NETWORK(X).softmax(1), NETWORK(a).log_softmax(1)
    kl = (p * (p.log() - log_q)).sum(1).mean()
    add_objective("trades", cross_entropy(X).mean() + 6 * kl, attacked=moved(31), options={"beta": 6})

    # Rows 3 to 5 of FACTORS move by 0.1, 0.02 and 0 of the noise; eps is such that all targets are in between or whole.
    size = size_of(a - X)
    for case, rows, clean in (("ccat", 6, 3), ("ccat-odd", 5, 2)):
        share = ccat_share(size[clean:rows], 0.3, 10)
        targets = torch.cat([one_hot(Y[:clean]), soft_targets(share, Y[clean:rows])])
        losses = soft_cross_entropy(NETWORK(torch.cat([X[:clean], a[clean:rows]])), targets)
        w = clean / rows
        add_objective(case, w * losses[:clean].mean() + (1 - w) * losses[clean:].mean(), attacked=moved(31),
                      options={"rows": rows, "clean": clean, "rho": 10, "eps": 0.3},
                      shares=numbers(share), targets=numbers(targets))

    q = torch.tensor([0.06, 0.01, 0.02])
    for case, sharp in (("lpips-ccat", 0), ("lpips-ccat-sharp", 5)):
        share = lpips_share(size[3:], q, 100, 0.03, sharp)
        targets = torch.cat([one_hot(Y[:3]), soft_targets(share, Y[3:])])
        losses = soft_cross_entropy(NETWORK(half), targets)
        add_objective(case, 0.5 * losses[:3].mean() + 0.5 * losses[3:].mean(), attacked=moved(31), distances=numbers(q),
                      options={"clean": 3, "rho": 100, "eps": 0.03, "sharp": sharp},
                      shares=numbers(share), targets=numbers(targets))

    copies = [attacked(phase, [1, 1, 1, 0.5, 0.7, 0.3], scale) for phase, scale in ((32, 0.3), (33, 0.25), (34, 0.2))]
    each = torch.stack([cross_entropy(c) for c in copies])
    ordered = each.detach().sort(0).values
    clear(ordered[-1] - ordered[-2], "worst of three")
    how = [moved(phase, [1, 1, 1, 0.5, 0.7, 0.3], scale) for phase, scale in ((32, 0.3), (33, 0.25), (34, 0.2))]
    add_objective("max", each.max(0).values.mean(), copies=how, options={"worst": each.argmax(0).tolist()})
    add_objective("average", each.mean(), copies=how)


def add_temperatures():
    """The last output is the logarithm of an inverse temperature: one network at rest, one of which some rows are clamped."""
    for case, scale in (("temperature", 0.8), ("temperature-largest", 4.5), ("temperature-smallest", -4.5)):
        specs = parameters(CLASSES + 1)
        # The last row of fc is scaled, so that it is known how hot the network runs.
        network = Network(specs)
        with torch.no_grad():
            network.weights[2][CLASSES] *= scale
            network.weights[3][CLASSES] *= scale
        a = attacked(31)
        out = network(torch.cat([X[:3], a[3:]]))
        s = out[:, CLASSES]
        clear(s.abs() - 6, "clamp of the temperature")
        tau = s.clamp(-6, 6).exp()
        logits = tau.reshape(-1, 1) * out[:, :CLASSES]
        share = ccat_share(size_of(a - X)[3:], 0.3, 10)
        targets = torch.cat([one_hot(Y[:3]), soft_targets(share, Y[3:])])
        losses = soft_cross_entropy(logits, targets)
        loss = 0.5 * losses[:3].mean() + 0.5 * losses[3:].mean() + 0.001 * ((tau - 1) ** 2).sum()
        add_objective(case, loss, network, parameters=specs, attacked=moved(31),
                      options={"clean": 3, "rho": 10, "eps": 0.3, "penalty": 0.001, "last_row_scale": scale},
                      inverse_temperatures=numbers(tau), logits=numbers(logits), shares=numbers(share))


def main():
    add("network", "subject", parameters=NETWORK.specs, inputs=[IMAGES], labels=Y.tolist(), logits=numbers(NETWORK(X)))
    add_projections()
    add_shares()
    add_attacks()
    add_objectives()
    add_temperatures()
    (pathlib.Path(__file__).parent / "training.jsonl").write_text("\n".join(LINES) + "\n")


if __name__ == "__main__":
    main()
