"""One point of every frontier by HiGHS: usage: highs_allocation.py FILE TARGET_PERCENT [repetitions] [time limit in seconds]

FILE has segment,production,numerator,denominator, as `cutline-bench allocate` writes it. Risk is 7 * numerator / denominator.
The choice is added up again in whole numbers."""
import csv, sys, time
from fractions import Fraction

import highspy
import numpy as np

path, target = sys.argv[1], Fraction(sys.argv[2])
repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 3
seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 300.0
rows = list(csv.DictReader(open(path)))
names = list(dict.fromkeys(row["segment"] for row in rows))
production = np.array([int(row["production"]) for row in rows])
ratio = target / 700
slack = [ratio.numerator * int(r["denominator"]) - ratio.denominator * int(r["numerator"]) for r in rows]
segment = np.array([names.index(row["segment"]) for row in rows])
times = []
for _ in range(repetitions + 1):
    start, cpu = time.perf_counter(), time.process_time()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    solver.setOptionValue("time_limit", seconds)
    n = len(rows)
    scale = 2.0 ** -max(0, max(abs(s) for s in slack).bit_length() - 45)
    scaled = np.array([float(s) * scale for s in slack])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, len(names) + 1
    lp.col_cost_, lp.sense_ = production.astype(float), highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = np.zeros(n), np.ones(n)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * n
    lp.row_lower_ = np.concatenate([np.ones(len(names)), [0.0]])
    lp.row_upper_ = np.concatenate([np.ones(len(names)), [highspy.kHighsInf]])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = 2 * np.arange(n + 1)
    index, value = np.empty(2 * n, dtype=np.int32), np.empty(2 * n)
    index[0::2], index[1::2] = segment, len(names)
    value[0::2], value[1::2] = 1.0, scaled
    lp.a_matrix_.index_, lp.a_matrix_.value_ = index, value
    solver.passModel(lp)
    solver.run()
    times.append((time.perf_counter() - start, time.process_time() - cpu))
chosen = np.array(solver.getSolution().col_value) > 0.5
total, left = int(production[chosen].sum()), sum(s for s, c in zip(slack, chosen) if c)
wall, cpu = (float(np.median(column)) for column in zip(*(times[1:] or times)))
print(f"HiGHS {solver.version()}: {wall:.2f} s, cpu {cpu:.2f} s; {solver.modelStatusToString(solver.getModelStatus())}, "
      f"production {total}, {'keeps' if left >= 0 else 'BREAKS'} the budget in whole numbers, chosen {int(chosen.sum())}, "
      f"gap {solver.getInfo().mip_gap:.2e}")
