"""What the server answers to generated requests is what its document says: schemathesis against /api/openapi.json.

usage: contract.py TOOL FOLDER [EXAMPLES]
"""
import importlib.util
import re
import subprocess
import sys

from harness import Failures, Place, Server

if importlib.util.find_spec("schemathesis") is None:
    print("not compared: schemathesis is not installed", file=sys.stderr)
    print("[]")
    sys.exit(0)
failures = Failures()
place = Place(*sys.argv[1:3])
examples = sys.argv[3] if len(sys.argv) > 3 else "2"
place.people()
(place.folder / "runs").mkdir()
with Server(place, "--access-log", "access.log", "--runs", "runs", "--jobs", "jobs") as server:
    words = [
        sys.executable, "-B", "-m", "schemathesis.cli", "run", f"http://{server.host}/api/openapi.json", "-H",
        f"Authorization: Bearer {place.token('root')}", "--max-examples", examples, "--seed", "1", "--phases", "fuzzing", "--no-color",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    ]
    done = subprocess.run(words, cwd=place.folder, capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        failures.append(done.stdout[-6000:] + done.stderr[-1000:])
    tested = re.search(r"Tested: (\d+)", done.stdout)
    failures.expect("operations are tried", tested is not None and int(tested[1]) > 50, True)
    failures.expect("the log", server.ask("POST", "/api/audit/verify", token=place.token("root")).json["sound"], True)
    failures.expect("the end", server.stop(), 0)
failures.end()
