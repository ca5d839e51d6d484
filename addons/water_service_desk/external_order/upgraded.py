"""Fills later fields of orders in databases of older releases.

Each addon calls it for its own case type: the desk may stand alone.
"""

from odoo.tools import SQL


def fill_orders(cr, table):
    """Fill the bodies' limits of order clocks, and the marks of continued cases.

    An order that went on beside its archived case came in once; its event names the first number.
    Never handled ones are counted in their continuation, as in ``_continue``.

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
