"""The sweep of the clocks is killed at random moments; nothing is lost and nothing told twice."""

import json
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("sweep_crash.py")


def test_killed_fifty_times(database):
    command = [database.python, database.odoo, "shell", "-c", database.config, "-d", database.name]
    done = subprocess.run(
        [*command, "--no-http", "--log-level=critical"],
        input=SCRIPT.read_text(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout[-2000:] + done.stderr[-3000:]
    result = json.loads(lines[0].removeprefix("RESULT "))
    assert result["kills"] == 50
    assert result["amid"] >= 10, "too few kills fell between two commits to prove anything"
    assert result["due"] > 0
    assert (result["lost"], result["twice"]) == (0, 0)
    assert result["breached"] == result["clocks"] == result["breach_events"]
    assert result["faults"] == []
