"""Opens a page in headless Chromium and says what a reader, a screen reader and a validator would object to.

usage: page.py PAGE [--run FOLDER] [--axe axe.min.js] [--shots FOLDER] [--no-scripts]

Speaks to chromedriver by its HTTP protocol; needs nothing of PyPI. Prints one JSON object:
  console     messages of the console of level SEVERE or WARNING
  requests    addresses that the page asked for, but its own
  violations  findings of axe-core: impact, id, how many nodes, the first node
  numbers     how many <data> elements were found in the tables of --run, and those that were not
  alerts      whether a dialog was opened (an injected script that ran)
  title, scripts, bytes, width (of the document at 390 px)
"""
import argparse, base64, csv, io, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

SIZES = {"wide": (1440, 900), "narrow": (390, 844)}


class Browser:
    def __init__(self, scripts=True):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.profile = tempfile.mkdtemp(prefix="cutline-page-")
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}", "--silent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if self.call("GET", "/status")["ready"]:
                    break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                     "--disable-background-networking", f"--user-data-dir={self.profile}"],
            "binary": shutil.which("chromium"),
        }
        if not scripts:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "ignore"}}})
        self.session = "/session/" + made["sessionId"]
        self.timeouts({"script": 120_000})

    def call(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].split("\n")[0]) from None

    def __getattr__(self, name):
        return lambda body=None: self.call("POST", f"{self.session}/{name}", body)

    def command(self, name, params=None):
        return self.call("POST", f"{self.session}/goog/cdp/execute", {"cmd": name, "params": params or {}})

    def run(self, script, *args):
        return self.call("POST", f"{self.session}/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script, *args):
        return self.call("POST", f"{self.session}/execute/async", {"script": script, "args": list(args)})

    def logs(self, kind):
        return self.call("POST", f"{self.session}/se/log", {"type": kind})

    def close(self):
        try:
            self.call("DELETE", self.session)
        except Exception:
            pass
        self.driver.terminate()
        self.driver.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def screenshots(browser, folder, name):
    os.makedirs(folder, exist_ok=True)
    looks = [(size, look) for size in SIZES for look in ("light", "dark")]
    for size, look in looks:
        width, height = SIZES[size]
        browser.command("Emulation.setDeviceMetricsOverride",
                        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "narrow"})
        browser.command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": look}]})
        time.sleep(0.5)
        shot = browser.command("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
        pathlib.Path(folder, f"{name}-{size}-{look}.png").write_bytes(base64.b64decode(shot["data"]))
    browser.command("Emulation.clearDeviceMetricsOverride")
    browser.command("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    pdf = browser.command("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
    pathlib.Path(folder, f"{name}-print.pdf").write_bytes(base64.b64decode(pdf["data"]))
    browser.command("Emulation.setEmulatedMedia", {"media": "", "features": []})


def axe_script(path):
    """`installed`: that of the Python environment, where it has one."""
    if path != "installed":
        return path
    found = [p for folder in sys.path for p in pathlib.Path(folder or ".").glob("axe_playwright_python/axe.min.js")]
    return found[0] if found else None


def fields(run):
    """Every field of every table, by path."""
    found = {}
    for path in pathlib.Path(run).rglob("*.csv"):
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        found[str(path.relative_to(run))] = {field for row in rows for field in row}
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("--run")
    parser.add_argument("--axe")
    parser.add_argument("--shots")
    parser.add_argument("--no-scripts", action="store_true")
    options = parser.parse_args()
    # A test runner may have blocked all signals; a browser that cannot hear of its children waits for ever.
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    page = pathlib.Path(options.page).resolve()
    browser = Browser(scripts=not options.no_scripts)
    try:
        result = {"bytes": page.stat().st_size, "alerts": False}
        browser.url({"url": page.as_uri()})
        time.sleep(0.5)
        if not options.no_scripts:
            # Pictures are drawn when they come into view.
            for element in range(browser.run("return document.querySelectorAll('figure').length")):
                browser.run("document.querySelectorAll('figure')[arguments[0]].scrollIntoView()", element)
                time.sleep(0.15)
            browser.run("scrollTo(0, 0)")
            time.sleep(0.3)
        try:
            browser.call("GET", f"{browser.session}/alert/text")
            result["alerts"] = True
            browser.call("POST", f"{browser.session}/alert/dismiss")
        except RuntimeError:
            pass
        result["console"] = [entry["message"] for entry in browser.logs("browser") if entry["level"] in ("SEVERE", "WARNING")]
        asked = []
        for entry in browser.logs("performance"):
            message = json.loads(entry["message"])["message"]
            # The browser opens a page of its own first.
            if message["method"] == "Network.requestWillBeSent" and message["params"]["documentURL"] == page.as_uri():
                asked.append(message["params"]["request"]["url"])
        result["requests"] = [url[:200] for url in asked if url != page.as_uri() and not url.startswith("data:")]
        if options.no_scripts:
            print(json.dumps(result))
            return
        result["title"] = browser.run("return document.title")
        result["scripts"] = browser.run("return [...document.scripts].filter(s => s.type !== 'application/json').length")
        # What is folded is read, too.
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        if options.run:
            tables = fields(options.run)
            shown = browser.run("return [...document.querySelectorAll('data')].map(d => [d.value, d.title, d.textContent])")
            wrong = []
            for value, title, text in shown:
                path = title.split(" · ")[-1]
                if value not in tables.get(path, set()):
                    wrong.append([value, path, text])
            result["numbers"] = {"found": len(shown) - len(wrong), "wrong": wrong[:10]}
        axe = axe_script(options.axe)
        if axe:
            source = pathlib.Path(axe).read_text(encoding="utf-8")
            report = browser.run_async(
                source + ";const done = arguments[arguments.length - 1];"
                "axe.run(document, {resultTypes: ['violations']}).then(r => done({version: axe.version, violations: "
                "r.violations.map(v => ({impact: v.impact, id: v.id, nodes: v.nodes.length, first: v.nodes[0].html.slice(0, 200),"
                " why: v.nodes[0].failureSummary.slice(0, 300)}))}), e => done({failed: String(e)}));")
            if "failed" in report:
                raise RuntimeError(report["failed"])
            result["axe"] = report["version"]
            result["violations"] = report["violations"]
        browser.command("Emulation.setDeviceMetricsOverride",
                        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
        result["width"] = browser.run("return document.documentElement.scrollWidth")
        browser.command("Emulation.clearDeviceMetricsOverride")
        if options.shots:
            browser.run("document.querySelectorAll('details').forEach(d => d.open = false)")
            screenshots(browser, options.shots, page.stem)
        print(json.dumps(result))
    finally:
        browser.close()


main()
