"""Runs of the tool from Python: what they leave, what fails, and that they can be ended."""

import doctest
import importlib
import json
import os
import pathlib
import tempfile
import unittest
import unittest.mock

from support import Workplace

import cutline
from cutline import events, plan, process

try:
    import pandas
except ImportError:
    pandas = None


def load_tests(loader, tests, pattern):
    for name in ["errors", "events", "folder", "monitor", "plan", "process", "tool"]:
        tests.addTests(doctest.DocTestSuite(importlib.import_module(f"cutline.{name}")))
    return tests


class RunTests(Workplace):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heard = []
        cls.run_ = cutline.run("card.toml", "card", on_event=cls.heard.append)

    def test_events_are_those_that_the_run_keeps(self):
        kept = [(event.kind, event.stage, event.message) for event in self.run_.events()]
        heard = [(event.kind, event.stage, event.message) for event in self.heard if event.kind not in ("progress", "ended")]
        self.assertEqual(kept, heard)
        self.assertEqual((self.heard[0].kind, self.heard[-1].kind, self.heard[-1].code), ("runStarted", "ended", 0))

    def test_tables_are_what_the_files_hold(self):
        rows = self.run_.table("scorecard_points")
        lines = self.run_.csv("scorecard_points").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(rows), len(lines) - 1)
        card = self.run_.json("scorecard")
        self.assertEqual({row["characteristic"] for row in rows}, {"age", "debt"})
        self.assertTrue(all(isinstance(row["points"], int) and isinstance(row["woe"], float) for row in rows))
        # Counts of the bins add up to the training rows, four fifths of 1,500, for each variable.
        for name in ["age", "debt"]:
            self.assertEqual(sum(row["good"] + row["bad"] for row in rows if row["characteristic"] == name), 1200)
        self.assertIn("characteristics", card)
        self.assertEqual({"gates", "scorecard_model", "scorecard_points", "scorecard_test"}, set(self.run_.tables))
        with self.assertRaises(KeyError):
            self.run_.table("../../card")
        self.assertEqual(self.run_.columns("gates")[0]["name"], "gate")
        self.assertFalse(self.run_.is_personal("gates"))

    def test_gates_and_stages(self):
        self.assertEqual(self.run_.gates["samples"].state, "PASS")
        self.assertEqual(self.run_.gates["samples"].fields["value"], 1500)
        self.assertEqual(self.run_.gates["circularity"].state, "SKIPPED")
        stages = self.run_.stages
        self.assertEqual(list(stages)[:3], ["source", "labels", "table"])
        self.assertFalse(any(stage.reused for stage in stages.values()))
        again = cutline.run("card.toml", "card").stages
        self.assertTrue(all(stage.reused for stage in again.values()))
        self.assertEqual({id: stage.key for id, stage in again.items()}, {id: stage.key for id, stage in stages.items()})

    def test_the_number_of_workers_changes_no_byte(self):
        one = cutline.run("card.toml", "one", workers=1)
        many = cutline.run("card.toml", "many", workers=4)
        self.assertEqual(one.results_digest, many.results_digest)
        self.assertEqual(one.results_digest, self.run_.results_digest)
        other = cutline.run("card.toml", "other", set={"pdo": 40})
        self.assertNotEqual(one.results_digest, other.results_digest)

    def test_a_changed_file_is_found(self):
        run = cutline.run("card.toml", "changed")
        self.assertIn("match", run.verify())
        with open(run.csv("gates"), "a", encoding="utf-8") as file:
            file.write("made_up,PASS,1,,1,,\n")
        with self.assertRaises(cutline.IntegrityError) as raised:
            run.verify()
        self.assertEqual(raised.exception.exit_code, 6)

    def test_what_is_no_run_is_said(self):
        with self.assertRaises(FileNotFoundError):
            cutline.Run("nowhere")
        os.mkdir("no_run")
        pathlib.Path("no_run/manifest.json").write_text('{"format": "other"}')
        with self.assertRaisesRegex(ValueError, "is not the manifest"):
            cutline.Run("no_run")
        pathlib.Path("no_run/manifest.json").write_text('{"format": ')
        with self.assertRaisesRegex(ValueError, "is no JSON"):
            cutline.Run("no_run")

    @unittest.skipIf(pandas is None, "pandas is not installed")
    def test_frames_are_the_tables(self):
        for name in self.run_.tables:
            frame = self.run_.frame(name)
            rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
            self.assertEqual(rows, self.run_.table(name), name)
        frame = self.run_.frame("scorecard_points")
        self.assertTrue(pandas.api.types.is_integer_dtype(frame["points"]))
        self.assertTrue(pandas.api.types.is_float_dtype(frame["woe"]))
        self.assertEqual(frame.attrs["columns"]["points"]["unit"], "points")


class MonitorTests(Workplace):
    def test_alerts_are_an_answer_and_no_exception(self):
        run = cutline.run("card.toml", "card")
        quiet = cutline.monitor(run.file("data/scorecard.json"), "applications.csv", outcome="bad", reference="applications.csv")
        self.assertEqual((bool(quiet), len(quiet.months)), (not quiet.alerts, 12))
        self.assertFalse(any("debt has moved" in alert for alert in quiet.alerts), quiet.alerts)
        lines = pathlib.Path("applications.csv").read_text(encoding="utf-8").splitlines()
        names = lines[0].split(",")
        moved = []
        for line in lines[1:]:
            fields = dict(zip(names, line.split(",")))
            fields["debt"] = str(float(fields["debt"]) * 0.2)
            moved.append(",".join(fields[name] for name in names))
        pathlib.Path("moved.csv").write_text("\n".join([lines[0], *moved]) + "\n", encoding="utf-8")
        found = cutline.monitor(run.file("data/scorecard.json"), "moved.csv", outcome="bad", reference="applications.csv")
        self.assertFalse(found)
        self.assertTrue(any("debt has moved" in alert and "most in " in alert for alert in found.alerts), found.alerts)
        debt = next(own for own in found.months[0]["stability"] if own["of"] == "debt")
        self.assertGreater(abs(debt["moved_most"]["actual_pct"] - debt["moved_most"]["expected_pct"]), 10)
        self.assertEqual(sum(band["rows"] for band in found.months[0]["calibration"]), found.months[0]["known"])
        with self.assertRaises(cutline.ConfigurationError):
            cutline.monitor(run.file("data/scorecard.json"), "applications.csv", outcome="bda")
        pathlib.Path("few.csv").write_text("\n".join(lines[:5]) + "\n", encoding="utf-8")
        with self.assertRaises(cutline.DataError) as few:
            cutline.monitor(run.file("data/scorecard.json"), "few.csv", reference="applications.csv")
        self.assertIn("not_looked_at", few.exception.printed)


class EventTests(unittest.TestCase):
    def test_lines_are_read_when_they_are_whole(self):
        """A file that grows by one byte a look, with characters of several bytes: the same events as of the whole file."""
        lines = [{"kind": "note", "stage": "größe", "message": "大 " * n} for n in range(5)]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode() + b'{"kind":"cut'
        with tempfile.TemporaryDirectory() as place:
            path = pathlib.Path(place, "events.jsonl")
            given = iter(range(len(data) + 1))

            def grow():
                size = next(given)
                if size > 0:
                    path.write_bytes(data[:size])
                return size == len(data)

            heard = [event.fields for event in events.follow(path, grow, pause=0)]
            self.assertEqual(heard, lines)
            self.assertEqual([event.fields for event in events.read(path)], lines)


class FailureTests(Workplace):
    def test_each_exit_code_is_an_exception(self):
        pathlib.Path("empty.csv").write_text("application_id,decided_on,age,debt,bad\n")
        pathlib.Path("file").write_text("")
        for settings, output, kind, code, word in [
            ({"cutof": 3}, "a", cutline.ConfigurationError, 2, "did you mean cutoff"),
            ({"outcome": "bda"}, "b", cutline.DataError, 3, "bda"),
            ({"data_path": "nowhere.csv"}, "c", cutline.InputOutputError, 7, "nowhere.csv"),
            ({"stages.gates.with": {"max_bad_rate": 6}}, "d", cutline.GateError, 4, "bad_rate"),
            ({}, "file/run", cutline.InputOutputError, 7, "file"),
        ]:
            with self.subTest(code=code, settings=settings), self.assertRaises(cutline.CutlineError) as raised:
                cutline.run("card.toml", output, set=settings)
            self.assertEqual((type(raised.exception), raised.exception.exit_code), (kind, code), raised.exception)
            self.assertIn(word, str(raised.exception))
            self.assertFalse(os.path.exists(output) and output != "d")
        refused = raised = None
        with self.assertRaises(cutline.GateError) as raised:
            cutline.run("card.toml", "d", set={"stages.gates.with": {"max_bad_rate": 6}})
        refused = raised.exception
        self.assertEqual([name for name, gate in refused.gates.items() if gate.state == "FAIL"], ["bad_rate"])
        self.assertFalse(os.path.exists("d"))

    def test_no_error_names_a_value(self):
        text = pathlib.Path("applications.csv").read_text(encoding="utf-8")
        # A word where a number must be, in one row.
        pathlib.Path("odd.csv").write_text(text.replace("A7,", "A7,", 1).replace(",n7@canary,0", ",n7@canary,secret-word")
                                           .replace(",n7@canary,1", ",n7@canary,secret-word"))
        with self.assertRaises(cutline.DataError) as raised:
            cutline.run("card.toml", "odd", set={"data_path": "odd.csv"})
        self.assertNotIn("secret-word", str(raised.exception))
        self.assertNotIn("canary", str(raised.exception))

    def test_settings_come_through(self):
        for text in ["bad", 'we"ird \\ \\n name', "Größe — 大", "a = [1]   # no comment", "tab\there"]:
            stages = plan.stages("card.toml", set={"outcome": text})
            self.assertEqual(stages["labels"].text("outcome"), text)
        stages = plan.stages("card.toml", set={"bands": {"good one": 600, "rest": 0}, "stages.binning.with.required": ["age"]})
        self.assertEqual(stages["points"].settings["bands"].count("600"), 1)
        self.assertEqual(stages["binning"].settings["required"], '["age"]')
        with self.assertRaises(TypeError):
            process.setting(object())

    def test_the_tool_is_looked_for(self):
        with unittest.mock.patch.dict(os.environ, {"CUTLINE": "/nowhere/cutline"}):
            with self.assertRaisesRegex(cutline.ToolNotFound, "/nowhere/cutline"):
                cutline.find()
        with unittest.mock.patch.dict(os.environ, {"CUTLINE": self.tool, "PATH": ""}):
            self.assertEqual(cutline.find(), self.tool)
            self.assertTrue(cutline.call("--version").startswith("cutline "))


class CancelTests(Workplace):
    """A run of minutes, ended after its first stages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cutline.call("simulate", "--rows", "9000", "--seed", "3", "--output", "long.csv", "--config",
                     "long.toml")
        cls.long = {"resamples": 20000}

    def test_a_cancelled_run_leaves_nothing(self):
        with cutline.start("long.toml", "out", set=self.long) as going:
            for event in going.events():
                if event.kind == "stageFinished":
                    going.cancel()
            with self.assertRaises(cutline.Cancelled) as raised:
                going.wait()
        self.assertEqual((raised.exception.signal, raised.exception.exit_code), (15, 143))
        self.assertFalse(os.path.exists("out"))
        self.assertEqual(sorted(os.listdir(".")), ["applications.csv", "card.toml", "long.csv", "long.toml"])

    def test_an_exception_of_the_listener_ends_the_run(self):
        pids = []

        def listen(event):
            if event.kind == "stageFinished":
                raise RuntimeError("enough")

        real = process.Process.__init__

        def remember(self, *words, **options):
            real(self, *words, **options)
            pids.append(self.pid)

        with unittest.mock.patch.object(process.Process, "__init__", remember):
            with self.assertRaisesRegex(RuntimeError, "enough"):
                cutline.run("long.toml", "out", set=self.long, on_event=listen)
        with self.assertRaises(ProcessLookupError):
            os.kill(pids[0], 0)
        self.assertFalse(os.path.exists("out"))


if __name__ == "__main__":
    unittest.main()
