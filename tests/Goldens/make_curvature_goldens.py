"""Writes curvature.jsonl beside this script: second derivatives of the shipped tanh LeNet-5 in double, by PyTorch.

The whole Hessian of every logit at one image by double backward, the principal curvatures of the level sets between
the predicted class and each other one from NumPy's eigvalsh, and products with one direction.
"""

import hashlib
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
WEIGHTS = HERE.parent.parent / "weights" / "lenet5-tanh-mnist.safetensors"


def read(path):
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + start:8 + length + end], dtype=np.float32)
        tensors[name] = torch.tensor(values.reshape(entry["shape"]), dtype=torch.float64)
    return tensors


w = read(WEIGHTS)


def logits(flat):
    x = flat.reshape(1, 1, 28, 28)
    x = F.avg_pool2d(torch.tanh(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=2)), 2)
    x = F.avg_pool2d(torch.tanh(F.conv2d(x, w["conv2.weight"], w["conv2.bias"])), 2).flatten(1)
    x = torch.tanh(F.linear(x, w["fc1.weight"], w["fc1.bias"]))
    x = torch.tanh(F.linear(x, w["fc2.weight"], w["fc2.bias"]))
    return F.linear(x, w["fc3.weight"], w["fc3.bias"])[0]


def main():
    d = 784
    image = torch.tensor([((k * 37) % 101) / 101 for k in range(d)], dtype=torch.float64, requires_grad=True)
    v = torch.tensor([((k * 53) % 97) / 97 - 0.5 for k in range(d)], dtype=torch.float64)
    z = logits(image)
    gradients, hessians = [], []
    for c in range(10):
        g, = torch.autograd.grad(z[c], image, create_graph=True)
        gradients.append(g.detach().numpy())
        hessians.append(np.stack([torch.autograd.grad(g[k], image, retain_graph=True)[0].numpy() for k in range(d)]))
    current = int(z.argmax())
    record = {
        "name": "lenet5-tanh-mnist",
        "torch": torch.__version__,
        "weights_sha256": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
        "logits": z.tolist(),
        "current": current,
        "products": {str(c): (hessians[c] @ v.numpy()).tolist() for c in (0, 7)},
        "quadratic": [float(v.numpy() @ hessians[c] @ v.numpy()) for c in range(10)],
        "pairs": [],
    }
    for j in range(10):
        if j == current:
            continue
        g = gradients[j] - gradients[current]
        norm = np.linalg.norm(g)
        n = g / norm
        p = np.eye(d) - np.outer(n, n)
        s = p @ (hessians[j] - hessians[current]) @ p / norm
        kappa = np.linalg.eigvalsh((s + s.T) / 2)
        record["pairs"].append({
            "competitor": j, "gradient_norm": float(norm), "sum": float(np.trace(s)),
            "smallest": kappa[:5].tolist(), "largest": kappa[-5:].tolist(), "frobenius": float(np.linalg.norm(s)),
        })
    (HERE / "curvature.jsonl").write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
