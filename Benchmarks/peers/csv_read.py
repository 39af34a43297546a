"""Peer of `cutline-bench read` for CSV: polars' or pyarrow's own read into a table with the same types (dates parsed, text as
the library keeps it, or as distinct values and their numbers), median CPU and wall time after one run that is not counted.

python3 csv_read.py FILE polars|pyarrow [repetitions] [threads] [numbered]
"""

import os
import resource
import statistics
import sys
import time

path, peer = sys.argv[1], sys.argv[2]
repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 5
threads = int(sys.argv[4]) if len(sys.argv) > 4 else 1
is_numbered = len(sys.argv) > 5
# Read by polars when it starts.
os.environ["POLARS_MAX_THREADS"] = str(threads)


def polars_read():
    import polars as pl

    head = pl.read_csv(path, n_rows=1000, try_parse_dates=True)
    types = {name: pl.Categorical for name, kind in head.schema.items() if kind == pl.String} if is_numbered else None
    return pl.read_csv(path, try_parse_dates=True, n_threads=threads, schema_overrides=types, infer_schema_length=10_000)


def pyarrow_read():
    import pyarrow as pa
    from pyarrow import csv

    pa.set_cpu_count(max(threads, 1))
    convert = csv.ConvertOptions(auto_dict_encode=is_numbered, auto_dict_max_cardinality=2**31 - 1, strings_can_be_null=True)
    table = csv.read_csv(path, csv.ReadOptions(use_threads=threads > 1), convert_options=convert)
    return table.unify_dictionaries() if is_numbered else table


read = {"polars": polars_read, "pyarrow": pyarrow_read}[peer]
walls, cpus = [], []
for run in range(repetitions + 1):
    wall, cpu = time.perf_counter(), time.process_time()
    table = read()
    if run:
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    shape = table.shape
    del table
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
version = __import__(peer).__version__
print(
    f"{path}: {peer} {version}, {threads} thread(s){', numbered' if is_numbered else ''}: {shape[0]} rows, {shape[1]} columns: "
    f"cpu {statistics.median(cpus) * 1000:.0f} ms wall {statistics.median(walls) * 1000:.0f} ms, peak memory {peak} MiB"
)
