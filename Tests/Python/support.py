"""What the tests of the Python package share: the package, the tool, and applications whose risk is known."""

import math
import os
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "python"))

import cutline  # noqa: E402

CARD = """plan = "scorecard"
[scorecard]
data_path = "applications.csv"
id = "application_id"
outcome = "bad"
decided_on = "decided_on"
cutoff = 520
[scorecard.characteristics.age]
special = { 999 = "unknown" }
[scorecard.characteristics.debt]
direction = "higher-is-riskier"
max_bins = 5
"""


def applications(path, rows=1500, seed=5):
    """Applications whose log-odds of bad are -3.2 + 0.06 (age below 45) + 1.1 debt."""
    draw = random.Random(seed)
    lines = ["application_id,decided_on,age,debt,name,bad"]
    for row in range(rows):
        age, debt = 18 + draw.randrange(60), draw.random() * 3
        bad = draw.random() < 1 / (1 + math.exp(3.2 - 0.06 * max(0, 45 - age) - 1.1 * debt))
        day = row * 360 // rows
        shown = "999" if row % 50 == 0 else "" if row % 37 == 0 else age
        lines.append(f"A{row},2024-{day // 30 + 1:02}-{day % 28 + 1:02},{shown},{debt:.3f},n{row}@canary,{int(bad)}")
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


class Workplace(unittest.TestCase):
    """A folder with applications and a configuration, shared by the tests of a class, which is the current one."""

    @classmethod
    def setUpClass(cls):
        cls.tool = cutline.find()
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="cutline-tests-"))
        cls.addClassCleanup(shutil.rmtree, cls.place)
        before = os.getcwd()
        os.chdir(cls.place)
        cls.addClassCleanup(os.chdir, before)
        applications("applications.csv")
        pathlib.Path("card.toml").write_text(CARD, encoding="utf-8")
