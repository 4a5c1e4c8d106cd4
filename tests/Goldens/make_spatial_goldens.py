"""Writes spatial.jsonl beside this script: rotated and shifted images, and their slopes, by PyTorch's affine_grid and grid_sample.

Each warp is computed twice, over a grid from pixel centre to pixel centre (align_corners) and over one from outer edge to outer
edge, with the matrices of either convention; the script stops where the two differ by more than rounding. Images are formula(phase
13) around 0.5; the slopes are those of sum(result * formula(phase 99)).
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

from make_goldens import build, formula, numbers, real

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

SHAPES = [[2, 1, 28, 28], [2, 3, 32, 32], [2, 1, 7, 9], [2, 3, 6, 5]]
WARPS = [[12.5, 1.3, -2.2], [-29.0, 2.75, 0.4]]     # degrees, right, down: one for each image
STORED = 64     # results of larger images are stored at every so many pixels


def warped(x, warps, mode, corners):
    """The warp as users of PyTorch write it, in units in which an image runs from -1 to 1."""
    height, width = x.shape[2:]
    angle = warps[:, 0] * math.pi / 180
    c, s = torch.cos(angle), torch.sin(angle)
    right, down = warps[:, 1], warps[:, 2]
    u, v = (width - 1, height - 1) if corners else (width, height)
    # The sampled point is R^T (p - t): the shift is turned back with the rest.
    tx, ty = -(c * right - s * down) * 2 / u, -(s * right + c * down) * 2 / v
    rows = torch.stack([torch.stack([c, -s * v / u, tx], 1), torch.stack([s * u / v, c, ty], 1)], 1)
    grid = F.affine_grid(rows, list(x.shape), align_corners=corners)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode=mode, align_corners=corners)


def record(shape, border, mode):
    image = real(shape, 13, 0.5, 0.5)
    results = []
    for corners in (True, False):
        x = build(image, "f64").requires_grad_()
        warps = torch.tensor(WARPS).requires_grad_()
        y = warped(x, warps, mode, corners)
        weights = torch.from_numpy(formula(y.numel(), 99)).reshape(y.shape)
        of_image, of_warps = torch.autograd.grad((y * weights).sum(), [x, warps])
        results.append((y, of_image, of_warps))
        if mode == "reflection":
            break   # PyTorch mirrors about the outer edges in the other convention: another image.
    for a, b in zip(results[0], results[-1]):
        if (a - b).abs().max() > 1e-9:
            raise SystemExit(f"{shape} {border}: the conventions differ by {(a - b).abs().max()}.")
    y, of_image, of_warps = results[0]
    every = max(1, y.numel() // STORED)
    return {"name": "warp", "case": f"{shape[1]}x{shape[2]}x{shape[3]}-{border}", "dtype": "f64", "inputs": [image],
            "warps": WARPS, "border": border, "every": every, "sum": float(y.sum()), "values": numbers(y.reshape(-1)[::every]),
            "image_gradient": numbers(of_image.reshape(-1)[::every]), "warp_gradient": of_warps.tolist()}


with open(pathlib.Path(__file__).with_name("spatial.jsonl"), "w", newline="\n") as file:
    for shape in SHAPES:
        for border, mode in (("zero", "zeros"), ("reflect", "reflection")):
            file.write(json.dumps(record(shape, border, mode), separators=(",", ":")) + "\n")
