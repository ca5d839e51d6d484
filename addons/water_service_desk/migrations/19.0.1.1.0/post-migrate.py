"""Accounts count their events, as cases do: a chain that was cut off at its end is found.

Cases number the rounds of their handling. An order of another body that was not answered stands on
the duty board, whatever its case has come to.
"""

from odoo.tools import SQL


def migrate(cr, version):
    """Count what is there."""
    cr.execute(
        """
        UPDATE water_account SET event_count = found.count
          FROM (SELECT account_id, count(*) FROM water_account_event GROUP BY account_id) AS found
         WHERE found.account_id = water_account.id
        """
    )
    for table in ("water_inquiry", "water_request"):
        cr.execute(
            SQL(
                "UPDATE %s SET handling_round = 1 + reopen_count WHERE reopen_count > 0",
                SQL.identifier(table),
            )
        )
    cr.execute(
        """
        UPDATE water_deadline SET is_pending = true
         WHERE kind = 'external' AND met_at IS NULL AND state IN ('running', 'breached')
           AND is_pending IS NOT TRUE
        """
    )
