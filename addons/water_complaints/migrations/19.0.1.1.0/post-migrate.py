"""Complaints number the rounds of their handling."""


def migrate(cr, version):
    """Count what is there."""
    cr.execute(
        "UPDATE water_complaint SET handling_round = 1 + reopen_count WHERE reopen_count > 0"
    )
