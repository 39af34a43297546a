"""The assets of a scorecard: which run again is counted by the tool's own events, in a log that the assets do not write."""

import json
import os
import pathlib
import stat
import sys
import textwrap
import unittest
import warnings

from support import CARD, Workplace

import cutline
from cutline import plan

try:
    import dagster

    from cutline import dagster as assets
except ImportError:
    dagster = None

STAGES = {
    "generate_scorecard_labels": {"source", "labels", "table"},
    "train_model_asset": {"binning", "model"},
    "refine_scorecard": {"points", "gates", "files"},
}

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@unittest.skipIf(dagster is None, "Dagster is not installed")
class AssetTests(Workplace):
    """One history of runs: first, unchanged, another gate, a gate that fails, another byte."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warnings.simplefilter("ignore")
        # The tool behind a program that keeps the events of each of its runs.
        pathlib.Path("kept").mkdir()
        counted = cls.place / "counted"
        counted.write_text(
            textwrap.dedent(f"""\
            #!{sys.executable}
            import os, shutil, subprocess, sys
            code = subprocess.call(["{cls.tool}", *sys.argv[1:]], stderr=subprocess.DEVNULL, stdout=None
                                   if sys.argv[1] in ("plan", "describe") else subprocess.DEVNULL)
            if "--events" in sys.argv:
                place = "{cls.place}/kept"
                name = os.path.basename(sys.argv[sys.argv.index("--output") + 1])
                shutil.copy(sys.argv[sys.argv.index("--events") + 1], f"{{place}}/{{len(os.listdir(place)):03}}-{{name}}")
            sys.exit(code)
            """),
            encoding="utf-8",
        )
        counted.chmod(counted.stat().st_mode | stat.S_IXUSR)
        cls.instance = dagster.DagsterInstance.ephemeral()
        cls.addClassCleanup(cls.instance.dispose)
        cls.heard = {}
        cls.heard["first"] = cls.materialise()
        cls.keys = cls.versions()
        cls.heard["unchanged"] = cls.materialise()
        cls.unchanged = cls.versions()
        cls.heard["gate"] = cls.materialise({"max_bad_rate": 60})
        cls.heard["refused"] = cls.materialise({"max_bad_rate": 6})
        cls.stands = cutline.Run("out/refine_scorecard").verify(tool=cls.tool)
        cls.heard["back"] = cls.materialise({"max_bad_rate": 60})
        text = pathlib.Path("applications.csv").read_bytes()
        at = text.rindex(b".") + 1
        pathlib.Path("applications.csv").write_bytes(text[:at] + (b"1" if text[at:at + 1] != b"1" else b"2") + text[at + 1:])
        cls.heard["byte"] = cls.materialise({"max_bad_rate": 60})
        cls.changed = cls.versions()
        cls.heard["share"] = cls.materialise({"max_bad_rate": 60}, test_share=0.3)

    @classmethod
    def card(cls, gates=None, **settings):
        settings["stages.gates.with"] = gates or {}
        return assets.Scorecard("card.toml", "out", set=settings, tool=str(cls.place / "counted"))

    @classmethod
    def materialise(cls, gates=None, **settings):
        """All three are asked for; gives the result and the runs of the tool: the asset and the stages that ran."""
        before = set(os.listdir("kept"))
        result = dagster.materialize(assets.scorecard_assets(cls.card(gates, **settings)), instance=cls.instance,
                                     raise_on_error=False, run_config=QUIET)
        runs = []
        for name in sorted(set(os.listdir("kept")) - before):
            events = [json.loads(line) for line in open(f"kept/{name}", encoding="utf-8")]
            runs.append((name[4:], {event["stage"] for event in events if event["kind"] == "stageStarted"}))
        return result, runs

    @classmethod
    def versions(cls):
        keys = {}
        for asset in STAGES:
            event = cls.instance.get_latest_materialization_event(dagster.AssetKey(asset))
            keys[asset] = event.asset_materialization.tags["dagster/data_version"]
        return keys

    def ran(self, name):
        """The assets of which a stage of their own ran in their own run."""
        return [asset for asset, stages in self.heard[name][1] if stages & STAGES[asset]]

    def test_the_first_time_every_asset_runs(self):
        result, runs = self.heard["first"]
        self.assertTrue(result.success)
        self.assertEqual(self.ran("first"), list(STAGES))
        # What is of another asset and stored is not made twice; tables of applications are not stored.
        for asset, stages in runs:
            self.assertLessEqual(stages, STAGES[asset] | STAGES["generate_scorecard_labels"])

    def test_nothing_changed_nothing_runs(self):
        self.assertTrue(self.heard["unchanged"][0].success)
        self.assertEqual([stages for _, stages in self.heard["unchanged"][1]], [set(), set()])
        self.assertEqual(self.unchanged, self.keys)

    def test_another_gate_is_the_cards_alone(self):
        result, runs = self.heard["gate"]
        self.assertTrue(result.success)
        self.assertEqual(self.ran("gate"), ["refine_scorecard"])
        self.assertEqual(dict(runs)["refine_scorecard"] & set().union(*STAGES.values()) - STAGES["generate_scorecard_labels"],
                         {"gates", "files"})

    def test_another_byte_runs_everything_downstream(self):
        self.assertTrue(self.heard["byte"][0].success)
        self.assertEqual(self.ran("byte"), list(STAGES))
        self.assertTrue(all(self.changed[asset] != self.keys[asset] for asset in STAGES))

    def test_another_setting_of_the_labels_runs_everything(self):
        self.assertTrue(self.heard["share"][0].success)
        self.assertEqual(self.ran("share"), list(STAGES))

    def test_versions_are_the_keys_of_the_manifests(self):
        last = {"generate_scorecard_labels": "table", "train_model_asset": "model", "refine_scorecard": "files"}
        for asset, version in self.versions().items():
            self.assertEqual(version, cutline.Run(f"out/{asset}").stages[last[asset]].key)

    def test_a_gate_that_fails_is_a_failed_check_and_no_asset(self):
        result, _ = self.heard["refused"]
        self.assertFalse(result.success)
        failed = {check.check_name: check for check in result.get_asset_check_evaluations() if not check.passed}
        self.assertEqual(failed["bad_rate"].severity, dagster.AssetCheckSeverity.ERROR)
        self.assertEqual(result.asset_materializations_for_node("refine_scorecard"), [])
        (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
        self.assertIn("fails bad_rate", failure.user_failure_data.description)
        self.assertEqual(failure.user_failure_data.metadata["cutline/exit_code"].value, 4)
        # The card before stands, whole.
        self.assertIn("match", self.stands)

    def test_gates_are_checks_and_only_pass_passes(self):
        checks = {check.check_name: check for check in self.heard["first"][0].get_asset_check_evaluations()}
        gates = cutline.Run("out/refine_scorecard").gates
        self.assertEqual(set(checks), set(gates), "GATES are those of the tool")
        for name, gate in gates.items():
            self.assertEqual(checks[name].passed, gate.state == "PASS", name)

    def test_the_card_is_that_of_a_single_run(self):
        pathlib.Path("plain.toml").write_text(CARD, encoding="utf-8")
        settings = {"stages.gates.with": {"max_bad_rate": 60}, "test_share": 0.3}
        result = cutline.run("plain.toml", "plain", set=settings, tool=self.tool)
        ours = cutline.Run("out/refine_scorecard")
        self.assertEqual(result.results_digest, ours.results_digest)
        self.assertFalse(os.path.exists("out/refine_scorecard.failed"))

    def test_code_versions_are_of_the_settings_that_are_an_assets_own(self):
        def versions(**settings):
            card = assets.Scorecard("card.toml", "out", set=settings, tool=self.tool)
            return [card.code_version(asset) for asset in STAGES]

        before = versions()
        for settings, changed in [
            ({"cutoff": 530}, [False, False, True]),
            ({"stages.binning.with": {"smoothing": 1.0}}, [False, True, False]),
            ({"test_share": 0.3}, [True, False, False]),
            ({"active": "out/refine_scorecard/data/scorecard.json"}, [False, False, True]),
        ]:
            self.assertEqual([one != other for one, other in zip(before, versions(**settings))], changed, settings)
        pathlib.Path("seeded.toml").write_text("seed = 7\n" + CARD, encoding="utf-8")
        pathlib.Path("above.toml").write_text('extends = "seeded.toml"\n', encoding="utf-8")
        for config in ["seeded.toml", "above.toml"]:
            card = assets.Scorecard(config, "out", tool=self.tool)
            self.assertTrue(all(card.code_version(asset) != old for asset, old in zip(STAGES, before)), config)
        self.assertFalse(plan.has_plugins("above.toml"))
        pathlib.Path("seeded.toml").write_text('plugins = ["a.so"]\n' + CARD, encoding="utf-8")
        self.assertTrue(plan.has_plugins("above.toml"))
        # A path of a setting is meant from here, or else from the configuration's folder.
        pathlib.Path("deep").mkdir()
        pathlib.Path("deep/card.toml").write_text(CARD + '[stages.gates]\nwith = { active = "old.json" }\n', encoding="utf-8")

        def deep(text):
            pathlib.Path("deep/old.json").write_text(text, encoding="utf-8")
            card = assets.Scorecard("deep/card.toml", "out", tool=self.tool)
            return [card.code_version(asset) for asset in STAGES]

        self.assertEqual([one != other for one, other in zip(deep("{}"), deep("[]"))], [False, False, True])

    def test_dagster_knows_what_is_stale(self):
        # Its pages say so, by what has no public name yet.
        from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
        from dagster._core.loader import LoadingContextForTest

        def stale(gates):
            defs = dagster.Definitions(assets.scorecard_assets(self.card(gates, test_share=0.3)))
            resolver = CachingStaleStatusResolver(
                self.instance, defs.resolve_asset_graph(), LoadingContextForTest(self.instance))
            return [asset for asset in STAGES if resolver.get_status(dagster.AssetKey(asset)) is StaleStatus.STALE]

        self.assertEqual(stale({"max_bad_rate": 60}), [])
        self.assertEqual(stale({"max_bad_rate": 61}), ["refine_scorecard"])

    def test_a_wrong_configuration_is_said_before_anything_runs(self):
        with self.assertRaisesRegex(cutline.ConfigurationError, "did you mean cutoff"):
            assets.definitions("card.toml", "out2", set={"cutof": 3}, tool=self.tool)
        defs = assets.definitions("card.toml", "out2", tool=self.tool, key_prefix=["loans"])
        self.assertIsNotNone(defs.resolve_job_def("scorecard"))
        self.assertFalse(os.path.exists("out2"))


if __name__ == "__main__":
    unittest.main()
