"""Runs that are listed, and jobs that are taken: over HTTP what the command line does, in the same bytes.

usage: work.py TOOL FOLDER
"""
import re
import sys
import time
import urllib.parse

from harness import Failures, Place, Server

failures = Failures()
expect = failures.expect
place = Place(*sys.argv[1:3])
place.people()
for folder in ["data", "own", "runs"]:
    (place.folder / folder).mkdir()
place.run("simulate", "--rows", "3000", "--seed", "5", "--output", "data/applications.csv", "--config", "config.toml")
text = (place.folder / "config.toml").read_text()
quick = 'eligible = "all"\nresamples = 0\nchanges_most = 2\npictures = "none"\n'
text = text.replace('eligible = "all"\n', quick)
text = re.sub(r'data_path = ".*"', f'data_path = "{place.folder / "data/applications.csv"}"', text)
(place.folder / "config.toml").write_text(text)
root, anna, vic = (place.token(name) for name in ["root", "anna", "vic"])


def wait(server: Server, job: str) -> dict:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        report = server.ask("GET", f"/api/jobs/{job}").json
        if report["state"] not in ["queued", "running", "cancelling"]:
            return report
        time.sleep(0.1)
    return report


options = ["--runs", "runs", "--jobs", "jobs", "--data", "data", "--configurations", "own", "--access-log", "access.log"]
with Server(place, *options) as server:
    asked = {"kind": "run", "name": "base", "configuration": {"text": text}}
    expect("somebody who may not", server.ask("POST", "/api/jobs", asked, token=vic).status, 403)
    expect("nobody", server.ask("POST", "/api/jobs", asked).status, 401)
    wrong = server.ask("POST", "/api/jobs", {**asked, "configuration": {"text": text + "\n[oops"}}, token=anna)
    expect("a broken configuration", (wrong.status, wrong.kind, len(wrong.json["errors"]) > 0), (422, "invalid-input", True))
    expect("both", server.ask("POST", "/api/jobs", {**asked, "configuration": {"text": "a", "name": "b"}}, token=anna).status, 422)
    outside = text.replace(str(place.folder / "data/applications.csv"), "/etc/passwd")
    refused = server.ask("POST", "/api/jobs", {**asked, "configuration": {"text": outside}}, token=anna)
    expect("a file elsewhere", (refused.status, "/etc/passwd" in refused.body.decode()), (422, False))
    expect("a name that is none", server.ask("POST", "/api/jobs", {**asked, "name": "../x"}, token=anna).status, 422)
    taken = server.ask("POST", "/api/jobs", asked, token=anna, Idempotency_Key="one")
    expect("taken", taken.status, 202)
    if taken.status != 202:
        print(taken.body.decode())
    job = taken.json["id"]
    again = server.ask("POST", "/api/jobs", asked, token=anna, Idempotency_Key="one")
    expect("asked again", (again.json["id"], again.fields["Idempotent-Replay"]), (job, "true"))
    done = wait(server, job)
    expect("done", (done["state"], done["exit_code"], done["by"]), ("succeeded", 0, "anna"))
    expect("its configuration", server.ask("GET", f"/api/jobs/{job}/configuration", token=anna).body.decode(), text)
    expect("not for a viewer", server.ask("GET", f"/api/jobs/{job}/configuration", token=vic).status, 403)
    expect("its output", server.ask("GET", f"/api/jobs/{job}/output", token=anna).status, 200)
    expect("the list", [item["id"] for item in server.ask("GET", "/api/jobs?state=succeeded").json["items"]], [job])
    expect("one that is done is not cancelled", server.ask("POST", f"/api/jobs/{job}/cancel", token=anna).status, 200)
    expect("nor resumed", server.ask("POST", f"/api/jobs/{job}/resume", token=anna).kind, "conflict")
    expect("no such job", server.ask("GET", "/api/jobs/01890a5d-ac96-774b-bcce-b302099a8057").status, 404)
    status = server.ask("GET", f"/api/pipeline/status/{job}").json
    expect("in the requirement's words", (status["run_id"], status["pipeline"], status["status"]), (job, "run", "SUCCESS"))
    expect("their list", len(server.ask("GET", "/api/pipeline/runs").json["items"]), 1)
    expect("another pipeline", server.ask("POST", "/api/pipeline/trigger/training", {k: v for k, v in asked.items() if k != "kind"}, token=anna).status, 404)
    second = server.ask("POST", "/api/pipeline/trigger/run", {"name": "second", "configuration": {"text": text}}, token=anna)
    expect("by the requirement's name", second.status, 202)
    expect("told to end", server.ask("POST", f"/api/pipeline/cancel/{second.json['run_id']}", token=anna).status, 200)
    expect("its end", wait(server, second.json["run_id"])["state"], "cancelled", "succeeded")

    # What the shelf has is what the run wrote.
    runs = server.ask("GET", "/api/runs?limit=1").json
    expect("runs", "base" in [item["name"] for item in server.ask("GET", "/api/runs").json["items"]], True)
    expect("a page of them", len(runs["items"]), 1)
    expect("one", server.ask("GET", "/api/runs/base").json["state"], "complete")
    manifest = (place.folder / "runs/base/manifest.json").read_bytes()
    expect("its manifest", server.ask("GET", "/api/runs/base/manifest").body == manifest, True)
    files = server.ask("GET", "/api/runs/base/files").json["items"]
    for file in files:
        path = urllib.parse.quote(file["path"], safe="")
        answer = server.ask("GET", f"/api/runs/base/file?path={path}", token=anna)
        expect(f"file {file['path']}", (answer.status, answer.body == (place.folder / "runs/base" / file["path"]).read_bytes()), (200, True))
        expect(f"its policy {file['path']}", answer.fields["Content-Security-Policy"].startswith("sandbox"), True)
        if file["personal"]:
            expect("rows are for analysts", server.ask("GET", f"/api/runs/base/file?path={path}", token=vic).status, 403)
            expect("and for somebody", server.ask("GET", f"/api/runs/base/file?path={path}").status, 401)
    for path in ["../../decisions.sqlite", "/etc/passwd", "data/../manifest.json", "data", "", "data/none.csv", "stages/../../../root"]:
        answer = server.ask("GET", f"/api/runs/base/file?path={urllib.parse.quote(path, safe='')}", token=root)
        expect(f"path {path}", answer.status, 404, 422)
    expect("no such run", server.ask("GET", "/api/runs/none").status, 404)
    expect("no way out", server.ask("GET", "/api/runs/base?segment=..").status, 404)
    outcome = place.run("run", "--config", "config.toml", "--output", "runs/base", "--json")
    expect("results are the command line's", server.ask("GET", "/api/runs/base/results").body.decode() == outcome, True)
    counts = server.ask("GET", "/metrics").body.decode()
    expect("counts of runs", 'cutline_runs{state="complete"}' in counts and 'cutline_alerts{severity=' in counts, True)
    expect("counts of jobs", 'cutline_jobs{state="succeeded"}' in counts, True)
    expect("the page names it", "base" in server.ask("GET", "/").body.decode(), True)
    expect("the end", server.stop(), 0)
# The state of jobs is in their folders.
with Server(place, *options) as server:
    expect("after a new start", server.ask("GET", f"/api/jobs/{job}").json["state"], "succeeded")
    damaged = place.folder / "runs/base/data/gates.csv"
    damaged.chmod(0o644)
    damaged.write_text(damaged.read_text() + "x")
    answer = server.ask("GET", "/api/runs/base/file?path=data%2Fgates.csv", token=anna)
    expect("a damaged file", (answer.status, answer.kind), (409, "damaged"))
    expect("the end", server.stop(), 0)
# One run alone.
with Server(place, "--output", "runs/base", command="dashboard") as server:
    expect("one run", [item["name"] for item in server.ask("GET", "/api/runs").json["items"]], ["base"])
    expect("no other one", server.ask("GET", "/api/runs/second").status, 404)
    expect("no jobs", server.ask("GET", "/api/jobs").status, 404)
    expect("the end", server.stop(), 0)
failures.end()
