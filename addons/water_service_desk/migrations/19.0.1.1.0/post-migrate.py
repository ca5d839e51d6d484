"""Accounts count their events, as cases do; limits remember that they were provisional."""


def migrate(cr, version):
    """Count what is there."""
    cr.execute(
        """
        UPDATE water_account SET event_count = found.count
          FROM (SELECT account_id, count(*) FROM water_account_event GROUP BY account_id) AS found
         WHERE found.account_id = water_account.id
        """
    )
    cr.execute("UPDATE water_deadline SET promised_provisional = TRUE WHERE provisional IS TRUE")
