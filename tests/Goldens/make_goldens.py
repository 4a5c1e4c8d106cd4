"""Writes the PyTorch golden files beside this script; README.md describes the format.

Inputs and parameters come from formula(), integer arithmetic that a reader repeats bit for bit, so that the files
store results only. Nothing here is random, and nothing depends on the clock or the number of threads.
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

DTYPES = {"f64": torch.float64, "f32": torch.float32}
F64, BOTH = ("f64",), ("f64", "f32")
INFINITY, NAN = math.inf, math.nan


def residues(n, phase):
    return (np.arange(n, dtype=np.int64) * 7919 + phase * 104729 + 12345) % 65536


def formula(n, phase, scale=1.0):
    """n values in [-scale, scale). Exact in double before the one rounding by scale."""
    return (residues(n, phase) / 65536.0 - 0.5) * 2 * scale


def real(shape, phase=1, scale=1.0, offset=0.0):
    return {"shape": list(shape), "phase": phase, "scale": scale, "offset": offset}


def integer(shape, modulus, phase=1):
    return {"shape": list(shape), "int_modulus": modulus, "phase": phase}


def explicit(shape, values):
    """Values listed one by one: floats, or ints for a mask (an integer input has no gradient)."""
    return {"shape": list(shape), "values": list(values)}


def build(spec, dtype):
    n = math.prod(spec["shape"])
    if "int_modulus" in spec:
        array = residues(n, spec["phase"]) % spec["int_modulus"]
    elif "values" in spec:
        array = np.array(spec["values"])   # int64 if every value is an int, else float64
    else:
        array = formula(n, spec["phase"], spec["scale"]) + spec["offset"]
    tensor = torch.from_numpy(array).reshape(spec["shape"])
    return tensor.to(DTYPES[dtype]) if tensor.is_floating_point() else tensor


def plain(value):
    """JSON has no NaN and no infinities: they become strings."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def numbers(tensor):
    """Row-major values. A float32 widens exactly, so its digits round-trip as well."""
    flat = tensor.detach().contiguous().reshape(-1)
    return (flat.double() if flat.is_floating_point() else flat).tolist()


def stored(tensor):
    return {"shape": list(tensor.shape), "values": numbers(tensor)}


class Records:
    def __init__(self):
        self.lines, self.keys = [], set()

    def add(self, record):
        key = record["name"], record["case"], record["dtype"]
        assert key not in self.keys, key
        self.keys.add(key)
        self.lines.append(json.dumps(plain(record), separators=(",", ":"), allow_nan=False))

    def op(self, name, case, function, inputs, options=None, dtypes=F64):
        """function maps tensors to the output, or to (output, {name: extra tensor})."""
        for dtype in dtypes:
            tensors = [build(spec, dtype) for spec in inputs]
            leaves = [t.requires_grad_() for t in tensors if t.is_floating_point()]
            result = function(*tensors)
            output, extra = result if isinstance(result, tuple) else (result, {})
            found = iter([None] * len(leaves))
            if output.requires_grad:
                weight = torch.from_numpy(formula(output.numel(), 99)).to(output.dtype).reshape(output.shape)
                found = iter(torch.autograd.grad((output * weight).sum(), leaves, allow_unused=True))
            gradients = [next(found) if t.is_floating_point() else None for t in tensors]
            record = {"name": name, "case": case, "dtype": dtype, "options": options or {}, "inputs": inputs,
                      "output": stored(output), "gradients": [None if g is None else numbers(g) for g in gradients]}
            if extra:
                record["extra"] = {key: stored(value) for key, value in extra.items()}
            self.add(record)


def pair(value):
    return value if isinstance(value, list) else [value, value]


def text(value):
    """A size in a case name: [2, 1] is 2x1, [2, 2] is 2."""
    sizes = value if isinstance(value, list) else [value]
    return str(sizes[0]) if len(set(sizes)) == 1 else "x".join(map(str, sizes))


def pointwise(out):
    wide, positive = real([3, 4], 1, 3.0), real([3, 4], 2, 0.9, 1.0)

    def unary(name, function, x=wide, case="plain", dtypes=F64, **options):
        inputs = [explicit([len(x)], x) if isinstance(x, list) else x]
        out.op(name, case, lambda t: function(t, **options), inputs, options, dtypes)

    for function in (torch.neg, torch.abs, torch.expm1, torch.square, torch.sin, torch.cos, torch.relu, torch.sign,
                     torch.floor, torch.round):
        unary(function.__name__, function)
    for function in (torch.exp, torch.tanh, torch.erf, torch.sigmoid, F.silu, torch.log, torch.sqrt, torch.rsqrt):
        domain = positive if function in (torch.log, torch.sqrt, torch.rsqrt) else wide
        unary(function.__name__, function, domain, dtypes=BOTH)
    unary("log1p", torch.log1p, real([3, 4], 3, 0.9))
    for exponent in (2.5, 3.0, -1.5, 0.5):
        unary("pow", torch.pow, positive, f"{exponent}", exponent=exponent)
    unary("pow", torch.pow, wide, "3.0-any-sign", exponent=3.0)
    for name, function, option, values in [("leaky_relu", F.leaky_relu, "negative_slope", (0.01, 0.2)),
                                           ("elu", F.elu, "alpha", (1.0, 0.5))]:
        for value in values:
            unary(name, function, case=f"{value}", **{option: value})
            unary(name, function, [-1.0, 0.0, 1.0], f"kink-{value}", **{option: value})
    for beta in (1.0, 2.0, 10.0):   # beta * x stays below the threshold, above which PyTorch returns x itself
        unary("softplus", F.softplus, real([3, 4], 1, 1.9), f"beta{beta:g}", BOTH, beta=beta, threshold=20.0)
    unary("softplus", F.softplus, [-800.0, -40.0, 0.0, 40.0, 800.0], "extreme", beta=1.0, threshold=20.0)
    unary("softplus", F.softplus, [1.9, 2.0, 2.1, 2.5], "above-threshold-beta10", beta=10.0, threshold=20.0)
    for kind in ("none", "tanh"):
        unary("gelu", F.gelu, case=kind, dtypes=BOTH, approximate=kind)
        unary("gelu", F.gelu, [-40.0, -9.0, -6.0, 0.0, 6.0, 40.0], f"extreme-{kind}", approximate=kind)
    unary("clamp", torch.clamp, real([3, 4], 1), min=-0.3, max=0.4)
    unary("clamp", torch.clamp, [-0.5, -0.3, 0.0, 0.4, 0.5], "kink", min=-0.3, max=0.4)
    unary("clamp", torch.clamp, [NAN, INFINITY, -INFINITY], "special", min=-0.3, max=0.4)
    unary("elu", F.elu, [-700.0, -40.0, 40.0, 700.0], "extreme", alpha=1.0)
    halves = [-2.5, -1.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5, 2.5, 3.5]
    for case, values, functions in [
            ("kink", [-1.0, -0.0, 0.0, 1.0], [torch.abs, torch.relu, torch.sign]),
            ("kink", halves, [torch.round, torch.floor]),
            ("small", [-1e-3, -1e-10, 0.0, 1e-16, 1e-10, 1e-3], [torch.expm1, torch.log1p, torch.tanh, torch.erf]),
            ("extreme", [-700.0, -40.0, 40.0, 700.0], [torch.tanh, torch.sigmoid, F.silu]),
            ("extreme", [-7.0, -5.5, -3.0, 3.0, 5.5, 7.0], [torch.erf]),
            ("extreme", [-800.0, -740.0, 700.0, 800.0], [torch.exp]),
            ("special", [NAN, INFINITY, -INFINITY], [torch.relu]),
            ("special", [-1.0, 0.0, INFINITY, NAN], [torch.sqrt, torch.rsqrt, torch.log])]:
        for function in functions:
            unary(function.__name__, function, values, case)

    pairs = [("same", [3, 4], [3, 4]), ("inner", [2, 3, 4], [3, 1]), ("outer", [4], [2, 1, 4]), ("scalar", [2, 3], [])]
    for function in (torch.add, torch.mul, torch.div, torch.sub, torch.minimum, torch.maximum):
        name = function.__name__
        for case, a, b in pairs if name in ("add", "mul", "div") else pairs[:2]:
            second = real(b, 5, 1.0, 2.0) if name == "div" else real(b, 5)
            out.op(name, case, function, [real(a, 4), second], dtypes=BOTH if case == "same" else F64)
    for function in (torch.minimum, torch.maximum):
        for case, a, b in [("kink", [1.0, 2.0, 3.0], [1.0, 2.5, 2.5]),
                           ("special", [NAN, 1.0, INFINITY, -INFINITY], [1.0, NAN, 0.0, 0.0])]:
            out.op(function.__name__, case, function, [explicit([len(a)], a), explicit([len(b)], b)])
    out.op("div", "special", torch.div, [explicit([4], [1.0, -1.0, 0.0, 1.0]), explicit([4], [0.0, 0.0, 0.0, -0.0])])

    for case, shape, a, b in [("same", [3, 4], [3, 4], [3, 4]), ("broadcast", [3, 1], [2, 3, 4], [4])]:
        out.op("where", case, lambda c, x, y: torch.where(c != 0, x, y), [integer(shape, 3, 6), real(a, 4), real(b, 5)])


def movement(out):
    x, small = real([3, 4, 5], 1), real([2, 3, 4], 1)
    for case, starts, stops, steps in [("plain", [1, 0, 2], [3, 4, 5], [1, 1, 1]),
                                       ("steps", [0, 1, 0], [3, 4, 5], [2, 2, 3])]:
        cut = tuple(map(slice, starts, stops, steps))
        out.op("slice", case, lambda t: t[cut], [x], {"starts": starts, "stops": stops, "steps": steps})
    for axes in ([0], [2], [0, 2]):
        out.op("flip", text(axes), lambda t: t.flip(axes), [small], {"axes": axes})
    out.op("permute", "201", lambda t: t.permute(2, 0, 1), [small], {"axes": [2, 0, 1]})
    out.op("broadcast_to", "3x1-to-2x3x4", lambda t: t.expand(2, 3, 4), [real([3, 1])], {"shape": [2, 3, 4]})
    for axis, other in enumerate(([1, 3, 2], [2, 1, 2], [2, 3, 1])):
        parts = [real([2, 3, 2], 1), real(other, 2), real([2, 3, 2], 3)]
        out.op("cat", f"axis{axis}", lambda *t: torch.cat(t, axis), parts, {"axis": axis})
    for axis in (0, 1, 2, -1):
        parts = [real([2, 3], 1), real([2, 3], 2)]
        out.op("stack", f"axis{axis}", lambda *t: torch.stack(t, axis), parts, {"axis": axis})
    for mode, value in (("constant", 0.0), ("constant", 1.5), ("reflect", 0.0), ("replicate", 0.0)):
        for pad in ([1, 1, 1, 1], [2, 0, 1, 2]):   # left, right, top, bottom
            out.op("pad", f"{mode}{value:g}-{'-'.join(map(str, pad))}", lambda t: F.pad(t, pad, mode, value),
                   [real([1, 2, 3, 4])], {"pad": pad, "mode": mode, "value": value})
    for axis, shape in enumerate(([5, 3, 4], [2, 5, 4], [2, 3, 5])):
        index = integer(shape, [2, 3, 4][axis], 6)
        out.op("gather", f"axis{axis}", lambda t, i: t.gather(axis, i), [small, index], {"axis": axis})
        out.op("scatter_add", f"axis{axis}", lambda t, i, s: t.scatter_add(axis, i, s),
               [small, index, real(shape, 3)], {"axis": axis})


def reductions(out):
    x, every = real([2, 3, 4], 1, 2.0), [[0], [1], [-1], [0, 2], [0, 1, 2]]

    def over(name, function, sets=every, prefix="", dtypes=F64, **options):
        for axes in sets:
            for keep in (False, True):
                case = f"{prefix}axes{','.join(map(str, axes))}" + ("-keep" if keep else "")
                out.op(name, case, lambda t: function(t, axes, keep), [x],
                       {"axes": axes, "keep_dims": keep, **options}, dtypes)

    over("sum", lambda t, axes, keep: t.sum(axes, keep), dtypes=BOTH)
    over("mean", lambda t, axes, keep: t.mean(axes, keep))
    over("amax", torch.amax)
    over("logsumexp", torch.logsumexp, dtypes=BOTH)
    over("argmax", lambda t, axes, keep: torch.argmax(t, axes[0], keep), [[0], [1], [-1]])
    out.op("argmax", "flat", torch.argmax, [x], {"axes": [0, 1, 2], "keep_dims": False})
    for label, order in (("l1", 1), ("l2", 2), ("linf", INFINITY)):
        over("norm", lambda t, axes, keep: torch.linalg.vector_norm(t, order, axes, keep), [[-1], [0, 2]],
             prefix=label + "-", ord=order)
        out.op("norm", f"kink-{label}", lambda t: torch.linalg.vector_norm(t, order, 1),
               [explicit([2, 3], [0.0, 0.0, 0.0, 3.0, -3.0, 1.0])], {"axes": [1], "keep_dims": False, "ord": order})
    ties, one = explicit([2, 4], [1.0, 2.0, 2.0, 0.0, 3.0, 3.0, 3.0, 3.0]), {"axes": [1], "keep_dims": False}
    nans = explicit([2, 3], [1.0, NAN, 2.0, 0.0, 1.0, INFINITY])
    for case, spec in (("kink-ties", ties), ("special", nans)):
        out.op("amax", case, lambda t: torch.amax(t, 1), [spec], one)   # splits the gradient evenly over ties
        out.op("max_axis", case, lambda t: (t.max(1).values, {"indices": t.max(1).indices}), [spec], one)   # to one
        out.op("argmax", case, lambda t: torch.argmax(t, 1), [spec], one)
    huge = explicit([2, 3], [1000.0, 1000.0, 999.0, -1000.0, -1001.0, -INFINITY])
    out.op("logsumexp", "extreme", lambda t: torch.logsumexp(t, [1]), [huge], one)
    for name, function in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        for axis in (0, 1, -1):
            dtypes = BOTH if axis == -1 else F64
            out.op(name, f"axis{axis}", lambda t: function(t, axis), [x], {"axis": axis}, dtypes)
        spread = explicit([2, 3], [1000.0, 999.0, -1000.0, -1000.0, -1001.0, -999.0])
        out.op(name, "extreme", lambda t: function(t, 1), [spread], {"axis": 1})


def products(out):
    for case, a, b in [("plain", [3, 4], [4, 5]), ("batched", [2, 3, 4], [2, 4, 5]), ("dot", [4], [4]),
                       ("shared-right", [2, 3, 4], [4, 5]), ("shared-left", [3, 4], [2, 4, 2]),
                       ("broadcast", [2, 1, 3, 4], [3, 4, 2]), ("vector-right", [3, 4], [4]),
                       ("vector-left", [4], [4, 3]), ("17x33x9", [17, 33], [33, 9])]:
        out.op("matmul", case, torch.matmul, [real(a, 1), real(b, 2)], {"transpose_a": False, "transpose_b": False},
               BOTH if case in ("plain", "batched") else F64)
    for left, right in ((True, False), (False, True), (True, True)):   # of the last two axes, before the product
        a, b = [4, 3] if left else [3, 4], [5, 4] if right else [4, 5]
        for case, batch in (("", []), ("-batched", [2])):
            out.op("matmul", f"transpose-{'a' * left}{'b' * right}{case}",
                   lambda a, b: (a.mT if left else a) @ (b.mT if right else b),
                   [real(batch + a, 1), real(batch + b, 2)], {"transpose_a": left, "transpose_b": right})

    def attend(q, k, v, mask=None):
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        return torch.softmax(scores if mask is None else scores.masked_fill(mask == 0, -INFINITY), -1) @ v
    q, k, v = real([2, 2, 3, 4], 1, 2.0), real([2, 2, 5, 4], 2, 2.0), real([2, 2, 5, 3], 3)
    mask = explicit([3, 5], [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1])   # one: may look
    out.op("attention", "plain", attend, [q, k, v], dtypes=BOTH)
    out.op("attention", "mask", attend, [q, k, v, mask])
    square = [real([1, 2, 4, 4], phase, 2.0) for phase in (1, 2, 3)]
    earlier = explicit([4, 4], [int(j <= i) for i in range(4) for j in range(4)])
    out.op("attention", "causal", attend, [*square, earlier])


def windows(out):
    def conv(batch, bias, dtypes, kernel, stride, padding, dilation, groups, channels, filters):
        options = {"stride": pair(stride), "padding": pair(padding), "dilation": pair(dilation), "groups": groups}
        inputs = [real([batch, channels, 6, 5], 1), real([filters, channels // groups, *pair(kernel)], 2, 0.5)]
        case = (f"k{text(kernel)}-s{text(stride)}-p{text(padding)}-d{text(dilation)}-g{groups}-c{channels}to{filters}"
                f"-n{batch}" + ("-bias" if bias else ""))
        out.op("conv2d", case, lambda x, w, b=None: F.conv2d(x, w, b, **options),
               inputs + ([real([filters], 3)] if bias else []), options, dtypes)

    # kernel, stride, padding, dilation, groups, channels, filters
    conv(2, True, BOTH, 3, 1, 1, 1, 1, 2, 2)
    conv(2, True, F64, 3, 2, 1, 1, 1, 2, 2)
    for row in [(3, 1, 0, 1, 1, 2, 2), (3, [2, 1], [1, 0], 1, 1, 2, 2), (3, 1, 2, 2, 1, 2, 2), (3, 2, 2, 2, 1, 3, 2),
                (1, 1, 0, 1, 1, 3, 4), (2, 2, 0, 1, 1, 2, 2), (5, 1, 2, 1, 1, 1, 2), ([3, 2], 1, [1, 0], 1, 1, 1, 3),
                ([3, 2], [2, 1], 1, [1, 2], 1, 2, 2), ([6, 5], 1, 0, 1, 1, 2, 3), (3, 1, 1, 1, 2, 4, 4),
                (3, 2, 2, 2, 2, 4, 6), (1, 1, 0, 1, 2, 4, 6), (3, 1, 1, 1, 3, 3, 3), (5, 1, 2, 1, 2, 2, 4),
                ([3, 2], [2, 1], [1, 0], [2, 1], 2, 2, 4)]:
        conv(1, True, F64, *row)
    for row in [(3, 1, [0, 2], [1, 2], 1, 2, 2), (1, 2, 0, 1, 1, 3, 4), (1, 1, 1, 1, 1, 2, 2), (5, 2, 2, 1, 1, 3, 1),
                (3, 2, 1, 1, 2, 4, 2), (3, 2, 1, 1, 3, 3, 3)]:
        conv(1, False, F64, *row)

    x = real([1, 2, 6, 7], 1)
    shapes = [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), ([2, 3], [2, 1], [1, 1]), ([3, 2], [1, 2], [1, 0]), (2, 3, 1)]
    for kernel, stride, padding in shapes:
        for ceil in (False, True):
            options = {"kernel_size": pair(kernel), "stride": pair(stride), "padding": pair(padding), "ceil_mode": ceil}
            case = f"k{text(kernel)}-s{text(stride)}-p{text(padding)}" + ("-ceil" if ceil else "")
            dtypes = BOTH if case == "k3-s2-p1" else F64
            out.op("max_pool2d", case, lambda t: F.max_pool2d(t, dilation=1, **options), [x], options, dtypes)
            for count in ((False, True) if padding else (True,)):
                named = {**options, "count_include_pad": count}
                out.op("avg_pool2d", case + ("" if count else "-nopad"), lambda t: F.avg_pool2d(t, **named),
                       [real([1, 1, 6, 7], 1)], named)
    options = {"kernel_size": [2, 2], "stride": [2, 2], "padding": [0, 0], "ceil_mode": False}
    ties = explicit([1, 1, 2, 4], [1.0, 1.0, 0.0, 2.0, 1.0, 1.0, 2.0, 2.0])
    out.op("max_pool2d", "kink-ties", lambda t: F.max_pool2d(t, **options), [ties], options)
    for size in ([1, 1], [2, 2], [3, 3], [2, 3], [4, 5], [6, 7]):
        out.op("adaptive_avg_pool2d", f"to{text(size)}", lambda t: F.adaptive_avg_pool2d(t, size),
               [x], {"output_size": size})

    # Identity grids land on pixel centres, the kinks where spatial attacks start; (x, y) pairs, exact in binary.
    corners = [v for y in (-1.0, 0.0, 1.0) for x in (-1.0, -0.5, 0.0, 0.5, 1.0) for v in (x, y)]
    centres = [v for y in (-0.5, 0.5) for x in (-0.75, -0.25, 0.25, 0.75) for v in (x, y)]
    for mode in ("zeros", "border"):
        for align in (False, True):
            options = {"mode": "bilinear", "padding_mode": mode, "align_corners": align}
            identity, size = (corners, [3, 5]) if align else (centres, [2, 4])
            suffix = f"{mode}-{'corners' if align else 'centres'}"
            out.op("grid_sample", suffix, lambda t, grid: F.grid_sample(t, grid, **options),
                   [real([2, 2, 3, 4], 1), real([2, 2, 3, 2], 2, 1.3)], options, BOTH)
            out.op("grid_sample", f"kink-identity-{suffix}", lambda t, grid: F.grid_sample(t, grid, **options),
                   [real([1, 2, *size], 1), explicit([1, *size, 2], identity)], options)


def normalisation(out):
    for shape in ([4], [3, 4]):
        for affine in (False, True):
            options = {"normalized_shape": shape, "eps": 1e-5}
            inputs = [real([2, 3, 4], 1, 2.0, 0.5)] + ([real(shape, 2, 0.5, 1.0), real(shape, 3)] if affine else [])
            out.op("layer_norm", f"{text(shape)}-{'affine' if affine else 'plain'}",
                   lambda x, w=None, b=None: F.layer_norm(x, shape, w, b, 1e-5), inputs, options, BOTH)
    for rank, shape in (("2d", [4, 3]), ("4d", [2, 3, 2, 3])):
        for training in (False, True):
            options = {"training": training, "momentum": 0.1, "eps": 1e-5}

            def batch_norm(x, weight, bias, mean, variance):
                mean, variance = mean.detach().clone(), variance.detach().clone()
                result = F.batch_norm(x, mean, variance, weight, bias, training, 0.1, 1e-5)
                return result, {"running_mean": mean, "running_var": variance}
            out.op("batch_norm", f"{rank}-{'training' if training else 'inference'}", batch_norm,
                   [real(shape, 1, 2.0, 0.5), real([3], 2, 0.5, 1.0), real([3], 3), real([3], 4),
                    real([3], 5, 0.5, 1.0)], options, BOTH)


def losses(out):
    logits, labels = real([4, 5], 1, 3.0), integer([4], 5, 6)
    soft = explicit([2, 4], [0.5, 0.25, 0.125, 0.125, 0.0, 1.0, 0.0, 0.0])
    log_odds, rates = real([2, 3], 1, 3.0), real([2, 3], 2, 0.5, 0.5)
    for name, prefix, function, inputs, fixed in [
            ("cross_entropy", "labels-", F.cross_entropy, [logits, labels], {}),
            ("cross_entropy", "smooth-", F.cross_entropy, [logits, labels], {"label_smoothing": 0.1}),
            ("cross_entropy", "soft-", F.cross_entropy, [real([2, 4], 2, 3.0), soft], {}),
            ("nll", "", F.nll_loss, [real([4, 5], 1, 1.0, -1.5), labels], {}),
            ("mse", "", F.mse_loss, [real([2, 3], 1), real([2, 3], 2)], {}),
            ("binary_cross_entropy_with_logits", "", F.binary_cross_entropy_with_logits, [log_odds, rates], {})]:
        for reduction in ("none", "sum", "mean"):
            options = {"reduction": reduction, **fixed}
            dtypes = BOTH if prefix == "labels-" and reduction != "none" else F64
            out.op(name, prefix + reduction, lambda x, t: function(x, t, **options), inputs, options, dtypes)
    huge = explicit([3, 3], [1000.0, 0.0, -1000.0, 0.0, 1000.0, -1000.0, -1000.0, -1000.0, -1000.0])
    out.op("cross_entropy", "extreme", lambda x, t: F.cross_entropy(x, t, reduction="none"),
           [huge, explicit([3], [0, 2, 1])], {"reduction": "none"})


def forward(x, parameters, layers, activation, pool):
    """Convolutions (padding 2, but none for LeNet-5's second), each pooled by two; then linear layers."""
    for layer, shape in layers.items():
        weight, bias = parameters[layer + ".weight"], parameters[layer + ".bias"]
        if len(shape) == 4:
            x = pool(activation(F.conv2d(x, weight, bias, padding=0 if shape == [16, 6, 5, 5] else 2)), 2)
        else:
            x = F.linear(x.flatten(1), weight, bias)
            x = x if shape[0] == 10 else activation(x)
    return x


LENET5 = {"conv1": [6, 1, 5, 5], "conv2": [16, 6, 5, 5], "fc1": [120, 400], "fc2": [84, 120], "fc3": [10, 84]}
MADRY = {"conv1": [32, 1, 5, 5], "conv2": [64, 32, 5, 5], "fc1": [1024, 3136], "fc2": [10, 1024]}
MLP = {"fc1": [1000, 784], "fc2": [10, 1000]}
NETWORKS = {"lenet5": (LENET5, F.relu, F.max_pool2d), "lenet5-tanh": (LENET5, torch.tanh, F.avg_pool2d),
            "mlp": (MLP, F.relu, None), "lenet-madry": (MADRY, F.relu, F.max_pool2d)}


def summary(tensor, first):
    """Sums are taken in double, whatever the tensor's type."""
    values = tensor.detach().double()
    return {"sum": values.sum().item(), "sum_abs": values.abs().sum().item(), "first": numbers(tensor)[:first]}


def networks(out):
    image, direction, labels = real([2, 1, 28, 28], 7, 0.5, 0.5), real([2, 1, 28, 28], 31), [3, 7]
    for name, (layers, activation, pool) in NETWORKS.items():
        declared = []
        for layer, shape in layers.items():
            for kind, dims, scale in (("weight", shape, 1 / math.sqrt(math.prod(shape[1:]))), ("bias", shape[:1], 0.1)):
                declared.append({"name": f"{layer}.{kind}", **real(dims, 200 + len(declared), scale)})
        for dtype in BOTH:
            parameters = {spec["name"]: build(spec, dtype).requires_grad_() for spec in declared}
            x = build(image, dtype).requires_grad_()
            logits = forward(x, parameters, layers, activation, pool)
            loss = F.cross_entropy(logits, torch.tensor(labels), reduction="sum")
            gradient, *others = torch.autograd.grad(loss, [x, *parameters.values()], create_graph=True)
            record = {"name": name, "case": "cross-entropy-sum", "dtype": dtype, "parameters": declared,
                      "inputs": [image], "labels": labels, "logits": stored(logits), "loss": loss.item(),
                      "input_gradient": summary(gradient, 20),
                      "parameter_gradients": [{"name": key, **summary(found, 8)}
                                              for key, found in zip(parameters, others)]}
            if dtype == "f64":
                record["input_gradient"]["values"] = numbers(gradient)
            if dtype == "f64" and name == "lenet5-tanh":
                product, = torch.autograd.grad((gradient * build(direction, dtype)).sum(), x)
                record["hessian_vector_product"] = {"vector": direction, "values": numbers(product)}
            out.add(record)


def optimizers(out):
    adam = {"lr": 1e-2, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.0}
    sgd = {"lr": 0.1, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
    inputs = [real([3, 4], 1)] + [real([3, 4], 10 + step) for step in (1, 2, 3)]
    kinds = {"sgd": (torch.optim.SGD, sgd), "adam": (torch.optim.Adam, adam), "adamw": (torch.optim.AdamW, adam)}
    for name, case, changes in [
            ("sgd", "plain", {}), ("sgd", "momentum", {"momentum": 0.9}),
            ("sgd", "weight-decay", {"weight_decay": 0.01}),
            ("sgd", "momentum-weight-decay", {"momentum": 0.9, "weight_decay": 0.01}),
            ("sgd", "nesterov", {"momentum": 0.9, "nesterov": True}),
            ("sgd", "nesterov-weight-decay", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
            ("adam", "plain", {}), ("adam", "weight-decay", {"weight_decay": 0.1}),
            ("adamw", "weight-decay", {"weight_decay": 0.1})]:
        kind, options = kinds[name][0], {**kinds[name][1], **changes}
        parameter, steps = build(inputs[0], "f64"), []
        optimizer = kind([parameter.requires_grad_()], **options)
        for gradient in inputs[1:]:
            parameter.grad = build(gradient, "f64")
            optimizer.step()
            steps.append(numbers(parameter))
        out.add({"name": name, "case": case, "dtype": "f64", "options": options, "inputs": inputs, "steps": steps})


def main():
    torch.set_num_threads(1)   # one thread, plain kernels: the order of every sum is fixed
    torch.backends.mkldnn.flags(enabled=False).__enter__()
    files = {"ops": [pointwise, movement, reductions, products, windows, normalisation],
             "losses": [losses], "networks": [networks], "optimizers": [optimizers]}
    for file, sections in files.items():
        records, path = Records(), pathlib.Path(__file__).resolve().with_name(f"{file}.jsonl")
        for section in sections:
            section(records)
        path.write_text("\n".join(records.lines) + "\n", encoding="ascii", newline="\n")
        print(f"{path.name}: {len(records.lines)} records, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
