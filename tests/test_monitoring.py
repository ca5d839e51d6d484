"""Prometheus' own programs read what we deliver and what we answer."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RULES = ROOT / "config" / "prometheus"
SERVER_OPTIONS = ["--workers=0", "--max-cron-threads=0"]


def _promtool(*args, text=None):
    args = ["promtool", *(str(arg) for arg in args)]
    return subprocess.run(args, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def figures(server):
    """The running system's answers on this machine."""
    with urllib.request.urlopen(f"{server.base_url}/water/metrics", timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return answer.read().decode()


def test_rules_are_rules():
    for command in (["check", "rules"], ["check", "config"], ["test", "rules"]):
        file = {"rules": "alerts.yml", "config": "prometheus.yml"}[command[1]]
        file = "alerts_test.yml" if command[0] == "test" else file
        done = _promtool(*command, RULES / file)
        assert done.returncode == 0, done.stdout + done.stderr


def test_figures_are_figures(figures):
    done = _promtool("check", "metrics", text=figures)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_fields_of_rules_and_dashboard_exist(figures):
    """But for backups, which the server of a test has not."""
    told = set(re.findall(r"^# TYPE (\w+)", figures, re.MULTILINE))
    dashboard = json.loads((RULES / "dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [(RULES / "alerts.yml").read_text()]
    names = set(re.findall(r"\bwater_\w+", " ".join(asked)))
    assert names <= told
    assert len(names) > 15


def test_others_find_nothing(server):
    """Requests through a proxy do not count as local processes."""
    url = f"{server.base_url}/water/metrics"
    asked = urllib.request.Request(url, headers={"X-Forwarded-For": "203.0.113.5"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=60)
    assert refused.value.code == 404
