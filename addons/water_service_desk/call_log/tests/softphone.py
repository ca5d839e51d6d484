"""A telephone system for tests: it rings, is answered, hangs up, and tells of it over HTTP."""

from datetime import timedelta

from odoo import fields
from odoo.tests.common import HOST


class Softphone:
    """Reports calls with the key of an integration, and opens the caller on an agent's screen.

    :param case: HttpCase whose server it talks to
    :param key: of an integration
    """

    def __init__(self, case, key):
        self.case, self.key, self.begun = case, key, fields.Datetime.now()

    def report(self, *calls, method="report_calls", key=None):
        """The answer of the interface to reported calls."""
        headers = {"Authorization": f"bearer {key or self.key}"}
        url, cookies = f"/json/2/water.api/{method}", self.case.opener.cookies
        browser = cookies.pop("session_id", None)  # the agent's, who sits elsewhere
        try:
            return self.case.url_open(url, json={"calls": list(calls)}, headers=headers)
        finally:
            if browser:
                cookies.set("session_id", browser, domain=HOST, path="/")

    def ring(self, call, phone, **more):
        """A call comes in."""
        return self.report({"call": call, "phone": phone, "offered_at": self._at(0), **more})

    def answer(self, call, agent):
        """Answered after ten seconds."""
        return self.report({"call": call, "answered_at": self._at(10), "agent": agent})

    def hang_up(self, call, after=100, **more):
        """Ended so many seconds after it came in."""
        return self.report({"call": call, "ended_at": self._at(after), **more})

    def pop_up(self, call, phone):
        """The pick-up screen of the agent whose browser is signed in."""
        params = f"phone={phone}&call={call}"
        answer = self.case.url_open(f"/water/call?{params}", allow_redirects=False)
        number = int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1])
        return self.case.env["water.call"].browse(number)

    def _at(self, after):
        moment = self.begun + timedelta(seconds=after)
        return f"{moment.isoformat()}Z"
