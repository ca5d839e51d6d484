"""Opens pages as a slow telephone does, cold; run in the environment of the browser's tests.

390 px wide, a processor four times slower than this one, 1.6 Mbit/s with 150 ms to the server,
nothing kept of an earlier visit.
"""

import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    # what it keeps for later is fetched when everything has been shown
    "service_workers": "block",
}
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
CPU = 4
#: First words on the screen; and when the page's own script has run, so that all of it answers.
TIMES = """() => {
    const [visit] = performance.getEntriesByType("navigation");
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const first = paint.startTime;
    return {first, usable: Math.max(first, visit.domContentLoadedEventEnd)};
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
PROVED = ".o_water_proof [data-state=done]:not(.d-none)"


class Phone:
    """One visit after the other, each as if it were the first."""

    def __init__(self, chromium, setup):
        self.chromium, self.setup = chromium, setup

    def measure(self, kind, path, state=None):
        """Open a page several times: half of the visits took so long, in ms."""
        visits = [self._visit(path, state) for _run in range(self.setup["runs"])]
        row = {"kind": kind, "path": path}
        for key in ("first", "usable", "ready", "bytes", "requests"):
            found = [visit[key] for visit in visits]
            row[key] = None if None in found else round(statistics.median(found))
        return row

    def _visit(self, path, state):
        context = self.chromium.new_context(
            base_url=self.setup["host"], storage_state=state, **PHONE
        )
        page = context.new_page()
        line = context.new_cdp_session(page)
        loads = self._slow(line)
        page.goto(path, wait_until="load")
        page.wait_for_function(PAINTED)
        found = page.evaluate(TIMES)
        found["ready"] = None
        if page.locator(".o_water_proof:visible").count():
            page.locator(PROVED).first.wait_for(state="attached")
            found["ready"] = page.evaluate("performance.now()")
        page.wait_for_timeout(300)  # what the page fetches after it has been shown
        context.close()
        return {**found, "bytes": sum(loads), "requests": len(loads)}

    def _slow(self, line):
        """Hold the browser back; the bytes of each request are added to the list."""
        loads = []
        line.on("Network.loadingFinished", lambda event: loads.append(event["encodedDataLength"]))
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", LINE)
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
        return loads

    def file(self):
        """File an inquiry at full speed: the addresses of its pages, and what the browser keeps."""
        context = self.chromium.new_context(base_url=self.setup["host"], **PHONE)
        page = context.new_page()
        page.goto(f"/water/report/inquiry?category={self.setup['inquiry']}")
        page.fill("#description", "请问营业厅周末开门吗？")
        page.fill("#contact_name", "王芳")
        page.fill("#phone", "13712345678")
        page.locator(PROVED).wait_for()
        page.locator(".o_water_public_form button[type=submit]").click()
        page.locator(".o_water_check form button").wait_for()
        yield "read back", self._path(page), context.storage_state()
        page.locator(".o_water_check form button").click()
        page.locator(".o_water_code").wait_for()
        yield "filed", self._path(page), context.storage_state()
        page.locator("form[action$='/follow'] button").click()
        page.locator(".o_water_timeline").wait_for()
        yield "followed", self._path(page), context.storage_state()
        context.close()

    def sign_in(self):
        """What the browser of a customer keeps."""
        context = self.chromium.new_context(base_url=self.setup["host"], **PHONE)
        page = context.new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", "zhangwei")
        page.fill("input[name=password]", "zhangwei")
        with page.expect_navigation():
            page.locator("form.oe_login_form button[type=submit]").click()
        state = context.storage_state()
        context.close()
        return state

    def _path(self, page):
        return page.url.removeprefix(self.setup["host"])


def main():
    setup = json.loads(Path(sys.argv[1]).read_text())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=setup["chromium"], args=OPTIONS)
        phone = Phone(chromium, setup)
        # whatever page is first pays for the start of the browser: it is opened once uncounted
        phone.measure("public", setup["pages"]["public"][0])
        rows = [phone.measure("public", path) for path in setup["pages"]["public"]]
        for name, path, state in phone.file():
            rows.append({**phone.measure("public", path, state), "path": name})
        rows.append(phone.measure("public", "/web/login"))
        state = phone.sign_in()
        rows += [phone.measure("own", path, state) for path in setup["pages"]["own"]]
        chromium.close()
    Path(setup["out"]).write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
