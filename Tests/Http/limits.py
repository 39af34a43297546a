"""Oversized and slow requests, wrong methods and bodies, traversals.

usage: limits.py TOOL FOLDER
"""
import http.client
import json
import re
import socket
import sys
import time

from harness import Failures, Place, Server

failures = Failures()
expect = failures.expect
server = Server(
    Place(*sys.argv[1:3]), "--idle-seconds", "1", "--request-seconds", "2", "--connections", "20", command="dashboard")
PORT, HOST = server.port, server.host
TOKEN = re.search(r"token=([0-9a-f]{64})", server.out.read_text())[1]


def ask(method: str, path: str, body=None, fields=None, raw=False):
    # On a busy machine sending may take longer than the two seconds that this server gives a request.
    for attempt in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
        try:
            connection.request(
                method, path, body() if callable(body) else body, {"Authorization": f"Bearer {TOKEN}", **(fields or {})},
                encode_chunked=callable(body))
            answer = connection.getresponse()
            break
        except ConnectionError:
            connection.close()
            if attempt == 4:
                raise
    data = answer.read()
    connection.close()
    return (answer, data) if raw else answer.status


JSON = {"Content-Type": "application/json"}
PATH = "/api/session"

# Sizes.
expect("a body of 4 KiB and one", ask("POST", PATH, b"a" * 4097, JSON), 413)
expect("a body of 2 MiB", ask("POST", PATH, b"a" * (2 << 20), JSON), 413)
expect("chunks of 2 MiB", ask("POST", PATH, lambda: iter([b"a" * 65536] * 32), {**JSON, "Transfer-Encoding": "chunked"}), 413)
expect("a header of 20 KiB", ask("GET", "/healthz", None, {"X-Thing": "a" * 20000}), 431)
expect("300 lines", ask("GET", "/healthz", None, {f"X-Thing-{n}": "1" for n in range(150)}), 431)
expect("a target of 9,000 bytes", ask("GET", "/" + "a" * 9000), 414)
expect("40 levels", ask("POST", PATH, b"[" * 40 + b"]" * 40, JSON), 400)
expect("no JSON", ask("POST", PATH, b"{token: 1}", JSON), 400)
expect("a key twice", ask("POST", PATH, b'{"token":"a","token":"b"}', JSON), 400)
expect("no UTF-8", ask("POST", PATH, b'{"token":"\xff"}', JSON), 400)
expect("a form", ask("POST", PATH, b"token=1", {"Content-Type": "application/x-www-form-urlencoded"}), 415)
expect("another member", ask("POST", PATH, b'{"tokn":"x"}', JSON), 422)
answer, data = ask("POST", PATH, b'{"tokn":"x"}', JSON, raw=True)
problem = json.loads(data)
expect("pointers", sorted(e["pointer"] for e in problem["errors"]), ["", "/token"])
expect("a problem's type", answer.getheader("Content-Type"), "application/problem+json")
expect("an unknown parameter", ask("GET", "/healthz?x=1"), 422)

# Methods.
for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"]:
    answer, _ = ask(method, "/healthz", raw=True)
    expect(f"{method} /healthz", answer.status, 405)
    expect(f"Allow of {method}", answer.getheader("Allow"), "GET, HEAD")
answer, data = ask("HEAD", "/healthz", raw=True)
expect("HEAD", (answer.status, data, int(answer.getheader("Content-Length")) > 0), (200, b"", True))

# Traversals: only 404, or 400 where it is no target at all.
roots = ["", "/api", "/api/scoring/versions", "/static"]
steps = [
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "..%c0%af", "..%ef%bc%8f", "%c0%ae%c0%ae/",
    "....//", "..;/", "..%00/", "%uff0e%uff0e/", "..%255c", "/./../", "..%0d%0a/", "~root/", "file:///", "..%2f..%5c",
]
targets = [f"{root}/{step * 4}{end}" for root in roots for step in steps for end in ["etc/passwd", "decisions.sqlite", "x%00.json"]]
assert len(targets) >= 200
for target in targets:
    with socket.create_connection(("127.0.0.1", PORT), timeout=5) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        data = b""
        while piece := connection.recv(65536):
            data += piece
        status = int(data.split(b" ", 2)[1])
        expect(f"traversal {target}", status, 404, 400)
        if b"root:" in data or b"SQLite" in data:
            failures.append(f"traversal {target}: it got something")

# Slow: a byte every 0.4 seconds is never silent for one, and ends after two all the same.
def dribble(at_once: bytes, slowly: bytes) -> float:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
        connection.sendall(at_once)
        for place in range(len(slowly)):
            try:
                connection.sendall(slowly[place : place + 1])
                connection.settimeout(0.4)
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    return time.monotonic() - began


header = f"POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: 60\r\n"
for what, at_once, slowly in [
    ("a header", b"", header.encode() + b"X-Thing: " + b"a" * 60), ("a body", header.encode() + b"\r\n", b" " * 60),
]:
    seconds = dribble(at_once, slowly)
    if not 1.5 < seconds < 5:
        failures.append(f"{what} in drops was let go after {seconds:.1f} s")
began = time.monotonic()
with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
    connection.settimeout(8)
    connection.recv(1)
if not 0.5 < time.monotonic() - began < 4:
    failures.append(f"silence was let go after {time.monotonic() - began:.1f} s")

# One connection too many.
held = [socket.create_connection(("127.0.0.1", PORT), timeout=5) for _ in range(20)]
time.sleep(0.2)
connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
connection.request("GET", "/healthz")
answer = connection.getresponse()
expect("a connection too many", (answer.status, answer.getheader("Retry-After") is not None), (503, True))
for one in held:
    one.close()
connection.close()
time.sleep(0.3)
expect("afterwards", ask("GET", "/healthz"), 200)

expect("the end", server.stop(), 0)
failures.end()
