"""Reads a legacy-pickle `.pth` state dict without PyTorch; only tensors and plain containers are unpickled."""

import collections
import pickle
import struct

import numpy as np

DTYPES = {"FloatStorage": np.float32, "LongStorage": np.int64, "HalfStorage": np.float16,
          "IntStorage": np.int32, "ByteStorage": np.uint8}


class _Storage:
    def __init__(self, name):
        self.name = name


class _Tensors(pickle.Unpickler):
    def find_class(self, module, name):
        if name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return lambda storage, offset, size, stride, *rest: (storage, offset, tuple(size), tuple(stride))
        if name == "_rebuild_parameter":
            return lambda tensor, *rest: tensor
        if name == "OrderedDict":
            return collections.OrderedDict
        if name.endswith("Storage"):
            return _Storage(name)
        raise pickle.UnpicklingError(f"{module}.{name} is not a tensor")

    def persistent_load(self, pid):
        return pid[1].name, pid[2]


def load(path):
    """`{name: array}` of the state dict at `path`."""
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, protocol version, system information
            pickle.load(file)
        tensors = _Tensors(file).load()
        keys = pickle.load(file)
        types = {storage[1]: DTYPES[storage[0]] for storage, *_ in tensors.values()}
        storages = {}
        for key in keys:
            count = struct.unpack("<q", file.read(8))[0]
            storages[key] = np.frombuffer(file.read(count * np.dtype(types[key]).itemsize), types[key])
    arrays = {}
    for name, (storage, offset, size, stride) in tensors.items():
        flat = storages[storage[1]][offset:]
        strides = [step * flat.itemsize for step in stride]
        arrays[name] = np.lib.stride_tricks.as_strided(flat, size, strides).copy()
    return arrays
