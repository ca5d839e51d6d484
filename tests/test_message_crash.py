"""Two senders at once, and senders that are killed: no message is lost, none sent without need."""

import json
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("message_crash.py")


def test_run_twice_and_killed(database):
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
    assert result["together"] == {"states": {"sent": 120}, "arrived": 120, "twice": 0}
    killed = result["killed"]
    assert killed["kills"] >= 5, "too few kills to prove anything"
    assert (killed["states"], killed["arrived"]) == ({"sent": 120}, 120)
    assert killed["twice"] <= killed["kills"], "more than the message under way was sent again"
