"""Several numbers in one look through the rows."""

from odoo.tools import SQL


def counting(rows, query, domains):
    """Return SQL columns that count the rows of each domain.

    :param rows: records of the model, in the user's environment
    """
    for domain in domains:
        condition = domain.optimize_full(rows)._to_sql(rows, query.table, query)
        yield SQL("COUNT(*) FILTER (WHERE %s)", condition)
