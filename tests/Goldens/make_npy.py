"""Small NumPy files for NpyTests.cs, made with NumPy 1.24.2. To remake: /usr/bin/python3 make_npy.py

Value i of an array in row-major order is ((i * 7 + 3) mod 23) - 11, halved for floating-point types, plus 11 for unsigned
ones; a bool is whether it is odd. The files are deterministic: archives get the date 1980-01-01.
"""
import os
import zipfile

import numpy as np
from numpy.lib import format as npy

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npy")


def values(dtype, *shape):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    v = (i * 7 + 3) % 23 - 11
    kind = np.dtype(dtype).kind
    v = v * 0.5 if kind == "f" else v + 11 if kind == "u" else v % 2 == 1 if kind == "b" else v
    return v.astype(dtype).reshape(shape)


def save(name, array, version=None, **options):
    with open(os.path.join(HERE, name + ".npy"), "wb") as f:
        npy.write_array(f, array, version, **options)


def archive(name, method, **arrays):
    with zipfile.ZipFile(os.path.join(HERE, name), "w") as z:
        for key, array in arrays.items():
            info = zipfile.ZipInfo(key + ".npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            # As numpy.savez does, which knows no sizes beforehand.
            with z.open(info, "w", force_zip64=True) as f:
                npy.write_array(f, array)


os.makedirs(HERE, exist_ok=True)
for dtype in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1"]:
    save(dtype, values(dtype, 3, 5))
save("big-f4", values(">f4", 3, 5))
save("big-i8", values(">i8", 3, 5))
save("fortran-f4", np.asfortranarray(values("f4", 2, 3, 4)))
save("fortran-big-f8", np.asfortranarray(values(">f8", 3, 5)))
save("fortran-b1", np.asfortranarray(values("b1", 3, 5)))
save("fortran-f2", np.asfortranarray(values("f2", 3, 5)))
save("version2", values("f4", 3, 5), (2, 0))
save("version3", values("f4", 3, 5), (3, 0))
save("scalar", values("f8"))
save("vector", values("i4", 7))
save("empty", values("f4", 0, 3))
save("long", values("i8", 2) * 2**40)
save("objects", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
save("records", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
save("text", np.array(["ab", "c"]))
save("complex", values("f4", 2).astype("c8"))
save("unsigned", values("u4", 2))
arrays = {"conv.weight": values("f4", 2, 3, 2), "order": np.asfortranarray(values("f8", 3, 5)), "steps": values("i8", 1)}
archive("stored.npz", zipfile.ZIP_STORED, **arrays)
archive("deflated.npz", zipfile.ZIP_DEFLATED, big=values("f4", 40, 40), **arrays)
