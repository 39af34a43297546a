"""The probes of RFC 9112: each gets the status that is right, and nothing that was smuggled is answered.

usage: probes.py TOOL FOLDER
"""
import socket
import sys

from harness import Failures, Place, Server

failures = Failures()
server = Server(Place(*sys.argv[1:3]), command="dashboard")
PORT, HOST = server.port, server.host


def ask(raw: bytes, wait: float = 3.0) -> dict:
    """What a server says to raw bytes: the statuses of all answers, and whether it closed the connection."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=wait) as connection:
        connection.sendall(raw)
        data, closed = b"", False
        connection.settimeout(wait)
        try:
            while True:
                piece = connection.recv(65536)
                if not piece:
                    closed = True
                    break
                data += piece
                connection.settimeout(0.6)
        except TimeoutError:
            pass
        except ConnectionResetError:
            closed = True
    statuses = []
    rest = data
    while rest.startswith(b"HTTP/1."):
        head, _, body = rest.partition(b"\r\n\r\n")
        statuses.append(int(head.split(b" ")[1]))
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        rest = body[length:]
    return {"statuses": statuses, "closed": closed}


def request(line: str = "GET /healthz HTTP/1.1", host: bool = True, *fields: str, body: bytes = b"") -> bytes:
    lines = [line] + ([f"Host: {HOST}"] if host else []) + list(fields)
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


SMUGGLED = f"GET /metrics HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
POST = "POST /api/session HTTP/1.1"

# name: bytes, the statuses that are right, whether the connection must be closed
PROBES = {
    "plain": (request(), [200], False),
    "two content-length": (request(POST, True, "Content-Length: 5", "Content-Length: 6", body=b"hello" + SMUGGLED), [400], True),
    "content-length and chunked": (
        request(POST, True, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED), [400], True),
    "unknown transfer coding": (request(POST, True, "Transfer-Encoding: gzip", body=b"hello"), [400, 501], True),
    "chunked not last": (request(POST, True, "Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"), [400, 501], True),
    "two host": (request("GET /healthz HTTP/1.1", True, "Host: evil.example"), [400], True),
    "no host": (request("GET /healthz HTTP/1.1", False), [400], True),
    "blank before colon": (request("GET /healthz HTTP/1.1", True, "X-Thing : 1"), [400], True),
    "folded line": (request("GET /healthz HTTP/1.1", True, "X-Thing: 1", " folded: 2"), [400], True),
    "nul in value": (request("GET /healthz HTTP/1.1", True, "X-Thing: a\0b"), [400], True),
    "nul beside a bare line feed": (
        f"POST /api/session HTTP/1.1\r\nHost: {HOST}\r\nX: 1\nContent-Length: 2\0\r\nY: 1\r\n\r\n{{}}".encode(), [400], True),
    "folded beside a bare line feed": (
        f"GET /healthz HTTP/1.1\nHost: {HOST}\r\nX-Thing: 1\r\n a\r\nY: 1\r\n\r\n".encode(), [400], True),
    "bare line feeds": (f"GET /healthz HTTP/1.1\nHost: {HOST}\n\n".encode(), [200, 400], None),
    "signed length": (request(POST, True, "Content-Length: +5", body=b"hello"), [400], True),
    "negative length": (request(POST, True, "Content-Length: -5", body=b"hello"), [400], True),
    "huge length": (request(POST, True, "Content-Length: 99999999999999999999999", body=b"hello"), [400, 413], True),
    "huge chunk": (request(POST, True, "Transfer-Encoding: chunked", body=b"ffffffffffffffffff\r\nhello"), [400, 413], True),
    "64 kB header": (request("GET /healthz HTTP/1.1", True, "X-Thing: " + "a" * 65536), [400, 413, 431], True),
    "HTTP/9.9": (request("GET /healthz HTTP/9.9"), [400, 505], True),
    "two transfer-encoding": (
        request(POST, True, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=b"0\r\n\r\n" + SMUGGLED), [400], True),
}

with server:
    for name, (raw, right, must_close) in PROBES.items():
        got = ask(raw)
        failures.expect(name, got["statuses"][:1], *[[status] for status in right])
        if must_close:
            failures.expect(f"{name}: closed", got["closed"], True)
        # What was smuggled is never answered.
        failures.expect(f"{name}: answers", len(got["statuses"]), 1)
    failures.expect("the end", server.stop(), 0)
failures.end()
