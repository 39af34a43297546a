"""The four requests of requirement 001, as it prints them, and what they lead to: outcomes, labels, a model, a draft.

usage: training.py TOOL FOLDER
"""
import csv
import json
import math
import random
import subprocess
import sys
import time

from harness import Failures, Place, Server

failures = Failures()
expect = failures.expect
place = Place(*sys.argv[1:3])
place.people()
for folder in ["data", "own", "runs"]:
    (place.folder / folder).mkdir()
root, anna, boris, cora, vic = (place.token(name) for name in ["root", "anna", "boris", "cora", "vic"])

# 4,000 applications whose log-odds of bad are known; some are young, some left, some were refused credit and have no outcome.
draw = random.Random(7)
outcomes = []
with open(place.folder / "data/applications.csv", "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["application_id", "decided_on", "debt", "age"])
    for number in range(4000):
        debt, age = round(draw.uniform(0, 3), 3), draw.randint(18, 77)
        month, day = number // 400 + 1, number % 28 + 1
        table.writerow([f"A{number}", f"2024-{month:02}-{day:02}", debt, age])
        bad = draw.random() < 1 / (1 + math.exp(3.4 - 1.3 * debt - 0.03 * max(0, 45 - age)))
        if number % 40 != 0:
            event, on = ("default", f"2024-{month:02}-28" if day < 28 else f"2024-{month + 1:02}-27") if bad else ("none", "2025-01-31")
            outcomes.append([f"A{number}", event, on, "2025-01-31", f"K{number}"])
with open(place.folder / "outcomes.csv", "w", newline="") as file:
    csv.writer(file).writerows([["application_id", "event", "occurred_on", "seen_until", "external_key"]] + outcomes[:-3])
(place.folder / "own/scorecard.toml").write_text("""plan = "scorecard"
[scorecard]
id = "application_id"
[scorecard.characteristics.debt]
edges = [0.5, 1, 1.5, 2, 2.5]
[scorecard.characteristics.age]
edges = [25, 35, 45]
""")
(place.folder / "own/report.toml").write_text(
    (place.folder / "own/scorecard.toml").read_text() + '[stages.gates]\nwith = { on_fail = "report" }\n')
place.run("outcomes", "append", "outcomes.csv", "--token-file", "anna")
repeated = json.loads(place.run("outcomes", "append", "outcomes.csv", "--token-file", "anna", "--json"))
expect("a repeated file", (repeated["appended"], repeated["repeated"]), (0, len(outcomes) - 3))
place.run("labels", "add-batch", "BATCH_001", "data/applications.csv", "--token-file", "anna")


def curl(server: Server, *words: str, token: str) -> tuple[int, dict]:
    """As the requirement prints it: the answer's status and its JSON."""
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", "-H", f"Authorization: Bearer {token}", *words], capture_output=True, text=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), json.loads(body or "{}")


def wait(server: Server, run: str) -> dict:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        status = server.ask("GET", f"/api/pipeline/status/{run}").json
        if status["status"] not in ["QUEUED", "STARTED"]:
            return status
        time.sleep(0.1)
    return status


options = ["--runs", "runs", "--jobs", "jobs", "--data", "data", "--configurations", "own", "--access-log", "access.log"]
with Server(place, *options) as server:
    url = f"http://{server.host}"
    # What is reported over HTTP: good ones are taken, others named.
    items = [dict(zip(["application_id", "event", "occurred_on", "seen_until", "external_key"], row)) for row in outcomes[-4:]]
    wrong = {**items[0], "external_key": "other", "occurred_on": "2025-02-01", "seen_until": "2025-01-01"}
    taken = server.ask("POST", "/api/outcomes", {"items": items + [wrong]}, token=anna)
    expect("outcomes", (taken.status, taken.json.get("appended"), taken.json.get("repeated")), (200, 3, 1))
    expect("the wrong one", [one["index"] for one in taken.json.get("rejected", [])], [4])
    expect("outcomes again", server.ask("POST", "/api/outcomes", {"items": items}, token=anna).json.get("repeated"), 4)
    expect("an event that is none", server.ask("POST", "/api/outcomes", {"items": [{**items[0], "event": "lost"}]}, token=anna).status, 422)
    expect("by a viewer", server.ask("POST", "/api/outcomes", {"items": items}, token=vic).status, 403)

    # 1. Trigger ML Pipeline
    trigger = "/api/pipeline/trigger/ml_training_pipeline"
    words = ["-X", "POST", url + trigger, "-H", "Content-Type: application/json", "-d", '{\n  "batch_id": "BATCH_001"\n}']
    status, run = curl(server, *words, "-H", "Idempotency-Key: one", token=anna)
    expect("the first request", (status, run.get("pipeline"), run.get("status"), run.get("batch_id")),
           (202, "ml_training_pipeline", "QUEUED", "BATCH_001"), (202, "ml_training_pipeline", "STARTED", "BATCH_001"))
    if status != 202:
        print(run)
    expect("asked again", curl(server, *words, "-H", "Idempotency-Key: one", token=anna)[1].get("run_id"), run.get("run_id"))
    second = server.ask("POST", trigger, {"batch_id": "BATCH_001"}, token=anna)
    expect("one at a time", second.status, 409, 202)
    expect("an unknown batch", server.ask("POST", trigger, {"batch_id": "BATCH_002"}, token=anna).status, 404)
    expect("a broken body", server.ask("POST", trigger, b"{", token=anna).kind, "bad-json")
    expect("another pipeline", server.ask("POST", "/api/pipeline/trigger/nightly", {"batch_id": "B"}, token=anna).status, 404, 422)
    expect("by a viewer", server.ask("POST", trigger, {"batch_id": "BATCH_001"}, token=vic).status, 403)
    done = wait(server, run["run_id"])
    expect("the run", (done["status"], done["fault"], done["compared_with"]), ("SUCCESS", None, None))
    assets = done["assets"]
    expect("its assets", {name: asset["status"] for name, asset in assets.items()},
           {"generate_scorecard_labels": "SUCCESS", "train_model_asset": "SUCCESS", "refine_scorecard": "SUCCESS"})
    model_id, version = assets["train_model_asset"]["output"]["model_id"], assets["refine_scorecard"]["output"]["new_version"]
    expect("its runs", [one["run_id"] for one in server.ask("GET", "/api/pipeline/runs?batch_id=BATCH_001&status=SUCCESS").json["items"]][-1:], [run["run_id"]])
    expect("told to end when it has", server.ask("POST", f"/api/pipeline/cancel/{run['run_id']}", token=anna).status, 200)

    # 2. Get Model Status
    status, model = curl(server, f"{url}/api/pipeline/models/{model_id}", token=vic)
    expect("the second request", (status, model.get("model_type"), model.get("batch_id"), model.get("status")), (200, "logistic_regression", "BATCH_001", "draft"))
    expect("its area", 0.6 < model["metrics"]["auc_roc"] < 0.9 and model["metrics"]["auc_ci"][0] < model["metrics"]["auc_roc"], True)
    expect("its importance", [one["feature"] for one in model["feature_importance"]], ["debt", "age"], ["age", "debt"])
    expect("what it foretells", {name: model["training"].get(name) for name in ["outcome_type", "window_days", "labels"]},
           {"outcome_type": "default", "window_days": 180, "labels": "built"})
    expect("how its importance is measured", (model["importance_measure"], all("information_value" in one for one in model["feature_importance"])),
           ("standardised_coefficient", True))
    expect("its versions", [one["state"] for one in model["versions"]], ["draft"])
    expect("its run", model["data_sha256"], json.loads(place.run("labels", "batches", "--json"))["items"][0]["source_sha256"], model["data_sha256"])
    for name in ["none", "..%2Fx", "%2e%2e", "a%00b"]:
        expect(f"model {name}", server.ask("GET", f"/api/pipeline/models/{name}").status, 404, 422, 400)
    expect("the list", [one["model_id"] for one in server.ask("GET", "/api/pipeline/models?model_type=logistic_regression&sort=-created_at").json["items"]][-1:], [model_id])
    expect("the command line's", json.loads(place.run("models", "show", model_id, "--store", "decisions.sqlite", "--json")), model)

    # 3. List Scorecard Versions
    status, versions = curl(server, f"{url}/api/scoring/versions", token=vic)
    mine = [one for one in versions["items"] if one["version"] == version]
    expect("the third request", (status, [(one["state"], one["model_id"], one["gates"]) for one in mine]), (200, [("draft", model_id, "pass")]))
    expect("drafts only", len(server.ask("GET", "/api/scoring/versions?status=active").json["items"]), 0)

    # 4. Activate Scorecard Version
    activate = ["-X", "POST", f"{url}/api/scoring/versions/{version}/activate"]
    status, refused = curl(server, *activate, token=boris)
    expect("without approval", (status, refused.get("type")), (409, "urn:cutline:problem:not-approved"))
    expect("submit", server.ask("POST", f"/api/scoring/versions/{version}/submit", token=anna).status, 200)
    expect("her own", server.ask("POST", f"/api/scoring/versions/{version}/approve", {"reason": "mine"}, token=anna).status, 403)
    expect("approve", server.ask("POST", f"/api/scoring/versions/{version}/approve", {"reason": "seen"}, token=boris).status, 200)
    status, active = curl(server, *activate, token=boris)
    expect("the fourth request", (status, active["version"]["state"]), (200, "active"))
    expect("asked again", curl(server, *activate, token=boris)[1].get("changed"), False)

    # A second training refines what is in force.
    if second.status == 202:
        wait(server, second.json["run_id"])
    # Without a base the card in force is compared with: the same again is no improvement, and this ends the run.
    default = wait(server, server.ask("POST", trigger, {"batch_id": "BATCH_001"}, token=anna).json["run_id"])
    expect("compared by itself", (default["status"], default["compared_with"]), ("FAILURE", version))
    reported = wait(server, server.ask("POST", trigger, {"batch_id": "BATCH_001", "config": {"plan": "report"}}, token=anna).json["run_id"])
    expect("reported", (reported["status"], reported["fault"], reported["compared_with"]), ("SUCCESS", None, version))
    draft = server.ask("GET", f"/api/scoring/versions/{reported['assets']['refine_scorecard']['output'].get('new_version')}").json
    expect("its base and gates", (draft.get("base_version"), draft.get("gates"), draft.get("failed_gates")), (version, "fail", ["improvement"]))
    refining = server.ask("POST", trigger, {"batch_id": "BATCH_001", "config": {"scorecard_version": "@active", "alpha": 0.3, "observation_window_days": 90}}, token=anna)
    expect("a refinement", refining.status, 202)
    done = wait(server, refining.json["run_id"])
    expect("its end", (done["status"], done["fault"]), ("SUCCESS", None))
    refined = server.ask("GET", f"/api/scoring/versions/{done['assets']['refine_scorecard']['output'].get('new_version')}").json
    expect("its draft", (refined.get("state"), refined.get("source"), refined.get("base_version")), ("draft", "ml_refined", version))
    compared = server.ask("GET", f"/api/scoring/versions/{refined.get('version')}/compare?with={version}")
    expect("compared", (compared.status, sorted(one["feature"] for one in compared.json.get("shares", []))), (200, ["age", "debt"]))
    by_hand = server.ask("POST", "/api/scoring/versions", {"base_version": version, "model_id": model_id, "alpha": 1, "version": "by-hand"}, token=anna)
    expect("a draft of a model", (by_hand.status, by_hand.json.get("model_id")), (201, model_id))
    run_name = server.ask("GET", "/api/runs?limit=1").json["items"][0]["name"]
    of_run = server.ask("POST", "/api/scoring/versions", {"run": run_name, "batch_id": "BATCH_001", "version": "of-run"}, token=anna)
    expect("a draft of a run", (of_run.status, of_run.json.get("source")), (201, "run"))
    expect("of none", server.ask("POST", "/api/scoring/versions", {"run": "none"}, token=anna).status, 404)
    expect("of two", server.ask("POST", "/api/scoring/versions", {"run": run_name, "model_id": model_id}, token=anna).status, 422)
    expect("the log", server.ask("POST", "/api/audit/verify", token=root).json["sound"], True)
    expect("no application in it", any(f'"A{n}"' in server.ask("GET", "/api/audit?limit=200").body.decode() for n in [1, 17, 3999]), False)
    expect("nor in the access log", "A3999" in (place.folder / "access.log").read_text(), False)
    expect("the end", server.stop(), 0)
history = place.run("models", "history", "--type", "logistic_regression")
expect("history", model_id in history and "AUC" in history, True)
failures.end()
