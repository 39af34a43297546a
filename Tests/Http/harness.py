"""A server of the tool under test, its people, and requests to it; for the programs beside this one."""
from __future__ import annotations

import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import time


class Failures(list):
    """What was not as it must be, in words."""

    def expect(self, what: str, got, *right) -> None:
        if got not in right:
            self.append(f"{what}: {got!r}, not {' or '.join(map(repr, right))}")

    def end(self) -> None:
        """Says all of it, and how many there are."""
        print(json.dumps(self, indent=1))
        sys.exit(1 if self else 0)


class Answer:
    def __init__(self, answer: http.client.HTTPResponse, body: bytes):
        self.status, self.fields, self.body = answer.status, answer.headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """Which problem it is."""
        return self.json["type"].removeprefix("urn:cutline:problem:")


class Place:
    """A folder with a store and people, whose tokens lie in files of their names."""

    def __init__(self, tool: str, folder: str):
        self.tool, self.folder = tool, pathlib.Path(folder)

    def run(self, *words: str, right: int = 0) -> str:
        done = subprocess.run([self.tool, *words], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == right, f"{words}: {done.returncode}\n{done.stderr}"
        return done.stdout

    def token(self, name: str) -> str:
        return (self.folder / name).read_text().strip()

    def people(self) -> None:
        self.run("store", "init", "--admin", "root", "--write-token", "root")
        self.run("product", "add", "loan", "--token-file", "root")
        for name, role in [("vic", "viewer"), ("anna", "analyst"), ("boris", "approver"), ("cora", "approver")]:
            self.run("principal", "add", name, "--role", role, "--write-token", name, "--token-file", "root")


class Server:
    """The tool while it serves. Ends with SIGTERM, and says how that went."""

    def __init__(self, place: Place, *words: str, command: str = "serve"):
        self.place = place
        self.log = place.folder / f"{command}-{time.monotonic_ns()}.log"
        self.out = self.log.with_suffix(".out")
        with open(self.log, "wb") as err, open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                [place.tool, command, "--port", "0", *words], cwd=place.folder, stdout=out, stderr=err,
                stdin=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            found = re.search(r"http://[^/]*:(\d+)/", self.log.read_text() + self.out.read_text())
            if found:
                break
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.01)
        self.port = int(found[1])
        self.host = f"127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def ask(self, method: str, path: str, body=None, token: str | None = None, **fields: str) -> Answer:
        """One request on a connection of its own. `body` is sent as JSON where it is no bytes; `_` in names of fields is a dash."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, (bytes, bytearray)):
            body = json.dumps(body).encode()
        if body is not None:
            named.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        skip = "Host" in named
        connection.putrequest(method, path, skip_host=skip, skip_accept_encoding=True)
        if body is not None:
            named["Content-Length"] = str(len(body))
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        result = Answer(answer, answer.read())
        connection.close()
        return result
