"""Writes the small PyTorch files of torch/: every container, element type and layout, values from a formula.

Value i of a tensor (row-major) is ((i * 7 + phase) % 23) - 11, halved for floating-point types; BOOL is value > 0, U8 is value + 11.
To remake: /usr/bin/python3 make_torch_files.py
"""

import collections
import io
import os
import pickle
import struct
import sys
import tarfile
import zipfile

import numpy
import torch

torch.set_num_threads(1)
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")


def values(shape, phase, dtype=torch.float32):
    count = 1
    for size in shape:
        count *= size
    raw = [((i * 7 + phase) % 23) - 11 for i in range(count)]
    if dtype == torch.bool:
        raw = [v > 0 for v in raw]
    elif dtype == torch.uint8:
        raw = [v + 11 for v in raw]
    elif dtype.is_floating_point:
        raw = [v / 2 for v in raw]
    return torch.tensor(raw, dtype=dtype).reshape(shape)


def layers():
    """Two layers, as a state_dict has them."""
    weights = collections.OrderedDict()
    weights["conv.weight"] = values([2, 3, 2, 2], 1)
    weights["conv.bias"] = values([2], 2)
    weights["fc.weight"] = values([3, 4], 3)
    weights["fc.steps"] = values([], 4, torch.int64)
    return weights


def types():
    return collections.OrderedDict(
        (name, values([2, 3], phase, getattr(torch, name)))
        for phase, name in enumerate(["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]))


def views():
    whole = values([4, 6], 5)
    return collections.OrderedDict([
        ("whole", whole),
        ("turned", whole.t()),
        ("part", whole[1:3, 2:5]),
        ("every_second", whole[:, ::2]),
        ("expanded", values([3, 1], 6).expand(3, 4)),
        ("channels_last", values([2, 3, 2, 2], 7).contiguous(memory_format=torch.channels_last)),
        ("tied", whole),
        ("empty", torch.zeros(0, 5)),
        ("turned_half", values([3, 4], 8, torch.float16).t()),
        ("turned_bool", values([3, 4], 9, torch.bool).t()),
        ("turned_double", values([3, 4], 10, torch.float64).t()),
    ])


def prefixed(prefix, weights):
    return collections.OrderedDict((prefix + name, value) for name, value in weights.items())


def put(name, obj, legacy=False, **options):
    torch.save(obj, os.path.join(HERE, name), _use_new_zipfile_serialization=not legacy, **options)


def put_tar(name, weights):
    """The layout that torch.load still reads in legacy_load: storages, tensors, pickle, all by number."""
    numbers = {}
    storages = io.BytesIO()
    tensors = io.BytesIO()
    stores = {}
    for tensor in weights.values():
        stores.setdefault(tensor.storage().data_ptr(), (len(stores) + 1000, tensor))
    pickle.dump(len(stores), storages, protocol=2)
    for key, tensor in stores.values():
        pickle.dump((key, "cpu", getattr(torch, tensor.storage().pickle_storage_type())), storages, protocol=2)
        storages.write(struct.pack("<q", tensor.storage().size()))
        flat = torch.tensor([], dtype=tensor.dtype).set_(tensor.storage())
        storages.write(flat.numpy().tobytes())
    # A view of the first storage, as old versions wrote them.
    first_key, first = next(iter(stores.values()))
    pickle.dump([(7777, first_key, 2, 5)], storages, protocol=2)
    pickle.dump(len(weights) + 1, tensors, protocol=2)

    def write(number, storage_key, tensor, sizes, strides, offset):
        pickle.dump((number, storage_key, torch.FloatTensor), tensors, protocol=2)
        tensors.write(struct.pack("<ii", len(sizes), 0))
        tensors.write(struct.pack("<%dq" % len(sizes), *sizes))
        tensors.write(struct.pack("<%dq" % len(sizes), *strides))
        tensors.write(struct.pack("<q", offset))

    for number, (key, tensor) in enumerate(weights.items()):
        numbers[key] = 100 + number
        write(100 + number, stores[tensor.storage().data_ptr()][0], tensor, tensor.size(), tensor.stride(), tensor.storage_offset())
    numbers["of_view"] = 500
    write(500, 7777, first, [2, 2], [2, 1], 1)

    class Named:
        def __init__(self, number):
            self.number = number

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return str(obj.number) if isinstance(obj, Named) else None

    root = io.BytesIO()
    Pickler(root, protocol=2).dump(collections.OrderedDict((key, Named(number)) for key, number in numbers.items()))
    info = dict(protocol_version=1000, little_endian=sys.byteorder == "little", type_sizes=dict(short=2, int=4, long=8))
    with tarfile.open(os.path.join(HERE, name), "w:", format=tarfile.PAX_FORMAT) as tar:
        for member, data in (("sys_info", pickle.dumps(info, protocol=2)), ("pickle", root.getvalue()), ("storages", storages.getvalue()), ("tensors", tensors.getvalue())):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            # A time with a fraction goes into attributes before the file, as with the files that PyTorch packed.
            entry.mtime = 1480000000.25
            tar.addfile(entry, io.BytesIO(data))
    loaded = torch.load(os.path.join(HERE, name))
    for key, tensor in weights.items():
        assert torch.equal(loaded[key], tensor), key
    assert torch.equal(loaded["of_view"], first.flatten()[2:][1:5].reshape(2, 2))


def repack(source, name, compression):
    """The same files, packed by another program."""
    with zipfile.ZipFile(os.path.join(HERE, source)) as old, zipfile.ZipFile(os.path.join(HERE, name), "w", compression) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0)), old.read(entry.filename), compression)


def main():
    os.makedirs(HERE, exist_ok=True)
    torch.manual_seed(0)
    put("layers.pt", layers())
    put("layers-legacy.pt", layers(), legacy=True)
    put("types.pt", types())
    put("types-legacy.pt", types(), legacy=True)
    put("views.pt", views())
    put("views-legacy.pt", views(), legacy=True)
    floats = collections.OrderedDict((name, value) for name, value in views().items() if value.dtype == torch.float32 and value.numel() > 0)
    put_tar("views-tar.pt", floats)
    for protocol in (3, 4, 5):
        put("protocol%d.pt" % protocol, layers(), pickle_protocol=protocol)
    put("protocol1-legacy.pt", layers(), legacy=True, pickle_protocol=1)
    put("checkpoint.pt", {
        "epoch": 90,
        "arch": "resnet",
        "best_prec1": numpy.float64(76.25),
        "best_loss": numpy.float32(0.5),
        "seen": numpy.int64(-7),
        "resumed": True,
        "order": [3, 1, 2],
        "device": torch.device("cuda", 1),
        "size": torch.Size([3, 4]),
        "accuracy": torch.tensor(0.5),
        "metrics": {"loss": torch.tensor(0.25)},
        "state_dict": prefixed("module.", layers()),
        "optimizer": {"state": {0: {"momentum_buffer": values([2, 3, 2, 2], 9)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    })
    put("two-states.pt", {"model": prefixed("module._orig_mod.", layers()), "ema": {"decay": 0.999, "module": prefixed("module.", {k: v * 2 for k, v in layers().items()})}})
    put("list-of-one.pt", {"state_dict": [prefixed("net.", layers())], "err": 0.25}, legacy=True)
    linear = torch.nn.Linear(4, 3)
    linear.load_state_dict({"weight": values([3, 4], 1), "bias": values([3], 2)})
    put("parameters.pt", dict(linear.named_parameters()))
    put("tensor.pt", values([2, 3], 1))
    put("namespace.pt", {"state_dict": layers(), "args": __import__("argparse").Namespace(lr=0.1)})
    put("module.pt", linear)
    repack("views.pt", "views-deflated.pt", zipfile.ZIP_DEFLATED)
    repack("layers.pt", "layers-stored.pt", zipfile.ZIP_STORED)


if __name__ == "__main__":
    main()
