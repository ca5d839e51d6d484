"""The demo data install at every hour of a day, at turns of months and years, in both zones."""

import json
import os
import subprocess
from itertools import product
from pathlib import Path

#: An ordinary day, a month's end, a year's end, and the day before China's longest holiday.
DAYS = ("2026-12-02", "2026-11-30", "2026-12-31", "2026-09-30")
ZONES = ("Asia/Shanghai", "Europe/London")
#: Each load takes a quarter of a minute: every run tries the turns of a year, a month and a
#: holiday; ``--long`` all combinations.
EVERY_RUN = [
    ("2026-12-31 16:30:00", "Asia/Shanghai"),
    ("2026-11-30 23:30:00", "Europe/London"),
    ("2026-09-30 23:30:00", "Asia/Shanghai"),
]
NAME = "water-demo-clock"


def moments():
    """Return (moment in UTC, time zone of the company) of each load."""
    if not os.environ.get("WATER_LONG"):
        return EVERY_RUN
    clocks = [f"{day} {hour:02}:30:00" for day in DAYS for hour in range(24)]
    return list(product(clocks, ZONES))


def _odoo(stack, *args, **options):
    command = [stack["python"], stack["odoo"], *args]
    return subprocess.run(command, text=True, capture_output=True, check=True, **options)


def _install_without_demo(stack):
    subprocess.run(
        ["psql", "-q", "-d", NAME, "-c", "UPDATE ir_module_module SET demo = false"], check=True
    )
    args = ["-c", stack["config"], "-d", NAME, "-i", "water_compensation,water_quality"]
    _odoo(stack, *args, "--stop-after-init", "--no-http")


def test_demo_data_install_at_every_hour(stack, copied):
    script = (Path(__file__).parent / "demo_clock.py").read_text()
    with copied(NAME, stack["base"]):
        _install_without_demo(stack)
        run = _odoo(
            *(stack, "shell", "-c", stack["config"], "-d", NAME, "--no-http", "--log-level=error"),
            input=script,
            env={**os.environ, "WATER_MOMENTS": json.dumps(moments())},
        )
    lines = [line[6:] for line in run.stdout.splitlines() if line.startswith("CLOCK ")]
    answers = [json.loads(line) for line in lines]
    assert len(answers) == len(moments()), run.stdout + run.stderr
    assert not [answer for answer in answers if answer["error"]]
