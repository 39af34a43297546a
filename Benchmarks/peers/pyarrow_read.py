"""Peer of `cutline-bench read` for Parquet: pyarrow's own read into a table, median CPU and wall time after one run that is
not counted.

python3 pyarrow_read.py FILE [repetitions] [threads] [numbered]       numbered: text as distinct values and their numbers
python3 pyarrow_read.py --make FOLDER [rows]     applications.parquet, and without_id.parquet without its first column
"""

import os
import resource
import statistics
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def make(folder, rows):
    random = np.random.default_rng(1)
    piece = 1_000_000
    writers = {}
    for start in range(0, rows, piece):
        count = min(piece, rows - start)
        words = ["CONSUMER_STD", "AUTO", "SME", "PILOT_DIGITAL"]
        columns = {
            "id": pa.array([f"AU{n + 10_000_000}" for n in range(start, start + count)]),
            "month": pa.array(random.integers(18262, 19358, count).astype("int32")).cast(pa.date32()),
            "segment": pa.array(np.array(words, dtype=object)[random.integers(0, 4, count)]),
            "score": pa.array(random.integers(4000, 204_000, count) / 1000),
            "amount": pa.array(random.integers(0, 5_000_000, count) / 100, mask=random.random(count) < 0.1),
            "count": pa.array(random.integers(0, 50, count).astype("int32")),
        }
        table = pa.table(columns)
        for name, some in [("applications", table), ("without_id", table.drop_columns(["id"]))]:
            path = os.path.join(folder, name + ".parquet")
            writer = writers.setdefault(name, None) or pq.ParquetWriter(path, some.schema)
            writers[name] = writer
            writer.write_table(some)
    for writer in writers.values():
        writer.close()


def main():
    if sys.argv[1] == "--make":
        make(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000)
        return
    path = sys.argv[1]
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    is_numbered = len(sys.argv) > 4
    texts = [field.name for field in pq.read_schema(path) if field.type == pa.string()] if is_numbered else None
    pa.set_cpu_count(max(threads, 1))
    walls, cpus = [], []
    for run in range(repetitions + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        table = pq.read_table(path, use_threads=threads > 1, read_dictionary=texts)
        if is_numbered:
            table = table.unify_dictionaries()
        if run:
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        shape = table.shape
        del table
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{path}: pyarrow {pa.__version__}, {threads} thread(s){', numbered' if is_numbered else ''}: {shape[0]} rows, {shape[1]} columns: cpu "
        f"{statistics.median(cpus) * 1000:.2f} ms wall {statistics.median(walls) * 1000:.2f} ms, peak memory {peak} MiB"
    )


main()
