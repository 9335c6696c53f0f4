"""Our vector index against hnswlib and an exact scan, one thread each.

vectors.py OURS HNSW BASE QUERIES NUMBERS: the two programs (vectors.rs and
hnsw.cpp), and files of little-endian f32, row by row. The first two thirds of
BASE are indexed; half of them make room for the last third later.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

K = 10
ROUNDS = 5
RECALL = 0.99
EFS = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
MIB = 1024 * 1024


class Program:
    """One of the two, told what to do line by line."""

    def __init__(self, program, base, queries, numbers):
        self.folder = tempfile.TemporaryDirectory()
        self.found = os.path.join(self.folder.name, "found")
        self.child = subprocess.Popen(
            [program, base, queries, str(numbers), str(K)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def tell(self, *words):
        """Seconds that it took, and resident bytes afterwards."""
        print(*words, file=self.child.stdin, flush=True)
        line = self.child.stdout.readline().split()
        return float(line[0]), int(line[1])

    def query(self, percent, ef):
        """Seconds, and the rows that were found."""
        seconds, _ = self.tell("query", percent, ef, self.found)
        return seconds, numpy.fromfile(self.found, dtype="<i4").reshape(-1, K)


def parts(rows):
    """Which of a hundred each row belongs to; the programs know it too."""
    return ((rows * 2654435761 & 0xFFFFFFFF) >> 16) % 100


def exact(base, queries, alive, percent):
    """The K nearest rows of each query among those that pass, by a full scan."""
    rows = alive[parts(alive) < percent]
    best = []
    for at in range(0, len(queries), 50):
        scores = queries[at:at + 50] @ base[rows].T
        top = numpy.argpartition(-scores, K - 1, axis=1)[:, :K]
        best.append(rows[top])
    return numpy.concatenate(best)


def recall(found, truth):
    hits = sum(len(set(f) & set(t)) for f, t in zip(found.tolist(), truth.tolist()))
    return hits / truth.size


def scan(base, queries, alive, percent):
    """Queries a second of one product of a matrix with a vector."""
    rows = base[alive[parts(alive) < percent]]
    some = queries[:100]
    start = time.perf_counter()
    for query in some:
        scores = rows @ query
        top = numpy.argpartition(-scores, K - 1)[:K]
        top[numpy.argsort(-scores[top])]
    return len(some) / (time.perf_counter() - start)


def compare(name, ours, hnsw, base, queries, alive):
    for percent in (100, 50, 10, 1):
        truth = exact(base, queries, alive, percent)
        # the least effort that is good enough
        for ef in EFS:
            if recall(hnsw.query(percent, ef)[1], truth) >= RECALL:
                break
        mine, theirs, plain = [], [], []
        for _ in range(ROUNDS):
            seconds, found = ours.query(percent, 0)
            mine.append(len(queries) / seconds)
            seconds, other = hnsw.query(percent, ef)
            theirs.append(len(queries) / seconds)
            plain.append(scan(base, queries, alive, percent))
        ratio = statistics.median(m / t for m, t in zip(mine, theirs))
        print(
            f"| {name} | {len(alive)} | {percent} % | {statistics.median(mine):.0f} "
            f"| {recall(found, truth):.4f} | {statistics.median(theirs):.0f} "
            f"| {recall(other, truth):.4f} (ef {ef}) | {statistics.median(plain):.0f} | {ratio:.2f} |",
            flush=True,
        )


def main():
    ours, hnsw, base_path, queries_path, numbers = sys.argv[1:]
    numbers = int(numbers)
    base = numpy.fromfile(base_path, dtype="<f4").reshape(-1, numbers)
    queries = numpy.fromfile(queries_path, dtype="<f4").reshape(-1, numbers)
    size = len(base) * 2 // 3
    programs = [Program(p, base_path, queries_path, numbers) for p in (ours, hnsw)]
    for name, program in zip(("ours", "hnswlib"), programs):
        _, before = program.tell("add", 0, 0)
        seconds, after = program.tell("add", 0, size)
        print(f"{name}: {size} rows in {seconds:.1f} s, {(after - before) / MIB:.0f} MiB")
    print("| rows | number | pass | ours, queries/s | recall | hnswlib, queries/s | recall | numpy scan | ours / hnswlib |")
    print("|---|---|---|---|---|---|---|---|---|")
    compare("as they came", *programs, base, queries, numpy.arange(size))
    half = size // 2
    for program in programs:
        program.tell("remove", 0, half)
        program.tell("add", size, size + half)
    compare("half replaced", *programs, base, queries, numpy.arange(half, size + half))


if __name__ == "__main__":
    main()
