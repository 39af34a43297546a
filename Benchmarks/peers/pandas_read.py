"""Peer of `cutline-bench read`: pandas, median wall and CPU time after one run that is not counted.

python3 pandas_read.py FILE [repetitions]
"""

import resource
import statistics
import sys
import time

import pandas

path = sys.argv[1]
repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 3
walls, cpus = [], []
for run in range(repetitions + 1):
    wall, cpu = time.perf_counter(), time.process_time()
    table = pandas.read_sas(path, encoding="utf-8") if path.endswith(".sas7bdat") else pandas.read_csv(path, engine="c")
    if run:
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    shape = table.shape
    del table
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(
    f"{path}: pandas {pandas.__version__}: {shape[0]} rows, {shape[1]} columns: cpu {statistics.median(cpus) * 1000:.2f} ms "
    f"wall {statistics.median(walls) * 1000:.2f} ms, peak memory {peak} MiB"
)
