"""Lineage of runs: finished, failed, cancelled and told while they happen; each event is one of openlineage-python."""

import contextlib
import copy
import csv
import hashlib
import http.server
import io
import json
import os
import pathlib
import threading
import unittest
import unittest.mock
import warnings

from support import Workplace

import cutline
from cutline import __main__ as command
from cutline import openlineage, openlineage_check

needs_classes = unittest.skipUnless(openlineage_check.is_possible(), "openlineage-python is not installed")


class Catalogue:
    """A server that keeps what is posted to it."""

    def __enter__(self):
        self.posted, outer = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posted.append((self.path, self.headers.get("Authorization"), json.loads(body)))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class LineageTests(Workplace):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_ = cutline.run("card.toml", "card")
        cls.told = openlineage.events(cls.run_)
        with contextlib.suppress(cutline.GateError):
            cutline.run("card.toml", "refused", set={"stages.gates.with": {"max_bad_rate": 6}})
        cls.refused = openlineage.events(cutline.Run("refused.failed"))

    @needs_classes
    def test_every_event_is_one_of_the_classes(self):
        for event in [*self.told, *self.refused]:
            openlineage_check.validate(event, exact=True)

    @needs_classes
    def test_what_is_no_event_is_refused(self):
        def changed(change):
            event = copy.deepcopy(self.told[1])
            change(event)
            return event

        for change in [
            lambda event: event.update(eventType="DONE"),
            lambda event: event.update(eventTime="yesterday"),
            lambda event: event["run"].update(runId="7"),
            lambda event: event["job"].pop("name"),
            lambda event: event["inputs"][0]["inputFacets"]["inputStatistics"].update(rows=7),
            lambda event: event["run"]["facets"]["tags"]["tags"][0].pop("key"),
            lambda event: event["run"]["facets"].update(made_up={"_producer": "urn:x", "_schemaURL": "https://x/Made"}),
            lambda event: event["inputs"][0]["inputFacets"]["inputStatistics"].update(_schemaURL="https://x/9/Input"),
        ]:
            with self.assertRaises(ValueError):
                openlineage_check.validate(changed(change), exact=True)

    def test_what_a_finished_run_tells(self):
        start, end = self.told
        self.assertEqual((start["eventType"], end["eventType"]), ("START", "COMPLETE"))
        self.assertLessEqual(start["eventTime"], end["eventTime"])
        self.assertEqual(start["run"]["runId"], end["run"]["runId"])
        self.assertEqual(openlineage.events(cutline.Run("card")), self.told, "told twice it is one run")
        self.assertEqual(end["job"]["name"], "card")
        data = pathlib.Path("applications.csv")
        (source,) = end["inputs"]
        self.assertEqual((source["namespace"], source["name"]), ("file", str(data.resolve())))
        self.assertEqual(source["facets"]["version"]["datasetVersion"], hashlib.sha256(data.read_bytes()).hexdigest())
        self.assertEqual(source["inputFacets"]["inputStatistics"]["rowCount"], 1500)
        outputs = {pathlib.Path(output["name"]).name: output for output in end["outputs"]}
        self.assertEqual(set(outputs), {
            "gates.csv", "scorecard.json", "scorecard_model.csv", "scorecard_model.json", "scorecard_points.csv",
            "scorecard_test.csv"})
        for name, output in outputs.items():
            path = pathlib.Path("card/data", name)
            self.assertEqual(output["outputFacets"]["outputStatistics"]["size"], path.stat().st_size)
            if name.endswith(".csv"):
                with open(path, encoding="utf-8", newline="") as file:
                    header, *rows = csv.reader(file)
                self.assertEqual(output["outputFacets"]["outputStatistics"]["rowCount"], len(rows))
                self.assertEqual([field["name"] for field in output["facets"]["schema"]["fields"]], header)

    def test_gates_are_assertions_and_only_pass_is_a_success(self):
        (source,) = self.refused[1]["inputs"]
        told = {each["name"]: each for each in source["inputFacets"]["dataQualityAssertions"]["assertions"]}
        gates = cutline.Run("refused.failed").gates
        self.assertEqual(set(told), set(gates))
        self.assertEqual({gate.state for gate in gates.values()}, {"PASS", "WARN", "FAIL", "SKIPPED"})
        for name, gate in gates.items():
            self.assertEqual(told[name]["success"], gate.state == "PASS")
            self.assertEqual(told[name].get("severity") == "error", gate.state == "FAIL")

    def test_a_failed_run_says_why_without_values(self):
        end = self.refused[1]
        self.assertEqual((end["eventType"], end["job"]["name"]), ("FAIL", "refused"))
        self.assertIn("fails bad_rate", end["run"]["facets"]["errorMessage"]["message"])
        self.assertNotIn("canary", json.dumps([*self.told, *self.refused]))
        self.assertNotIn("errorMessage", self.told[1]["run"]["facets"])

    def test_a_run_is_told_while_it_happens(self):
        with Catalogue() as catalogue, unittest.mock.patch.dict(os.environ, {"OPENLINEAGE_API_KEY": "secret"}):
            openlineage.run("card.toml", "live", url=catalogue.url, file="live.jsonl")
            with self.assertRaises(cutline.DataError):
                openlineage.run("card.toml", "live2", url=catalogue.url + "/own/path", set={"outcome": "bda"})
            with self.assertRaises(KeyboardInterrupt):
                openlineage.run("card.toml", "live3", url=catalogue.url, fresh=True, on_event=self.interrupt)
        kinds = [event["eventType"] for _, _, event in catalogue.posted]
        self.assertEqual(kinds, ["START", "COMPLETE", "START", "FAIL", "START", "ABORT"])
        self.assertEqual([path for path, _, _ in catalogue.posted],
                         ["/api/v1/lineage"] * 2 + ["/own/path"] * 2 + ["/api/v1/lineage"] * 2)
        self.assertEqual({key for _, key, _ in catalogue.posted}, {"Bearer secret"})
        ids = [event["run"]["runId"] for _, _, event in catalogue.posted]
        self.assertEqual((ids[0::2], len(set(ids))), (ids[1::2], 3))
        lines = pathlib.Path("live.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line) for line in lines], [event for _, _, event in catalogue.posted[:2]])
        if openlineage_check.is_possible():
            for _, _, event in catalogue.posted:
                openlineage_check.validate(event, exact=True)

    @staticmethod
    def interrupt(event):
        raise KeyboardInterrupt

    def test_a_catalogue_that_is_away_stops_nothing(self):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            run = openlineage.run("card.toml", "away", url="http://127.0.0.1:9")
        self.assertEqual(run.gates["samples"].state, "PASS")
        self.assertEqual(sum("lineage was not told" in str(each.message) for each in heard), 2)

    def test_the_command(self):
        def said(*words):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = command.main(["openlineage", *words])
                except SystemExit as ended:
                    code = ended.code
            return code, out.getvalue() + err.getvalue()

        self.assertEqual(said("card", "--file", "told.jsonl")[0], 0)
        self.assertEqual(said("refused.failed", "--file", "told.jsonl")[0], 0)
        kinds = [json.loads(line)["eventType"] for line in open("told.jsonl", encoding="utf-8")]
        self.assertEqual(kinds, ["START", "COMPLETE", "START", "FAIL"])
        for words, code, word in [
            (["nowhere", "--file", "x"], 7, "nowhere"),
            (["card"], 2, "--file"),
            (["card", "--url", "http://127.0.0.1:9"], 7, "refused"),
            (["card", "--url", "ftp://127.0.0.1"], 2, "ftp"),
            (["card", "--file", "nowhere/x"], 7, "nowhere/x"),
        ]:
            with self.subTest(words=words):
                got = said(*words)
                self.assertEqual(got[0], code, got[1])
                self.assertIn(word, got[1])


if __name__ == "__main__":
    unittest.main()
