"""Removes what Odoo leaves of an uninstalled addon, or cannot remove itself.

Odoo deletes records one by one, through the guards that keep them; refused records stay, while
their table goes. So rows that go with their tables are skipped, and rows tied to them by name
(files, messages) are deleted in SQL: no guard is asked, since the administrator has decided that
the addon goes with all its data.
"""

import logging

from psycopg2 import Error

from odoo.tools import SQL

_logger = logging.getLogger(__name__)
#: Tables that name a model in one column, and a record of it in another.
TIED = (
    ("ir_attachment", "res_model", "res_id"),
    ("mail_message", "model", "res_id"),
    ("mail_followers", "res_model", "res_id"),
    ("mail_activity", "res_model", "res_id"),
    ("mail_scheduled_message", "model", "res_id"),
)
#: Tables in which people keep something for a model that they name.
KEPT_FOR = (("ir_filters", "model_id"), ("ir_exports", "resource"))
#: Rows about a model, to which the addons that extend a mixin of it give names as well.
DESCRIBED = (
    ("ir.model.fields", "ir_model_fields", "model_id"),
    ("ir.model.inherit", "ir_model_inherit", "model_id"),
    ("ir.model.constraint", "ir_model_constraint", "model"),
)


def forget(env, module, functions=(), links=(), sequences=(), indexes=()):
    """Take away what an addon has made and Odoo does not know, or would fail at.

    :param module: name of the addon
    :param functions: names of the SQL functions it has made
    :param links: ``(model, field)`` of rows in tables of others that belong to a record of it
    :param sequences: codes of the sequences that it makes for each company
    :param indexes: names of indexes that it has put on columns of others
    """
    env.flush_all()
    models = _own_models(env, module)
    _forget_sequences(env, module, sequences)
    _untie(env, module, models)
    _drop_links(env, models)
    for model, field in links:
        _forget_rows(env, model, SQL.identifier(field))
    _delete_linked(env, links)
    for model in models:
        _forget_rows(env, model)
    env.cr.execute(SQL("DELETE FROM ir_model_data WHERE model IN %s", tuple(models)))
    _delete_tied(env, "mail_message", SQL("starts_with(email_layout_xmlid, %s)", f"{module}."))
    for table, name in KEPT_FOR:
        _delete_tied(env, table, SQL("%s IN %s", SQL.identifier(name), tuple(models)))
    _forget_choices(env, models)
    _forget_kept_choices(env, module)
    _forget_descriptions(env, module, models)
    for function in functions:
        env.cr.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = %s", [function])
        for (signature,) in env.cr.fetchall():
            env.cr.execute(f"DROP FUNCTION {signature} CASCADE")  # pylint: disable=sql-injection
    for index in indexes:
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))
    env.cr.execute("DELETE FROM ir_config_parameter WHERE starts_with(key, %s)", [f"{module}."])
    _empty(env, models)
    env.invalidate_all()
    env.registry.clear_all_caches()


def _forget_sequences(env, module, codes):
    """Delete yearly ranges before their sequences: PostgreSQL would keep their counters."""
    named = env["ir.model.data"].search([("module", "=", module), ("model", "=", "ir.sequence")])
    made = env["ir.sequence"].search([("code", "in", codes)])
    (made | made.browse(named.mapped("res_id")).exists()).date_range_ids.unlink()
    made.unlink()


def _going(env, module):
    """Return the names of addons that go now, to remove what two of them have made."""
    env.cr.execute("SELECT name FROM ir_module_module WHERE state = 'to remove'")
    return sorted({module, *(name for (name,) in env.cr.fetchall())})


def _own_models(env, module):
    """Names of the models that the addon has made, and none that stays: their tables go too."""
    env.cr.execute(
        """
        SELECT model.model FROM ir_model AS model
          JOIN ir_model_data AS data ON data.model = 'ir.model' AND data.res_id = model.id
         GROUP BY model.model
        HAVING array_agg(DISTINCT data.module::text) <@ %s AND %s = ANY(array_agg(data.module))
        """,
        [_going(env, module), module],
    )
    return [model for (model,) in env.cr.fetchall()]


def _untie(env, module, models):
    """Drop the foreign keys of the tables that go, so that none blocks a deletion."""
    tables = [env[model]._table for model in models if model in env]
    env.cr.execute(
        """
        SELECT relation.name FROM ir_model_relation AS relation
          JOIN ir_module_module AS module ON module.id = relation.module
         GROUP BY relation.name HAVING array_agg(DISTINCT module.name::text) <@ %s
        """,
        [_going(env, module)],
    )
    tables += [name for (name,) in env.cr.fetchall()]
    env.cr.execute(
        """
        SELECT holder.relname, key.conname FROM pg_constraint AS key
          JOIN pg_class AS holder ON holder.oid = key.conrelid
          JOIN pg_class AS held ON held.oid = key.confrelid
         WHERE key.contype = 'f' AND holder.relnamespace = current_schema::regnamespace
           AND (holder.relname IN %(tables)s OR held.relname IN %(tables)s)
        """,
        {"tables": tuple(tables)},
    )
    for table, key in env.cr.fetchall():
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(key))
        )


def _drop_links(env, models):
    """Drop the tables between a model that goes and another one.

    Odoo assigns such a table to the addon of the field's mixin, and loses it with the model.
    """
    fields = [field for model in env.registry.values() for field in model._fields.values()]
    links = [field for field in fields if field.type == "many2many" and field.store]
    going = {
        field.relation for field in links if {field.model_name, field.comodel_name} & {*models}
    }
    for table in sorted(going):
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s CASCADE", SQL.identifier(table)))
        env.cr.execute(SQL("DELETE FROM ir_model_relation WHERE name = %s", table))


def _empty(env, models):
    """Empty the tables that go before rows of other models are deleted.

    Odoo would recompute their rows when it deletes a user, not find the user, and keep it. No row
    refers to them any more, see ``_untie``.
    """
    tables = [env[model]._table for model in models if model in env and env[model]._auto]
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"
        " AND relnamespace = current_schema::regnamespace",
        [tables],
    )
    names = [SQL.identifier(table) for (table,) in env.cr.fetchall()]
    if names:
        env.cr.execute(SQL("TRUNCATE %s", SQL(", ").join(names)))


def _forget_choices(env, models):
    """Forget the names of the choices of fields that go: PostgreSQL takes the choices alone."""
    env.cr.execute(
        SQL(
            """
            DELETE FROM ir_model_data AS data
             USING ir_model_fields_selection AS choice
              JOIN ir_model_fields AS field ON field.id = choice.field_id
             WHERE data.model = 'ir.model.fields.selection' AND data.res_id = choice.id
               AND field.model IN %s
            """,
            tuple(models),
        )
    )


def _forget_kept_choices(env, module):
    """Forget selection values added by the addon on tables with kept rows, which stay.

    Odoo would delete rows with such a value, which their guard refuses, and then keep the values.
    An event of an inquiry stays in its chain in any case.
    """
    kept = env.registry.descendants(["water.readonly.mixin"], "_inherit")
    env.cr.execute(
        """
        DELETE FROM ir_model_fields_selection AS choice USING ir_model_fields AS field
         WHERE field.id = choice.field_id AND field.model IN %s AND choice.id IN (
            SELECT res_id FROM ir_model_data WHERE model = 'ir.model.fields.selection'
             GROUP BY res_id HAVING array_agg(module::text) <@ %s)
        """,
        [tuple(kept), _going(env, module)],
    )
    env.cr.execute(
        """
        DELETE FROM ir_model_data WHERE model = 'ir.model.fields.selection' AND module = %s
           AND res_id NOT IN (SELECT id FROM ir_model_fields_selection)
        """,
        [module],
    )


def _forget_descriptions(env, module, models):
    """Forget what other addons call by a name and goes with its model, and foreign keys.

    Odoo would leave both: it looks for rows with a name that the addon has given.
    """
    for model, table, column in DESCRIBED:
        env.cr.execute(
            SQL(
                """
                DELETE FROM ir_model_data AS data USING %s AS row, ir_model AS model
                 WHERE data.model = %s AND data.module NOT IN %s AND data.res_id = row.id
                   AND row.%s = model.id AND model.model IN %s
                """,
                SQL.identifier(table),
                model,
                tuple(_going(env, module)),
                SQL.identifier(column),
                tuple(models),
            )
        )
    env.cr.execute(
        """
        DELETE FROM ir_model_constraint AS held USING ir_module_module AS module
         WHERE held.module = module.id AND module.name = %s AND held.type = 'f'
        """,
        [module],
    )


def _forget_rows(env, model, column=None):
    """Delete the files, messages and the like that are tied to rows of a model.

    :param column: column that is filled in those rows, as ``SQL``; without it all rows are meant
    """
    if model not in env or not env[model]._auto:
        return
    rows = SQL("SELECT id FROM %s WHERE %s IS NOT NULL", SQL.identifier(env[model]._table), column)
    for table, name, key in TIED:
        _delete_tied(
            env,
            table,
            SQL("%s = %s", SQL.identifier(name), model),
            SQL("%s IN (%s)", SQL.identifier(key), rows) if column else SQL("TRUE"),
        )


def _delete_tied(env, table, *conditions):
    """Delete rows of a table of others; the files of messages go with these."""
    is_file = table == "ir_attachment"
    env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE %s RETURNING %s",
            SQL.identifier(table),
            SQL(" AND ").join(conditions),
            SQL("store_fname") if is_file else SQL("id"),
        )
    )
    gone = [key for (key,) in env.cr.fetchall() if key]
    for file in gone if is_file else ():  # marked alone: another attachment may have the same
        env["ir.attachment"]._file_delete(file)
    if table == "mail_message" and gone:
        of_messages = SQL("res_model = 'mail.message' AND res_id IN %s", tuple(gone))
        _delete_tied(env, "ir_attachment", of_messages)


def _delete_linked(env, links):
    """Delete rows in tables that stay, those first on which no other of them hangs."""
    waiting = list(links)
    while waiting:
        failed = []
        for model, field in waiting:
            table, column = SQL.identifier(env[model]._table), SQL.identifier(field)
            try:
                with env.cr.savepoint(flush=False):
                    env.cr.execute(SQL("DELETE FROM %s WHERE %s IS NOT NULL", table, column))
            except Error:
                failed.append((model, field))
        if len(failed) == len(waiting):
            _logger.warning("Rows stay behind in %s", ", ".join(model for model, _ in failed))
            return
        waiting = failed
