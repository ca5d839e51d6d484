"""Several numbers in one look through the rows."""

from odoo.tools import SQL


def counting(rows, query, domains):
    """Columns of a query: for how many of its rows each of the domains holds.

    :param rows: records of the model, in the environment of whoever asks
    """
    for domain in domains:
        condition = domain.optimize_full(rows)._to_sql(rows, query.table, query)
        yield SQL("COUNT(*) FILTER (WHERE %s)", condition)
