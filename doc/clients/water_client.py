"""The smallest client of the interface in Python, without further packages.

service = WaterService("https://service.water.example", "water", key)
case = service.call("submit", case={"external_id": "wx-1", "kind": "inquiry", ...})
print(case["number"], service.call("status", external_id="wx-1")["status"])
"""

import json
import time
import urllib.error
import urllib.request

#: Too many calls, or the service is away for a moment: the same call once more, a little later.
AGAIN = {429, 502, 503, 504}


class WaterError(Exception):
    """A call that was refused: ``status`` of HTTP, ``message`` for people."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


class WaterService:
    """One service, with the key of one machine."""

    def __init__(self, url, database, key, lang="zh-CN", tries=5):
        self.url, self.tries = url.rstrip("/"), tries
        self.headers = {
            "Authorization": f"bearer {key}",
            "X-Odoo-Database": database,
            "Content-Type": "application/json",
            "Accept-Language": lang,
        }

    def call(self, method, **values):
        """Call ``method`` of the interface with named values; repeating is safe.

        :raises WaterError: when it is refused, or the service stays away
        """
        url = f"{self.url}/json/2/water.api/{method}"
        request = urllib.request.Request(url, json.dumps(values).encode(), self.headers)
        for left in reversed(range(self.tries)):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in AGAIN or not left:
                    raise WaterError(error.code, self._message(error)) from error
                wait = float(error.headers.get("Retry-After") or 2)
            except urllib.error.URLError as error:
                if not left:
                    raise WaterError(0, str(error.reason)) from error
                wait = 2
            time.sleep(wait)

    def _message(self, error):
        try:
            return json.load(error)["message"]
        except (ValueError, KeyError):
            return error.reason
