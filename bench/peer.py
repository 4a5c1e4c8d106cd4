"""PyTorch's side of `bench -- peers`: jobs come as JSON lines, answers go back the same way.

{"prepare": {"kind": ...}} draws the inputs of a job, {"run": 10} times ten repetitions of it. While no line comes, this
process is idle. `peer.py memory NETWORK BATCH THREADS` measures the peak of one input gradient in a process of its own.
"""

import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).parent.parent / "tests" / "Goldens"))
import torch_networks  # noqa: E402


def uniform(*shape):
    return torch.rand(*shape) - 0.5


def product(job):
    rows, inner, columns = job["shape"]
    a = uniform(rows, inner)
    b = uniform(columns, inner).t() if job["transposed"] else uniform(inner, columns)
    y = torch.empty(rows, columns)
    return lambda: torch.mm(a, b, out=y)


def convolution(job):
    x, w, y = (uniform(*job[key]) for key in ("image", "filters", "result"))
    stride, pad = [job["stride"]] * 2, [job["pad"]] * 2
    if job["work"] == "forward":
        return lambda: F.conv2d(x, w, None, stride, pad)
    mask = [job["work"] == "input gradient", job["work"] == "weight gradient", False]
    return lambda: torch.ops.aten.convolution_backward(y, x, w, None, stride, pad, [1, 1], False, [0, 0], 1, mask)


def layer(job, inputs, function):
    seed = uniform(*job["shape"])
    if job["work"] == "forward":
        return torch.inference_mode()(lambda: function(*inputs))
    for tensor in inputs:
        tensor.requires_grad_(True)
    return lambda: torch.autograd.grad(function(*inputs), inputs, seed)


def attention(job):
    scale = job["shape"][-1] ** -0.5
    inputs = [uniform(*job["shape"]) for _ in range(3)]
    return layer(job, inputs, lambda q, k, v: (q @ k.transpose(-2, -1) * scale).softmax(-1) @ v)


def layer_norm(job):
    width = job["shape"][-1:]
    scale, shift = uniform(*width), uniform(*width)
    return layer(job, [uniform(*job["shape"])], lambda x: F.layer_norm(x, width, scale, shift))


def softmax(job):
    return layer(job, [uniform(*job["shape"])], lambda x: x.softmax(-1))


def add(job):
    a, b = uniform(*job["shape"]), uniform(*job["shape"])
    return lambda: a + b


def network(job):
    model = torch_networks.build(job["name"], job["image"], job["classes"]).eval()
    x, v = uniform(job["batch"], *job["image"]), uniform(job["batch"], *job["image"])
    labels = torch.arange(job["batch"]) % job["classes"]
    if job["work"] == "forward":
        return torch.inference_mode()(lambda: model(x))
    if job["work"] == "training step":
        return training(model.train(), x, labels)
    model.requires_grad_(False)
    x.requires_grad_(True)

    def gradient(create_graph=False):
        return torch.autograd.grad(F.cross_entropy(model(x), labels, reduction="sum"), x, create_graph=create_graph)[0]

    if job["work"] == "forward + input gradient":
        return gradient
    return lambda: torch.autograd.grad((gradient(create_graph=True) * v).sum(), x)


def training(model, x, labels):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


KINDS = {"product": product, "convolution": convolution, "attention": attention, "layer norm": layer_norm, "softmax": softmax, "add": add,
         "network": network}


def blas():
    """The library that serves matrix products, as the loader resolved it."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    return ", ".join(sorted(pathlib.Path(path).resolve().name for path in paths)) or "built in"


def status(key):
    with open("/proc/self/status", encoding="utf-8") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def memory(name, batch, threads):
    torch.set_num_threads(int(threads))
    job = {"name": name, "image": [3, 224, 224], "classes": 1000, "batch": int(batch), "work": "forward + input gradient"}
    step = network(job)
    before = status("VmRSS")
    for _ in range(3):
        step()
    print(json.dumps({"before": before, "peak": status("VmHWM")}))


def serve():
    def answer(**message):
        print(json.dumps(message), flush=True)

    answer(torch=torch.__version__, blas=blas(), threads=torch.get_num_threads())
    step = None
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if "prepare" in message:
                step = None
                step = KINDS[message["prepare"]["kind"]](message["prepare"])
                answer(ready=True)
            else:
                start = time.perf_counter()
                for _ in range(message["run"]):
                    step()
                answer(seconds=time.perf_counter() - start)
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}".splitlines()[0])


if __name__ == "__main__":
    memory(*sys.argv[2:]) if sys.argv[1:2] == ["memory"] else serve()
