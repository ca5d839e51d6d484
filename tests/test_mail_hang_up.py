"""A mail server that hangs up in the middle: each mail arrives, and who is refused is known."""

from pathlib import Path

SCRIPT = Path(__file__).with_name("mail_hang_up.py")


def test_waiting_is_bounded(run_alone):
    result = run_alone(SCRIPT)
    assert result["messages"] == 13
    assert result["late"] == 0, "what Odoo kills amid a mail sends it twice"
    assert (result["arrived"], result["often"]) == (12, {})
    assert (result["states"], result["mails"]) == ({"sent": 12}, {"sent": 12})
    assert result["hated"] == ["failed", 1, True], "it is tried again, and told in the end"
    assert result["failure"] == "server", "who does not answer today may do so in an hour"
    # one until it was answered, under one number; one never; one who waited for neither
    assert result["staff"] == [4, 0, 1, 1]
