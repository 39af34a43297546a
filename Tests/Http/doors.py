"""Who may come in, and what the store's routes answer: tokens, sessions, origins, roles, repeats, conditions, lists, the log of requests.

usage: doors.py TOOL FOLDER
"""
import json
import re
import sys
import threading

from harness import Failures, Place, Server

CANARY = "Zaphod-Beeblebrox-19790308"
failures = Failures()
expect = failures.expect
place = Place(*sys.argv[1:3])
place.people()


def draft(server: Server, version: str, token: str, **more):
    made = {"name": "gates", "text": "gate,state\nproof,PASS\n", "made_at": NOW}
    return server.ask(
        "POST", "/api/scoring/versions",
        {"kind": "strategy", "version": version, "content": {"n": version}, "evidence": [made], **more}, token=token)


def act(server: Server, version: str, action: str, token: str, body=None, **fields):
    return server.ask("POST", f"/api/scoring/versions/{version}/{action}", body or {}, token=token, **fields)


def approved(server: Server, version: str) -> None:
    expect(f"draft {version}", draft(server, version, anna).status, 201)
    expect(f"submit {version}", act(server, version, "submit", anna).status, 200)
    expect(f"approve {version}", act(server, version, "approve", boris, {"reason": "seen"}).status, 200)


root, vic, anna, boris, cora = (place.token(name) for name in ["root", "vic", "anna", "boris", "cora"])
with Server(place, "--access-log", "access.log") as server:
    NOW = server.ask("GET", "/api/audit/head").json["at"]

    # A second server, and commands that write, beside the first.
    place.run("serve", "--port", "0", right=6)
    place.run("version", "list")
    import subprocess
    same = subprocess.run([place.tool, "serve", "--store", "none.sqlite", "--port", str(server.port)], cwd=place.folder, capture_output=True, text=True)
    expect("a port in use", (same.returncode, "is in use" in same.stderr), (7, True))

    # Tokens.
    expect("reading needs none here", server.ask("GET", "/api/scoring/versions").status, 200)
    expect("writing does", server.ask("POST", "/api/products", {"product": "x"}).status, 401)
    expect("rows of people do", server.ask("GET", "/api/principals").status, 401)
    expect("behind somebody all does", server.ask("GET", "/api/scoring/versions", X_Forwarded_For="10.0.0.1").status, 401)
    expect("a wrong token", server.ask("GET", "/api/scoring/versions", token="0" * 64).status, 401)
    expect("no token", server.ask("GET", "/api/scoring/versions", Authorization="Basic YTpi").status, 401)
    expect("a lower role", server.ask("GET", "/api/principals", token=cora).kind, "forbidden")
    expect("the right one", server.ask("GET", "/api/principals", token=root).status, 200)
    added = server.ask("POST", "/api/principals", {"name": "dora", "role": "viewer"}, token=root, Idempotency_Key="dora")
    dora = added.json["token"]
    expect("adding", (added.status, len(dora)), (201, 64))
    again = server.ask("POST", "/api/principals", {"name": "dora", "role": "viewer"}, token=root, Idempotency_Key="dora")
    expect("a token is shown once", (again.status, again.json["token"], again.fields["Idempotent-Replay"]), (201, None, "true"))
    expect("dora", server.ask("GET", "/api/session", token=dora).json["principal"], "dora")
    expect("disabling", server.ask("POST", "/api/principals/dora/disable", token=root).status, 200)
    expect("a disabled one's", server.ask("GET", "/api/session", token=dora).status, 401)
    ended = server.ask("POST", "/api/principals", {"name": "eva", "role": "viewer", "expires_at": "2020-01-01"}, token=root)
    expect("an end that is past", ended.status, 422)

    # Hosts and origins.
    expect("another Host", server.ask("GET", "/healthz", Host="evil.example").status, 421)
    expect("another port", server.ask("GET", "/healthz", Host="127.0.0.1:1").status, 421)
    expect("localhost", server.ask("GET", "/healthz", Host=f"localhost:{server.port}").status, 200)
    sent = {"product": "loan"}
    for fields in [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}]:
        expect(f"{fields}", server.ask("POST", "/api/products", sent, token=root, **fields).kind, "origin")
    expect("its own origin", server.ask("POST", "/api/products", sent, token=root, Origin=f"http://{server.host}").status, 201)
    for field in ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods"]:
        expect(field, server.ask("GET", "/healthz", Origin="http://evil.example").fields[field], None)

    # Sessions.
    signed = server.ask("POST", "/api/session", {"token": root})
    cookie = signed.fields["Set-Cookie"]
    expect("the cookie", bool(re.fullmatch(rf"cutline_{server.port}=[0-9a-f]{{64}}; Path=/; HttpOnly; SameSite=Strict", cookie)), True)
    session = {"Cookie": cookie.split(";")[0]}
    csrf = signed.json["csrf_token"]
    expect("who", server.ask("GET", "/api/session", **session).json["csrf_token"], csrf)
    expect("reading in a session", server.ask("GET", "/api/principals", **session).status, 200)
    expect("a form", server.ask("POST", "/api/products", b"product=x", Content_Type="application/x-www-form-urlencoded", **session).kind, "csrf")
    expect("a wrong page's token", server.ask("POST", "/api/products", {"product": "x"}, X_CSRF_Token="0" * 64, **session).kind, "csrf")
    expect("the page's token", server.ask("POST", "/api/products", sent, X_CSRF_Token=csrf, **session).status, 201)
    expect("another cookie", server.ask("GET", "/api/principals", Cookie=f"cutline_{server.port}=" + "0" * 64).status, 401)
    expect("signing out", server.ask("DELETE", "/api/session", X_CSRF_Token=csrf, **session).json, {"ended": True})
    expect("afterwards", server.ask("GET", "/api/principals", **session).status, 401)
    expect("signing in wrongly", server.ask("POST", "/api/session", {"token": "0" * 64}).status, 401)

    # From a draft to what is in force.
    made = draft(server, "v1", anna, notes="first")
    expect("a draft", (made.status, made.json["state"]), (201, "draft"))
    content = server.ask("GET", "/api/scoring/versions/v1/content").body
    expect("its bytes", content, b'{"n": "v1"}')
    expect("early", act(server, "v1", "activate", boris).kind, "not-approved")
    expect("no gates", draft(server, "v0", anna, evidence=[]).status, 201)
    expect("no gates, submitted", act(server, "v0", "submit", anna).kind, "gate-failed")
    expect("submit", act(server, "v1", "submit", anna).status, 200)
    expect("no reason", act(server, "v1", "approve", boris).status, 422)
    tag = server.ask("GET", "/api/scoring/versions/v1").fields["ETag"]
    expect("approve", act(server, "v1", "approve", boris, {"reason": "seen"}, If_Match=tag).status, 200)
    expect("it has changed", act(server, "v1", "activate", boris, If_Match=tag).kind, "precondition")
    expect("its creator may not", act(server, "v1", "approve", anna, {"reason": "mine"}).kind, "forbidden")
    done = act(server, "v1", "activate", boris, Idempotency_Key="k")
    expect("in force", (done.status, done.json["changed"]), (200, True))
    repeated = act(server, "v1", "activate", boris, Idempotency_Key="k")
    expect("asked again", (repeated.body, repeated.fields["Idempotent-Replay"]), (done.body, "true"))
    expect("with its tag", repeated.fields["ETag"], done.fields["ETag"])
    expect("another request", act(server, "v1", "retire", boris, {"reason": "x"}, Idempotency_Key="k").kind, "idempotency-conflict")
    expect("no more a draft", act(server, "v1", "submit", anna).kind, "conflict")
    expect("nothing there", act(server, "v9", "submit", anna).kind, "not-found")
    expect("a later one", server.ask("PUT", "/api/scoring/aliases/champion", {"version": "v1"}, token=anna).json["version"], "v1")
    expect("by its alias", server.ask("GET", "/api/scoring/versions/@champion?kind=strategy").json["version"], "v1")

    # The command line gives the same bytes.
    for path, words in [
        ("/api/scoring/versions/v1", ["version", "show", "v1"]), ("/api/scoring/versions?all=true", ["version", "list", "--all"]),
        ("/api/scoring/active", ["version", "live"]), ("/api/scoring/versions/v1/events", ["version", "history", "v1"]),
        ("/api/scoring/aliases", ["alias", "list"]), ("/api/products", ["product", "list"]), ("/api/audit", ["audit", "log"]),
        ("/api/principals", ["principal", "list"]),
    ]:
        answer = server.ask("GET", path, token=root)
        expect(path, (answer.status, answer.body.decode() == place.run(*words, "--json")), (200, True))
    proof = place.run("audit", "prove", "3")
    expect("a proof", server.ask("GET", "/api/audit/proof/3").body.decode(), proof)
    expect("the log", server.ask("POST", "/api/audit/verify", token=root).json["sound"], True)

    # Lists, page by page; a cursor is of its list only.
    seen, path = [], "/api/audit?limit=7"
    while path:
        answer = server.ask("GET", path)
        seen += [record["seq"] for record in answer.json["items"]]
        link = answer.fields["Link"]
        path = re.fullmatch(r'<([^>]*)>; rel="next"', link)[1] if link else None
        cursor = answer.json["next_cursor"] or cursor
    expect("all of the log", seen, list(range(len(seen), 0, -1)))
    expect("another list's cursor", server.ask("GET", f"/api/products?cursor={cursor}").status, 422)
    expect("with another filter", server.ask("GET", f"/api/audit?actor=anna&cursor={cursor}").status, 422)
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    expect("a changed one", server.ask("GET", f"/api/audit?limit=7&cursor={flipped}").status, 422)

    # A hundred activations at once: one is in force whenever one looks.
    for name in ["v2", "v3", "v4"]:
        approved(server, name)
    statuses: list[int] = []
    wrong: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            items = server.ask("GET", "/api/scoring/active?kind=strategy").json["items"]
            if len(items) != 1:
                wrong.append(f"{len(items)} in force")

    watcher = threading.Thread(target=look)
    watcher.start()
    racers = [threading.Thread(target=lambda n=n: statuses.append(act(server, f"v{2 + n % 3}", "activate", [boris, cora][n % 2]).status)) for n in range(100)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    stop.set()
    watcher.join()
    expect("each is done or refused", set(statuses) <= {200, 409} and len(statuses) == 100, True)
    expect("one is in force at any time", wrong[:1], [])
    expect("the log of it", server.ask("POST", "/api/audit/verify", token=root).json["sound"], True)

    # What is personal comes back in no problem, no line of the log and no count.
    answers = [
        server.ask("GET", f"/api/scoring/versions/{CANARY}", token=anna), server.ask("GET", f"/{CANARY}", token=anna),
        server.ask("GET", f"/api/scoring/versions?product={CANARY}"), server.ask("GET", f"/api/audit?{CANARY}={CANARY}"),
        server.ask("POST", "/api/scoring/versions", {CANARY: CANARY, "kind": CANARY}, token=anna),
        server.ask("POST", "/api/scoring/versions", f'{{"kind": "{CANARY}'.encode(), token=anna),
        draft(server, CANARY.lower(), anna, base_version=f"v{CANARY.lower()}"),
        act(server, CANARY.lower(), "submit", anna), server.ask("GET", f"/api/scoring/versions/@{CANARY.lower()}", token=anna),
        server.ask("POST", f"/api/principals/{CANARY}/disable", token=root),
        server.ask("GET", f"/api/scoring/versions/v1?product={CANARY.lower()}"),
        act(server, "v1", "waivers", cora, {"gate": CANARY.lower(), "expires_on": "2999-01-01", "reason": CANARY}),
        server.ask("GET", "/healthz", Host=CANARY), server.ask("GET", "/healthz", token=CANARY),
    ]
    for number, answer in enumerate(answers):
        expect(f"canary {number} is refused", answer.status >= 400, True)
        expect(f"canary {number}", CANARY.lower() in answer.body.decode().lower(), False)
    counts = server.ask("GET", "/metrics").body.decode()
    expect("counts", CANARY.lower() in counts.lower(), False)

    # Counts as Prometheus reads them.
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError:
        print("not compared: prometheus-client is not installed", file=sys.stderr)
    else:
        families = {family.name: family for family in text_string_to_metric_families(counts)}
        total = sum(sample.value for sample in families["cutline_http_requests"].samples)
        expect("requests are counted", total > 100, True)
        expect("durations", families["cutline_http_request_seconds"].type, "histogram")
        expect("records", families["cutline_store_records"].samples[0].value > 20, True)

    # Fields of every answer.
    for path in ["/", "/healthz", "/nothing", "/api/openapi.json"]:
        fields = server.ask("GET", path).fields
        expect(f"{path} nosniff", fields["X-Content-Type-Options"], "nosniff")
        expect(f"{path} policy", fields["Content-Security-Policy"].startswith("default-src 'none'"), True)
        expect(f"{path} is not kept", fields["Cache-Control"], "no-store")
    page = server.ask("GET", "/").body.decode()
    expect("no script", "<script" in page or "http://" in page, False)

    # Wrong tokens without end.
    limited = [server.ask("GET", "/api/session", token="1" * 64).status for _ in range(12)]
    expect("too many wrong tokens", limited[-1], 429)
    expect("a right one all the same", server.ask("GET", "/api/session", token=vic).status, 200)
    expect("the end", server.stop(), 0)

log = (place.folder / "access.log").read_text()
expect("the log of requests", CANARY.lower() in log.lower() or "v1" in log, False)
shape = re.compile(r"\S+Z (GET|HEAD|POST|PUT|DELETE|-) (/\S*|-) \d{3} \d+ \d+ \S+")
expect("its lines", [line for line in log.splitlines() if not shape.fullmatch(line)][:1], [])
expect("its file is its owner's", oct((place.folder / "access.log").stat().st_mode & 0o777), "0o600")
expect("standard error", CANARY.lower() in server.log.read_text().lower(), False)
place.run("audit", "verify")

# Elsewhere than here: nothing but health without a token.
with Server(place, "--require-token") as server:
    for path, right in [("/healthz", 200), ("/readyz", 401), ("/metrics", 401), ("/", 401), ("/api/scoring/versions", 401), ("/api/openapi.json", 401)]:
        expect(f"elsewhere {path}", server.ask("GET", path).status, right)
        expect(f"elsewhere, as vic, {path}", server.ask("GET", path, token=vic).status, 200)

# Without a store: an address with a token, exchanged for a cookie.
with Server(place, command="dashboard") as server:
    address = server.out.read_text().strip()
    token = address.rpartition("token=")[2]
    answer = server.ask("GET", f"/?token={token}")
    expect("to the clean address", (answer.status, answer.fields["Location"]), (303, "/"))
    session = {"Cookie": answer.fields["Set-Cookie"].split(";")[0]}
    expect("signed in", server.ask("GET", "/api/session", **session).json["role"], "analyst")
    expect("a wrong address", server.ask("GET", "/?token=" + "0" * 64).status, 401)
    expect("no store", server.ask("GET", "/api/scoring/versions").status, 404)
    expect("printed once", token in server.log.read_text(), False)
failures.end()
