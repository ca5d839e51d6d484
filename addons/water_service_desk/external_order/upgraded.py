"""What databases of older releases know of orders, for the fields that came later.

Each case type is asked for by the addon that brings it: the desk may stand alone.
"""

from odoo.tools import SQL


def fill_orders(cr, table):
    """Clocks of orders know until when their body waits, and cases that they go on with one.

    An order that went on beside its filed case came in once; its event names the first number.
    What was never taken up is counted where it goes on, as ``_continue`` of the cases has it.

    :param table: of a case type
    """
    names = {
        "table": SQL.identifier(table),
        "link": SQL.identifier(f"{table.removeprefix('water_')}_id"),
    }
    cr.execute(
        SQL(
            """
            UPDATE water_deadline SET body_due_at = found.external_due_at FROM %(table)s AS found
             WHERE found.id = water_deadline.%(link)s AND water_deadline.kind = 'external'
            """,
            **names,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE %(table)s AS again SET is_follow_up = TRUE
              FROM water_case_event AS event, %(table)s AS ended
             WHERE event.%(link)s = again.id AND event.kind = 'external_rehandled'
               AND ended.name = event.payload->>'original' AND ended.company_id = again.company_id
               AND ended.state NOT IN ('withdrawn', 'rejected')
            """,
            **names,
        )
    )
