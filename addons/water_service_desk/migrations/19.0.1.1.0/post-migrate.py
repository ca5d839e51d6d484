"""Accounts count their events, as cases do: a chain that was cut off at its end is found."""


def migrate(cr, version):
    """Count what is there."""
    cr.execute(
        """
        UPDATE water_account SET event_count = found.count
          FROM (SELECT account_id, count(*) FROM water_account_event GROUP BY account_id) AS found
         WHERE found.account_id = water_account.id
        """
    )
