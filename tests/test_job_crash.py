"""Scheduled actions are killed at their commits; what they do is done once, and to its end."""

import os
from pathlib import Path

SCRIPT = Path(__file__).with_name("job_crash.py")


def test_killed_at_each_commit(run_alone):
    result = run_alone(SCRIPT)
    assert len(result) >= 5
    assert sum(bool(found["wanted"]) for found in result.values()) >= 5, "nothing was to be done"
    for job, found in result.items():
        assert found["kills"] >= 2, (job, found)
        assert found["made"] == found["wanted"], (job, found)
        assert found["again"] == {}, (job, found)
    if os.environ.get("WATER_LONG"):
        assert result["water.destruction._cron_destroy"]["wanted"], "nothing was destroyed"
