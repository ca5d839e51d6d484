"""What databases of older releases know of to-dos about limits, which did not say of which."""

from odoo.tools import SQL


def bind_todos(cr, table):
    """To-dos about limits belong to the next one that is open; where there is none, to nobody.

    :param table: of a case type; the desk may stand alone
    """
    names = {
        "link": SQL.identifier(f"{table.removeprefix('water_')}_id"),
        "model": table.replace("_", ".", 1),
    }
    cr.execute(
        SQL(
            """
            WITH todos AS (
                SELECT todo.id, todo.res_id
                  FROM mail_activity todo
                  JOIN ir_model_data named ON named.res_id = todo.activity_type_id
                 WHERE named.module = 'water_service_desk'
                   AND named.name = 'mail_activity_type_clock'
                   AND todo.res_model = %(model)s
                   AND todo.active AND todo.water_deadline_id IS NULL
            ), bound AS (
                UPDATE mail_activity
                   SET water_deadline_id = next.id
                  FROM todos
                  JOIN LATERAL (
                        SELECT id FROM water_deadline
                         WHERE %(link)s = todos.res_id AND (is_pending OR state = 'paused')
                         ORDER BY due_at, id LIMIT 1
                       ) AS next ON TRUE
                 WHERE mail_activity.id = todos.id
                RETURNING mail_activity.id
            )
            DELETE FROM mail_activity
             WHERE id IN (SELECT id FROM todos) AND id NOT IN (SELECT id FROM bound)
            """,
            **names,
        )
    )
