"""Labels of fields after an upgrade: in the database's own notes, and in Chinese.

PostgreSQL keeps a column's label as it was when the column was made, and Odoo leaves a translation
alone that is there already, also where the English has changed.
"""

from odoo.tools import SQL

#: Tables with labels, the translated columns of each, and the model that names their rows.
LABELS = (
    ("ir_model_fields", ("field_description", "help"), "ir.model.fields"),
    ("ir_model_fields_selection", ("name",), "ir.model.fields.selection"),
)


def forget_translations(cr, module):
    """Before the upgrade: let the labels of an addon be translated anew.

    :param cr: cursor
    :param module: name of the addon
    """
    for table, columns, model in LABELS:
        named = SQL(
            "SELECT res_id FROM ir_model_data WHERE model = %s AND module = %s", model, module
        )
        for column in columns:
            name = SQL.identifier(column)
            cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s - 'zh_CN' WHERE id IN (%s) AND %s ? 'zh_CN'",
                    SQL.identifier(table),
                    name,
                    name,
                    named,
                    name,
                )
            )


def renew_comments(env, module):
    """After the upgrade: note the present label of every column of an addon.

    :param env: odoo.api.Environment
    :param module: name of the addon
    """
    env.cr.execute(
        """
        SELECT table_name, column_name,
               col_description(format('%I', table_name)::regclass, ordinal_position)
          FROM information_schema.columns WHERE table_schema = current_schema
        """
    )
    known = {(table, column): label for table, column, label in env.cr.fetchall()}
    for model in env.registry.values():
        for field in model._fields.values() if model._auto and not model._abstract else ():
            place = (model._table, field.name)
            if field._module == module and known.get(place, field.string) != field.string:
                names = map(SQL.identifier, place)
                env.cr.execute(SQL("COMMENT ON COLUMN %s.%s IS %s", *names, field.string))
