"""The rows that a life has written, read as the text of ``COPY``, and what their columns mean."""

from io import StringIO

#: transient rows: queues, triggers, bus notifications
PASSING = frozenset(
    {
        *("mail_mail", "mail_notification", "bus_bus", "ir_cron_trigger", "ir_cron_progress"),
        *("ir_logging", "ir_sequence_date_range", "mail_message_schedule", "mail_push"),
    }
)


class Shape:
    """Tables and columns as the registry knows them.

    ``columns``: written columns of a table; ``links``: target table of a column; ``loose``: the
    column with the model that another one refers to; ``pairs``: tables of many-to-many fields;
    ``kinds``: field types.
    """

    def __init__(self, env):
        self.env = env
        self.links, self.loose, self.kinds, self.pairs = {}, {}, {}, {}
        self.table_of = {}
        self.columns = self._columns()
        for name in env.registry:
            model = env[name]
            if model._auto and not model._abstract and not model._transient:
                self._learn(model)

    def _columns(self):
        self.env.cr.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND is_generated = 'NEVER' GROUP BY 1"
        )
        return dict(self.env.cr.fetchall())

    def _learn(self, model):
        table = model._table
        self.table_of[model._name] = table
        for field in model._fields.values():
            if field.type == "many2many" and field.store and field.relation in self.columns:
                ends = (table, self.env[field.comodel_name]._table)
                self.pairs[field.relation] = dict(
                    zip((field.column1, field.column2), ends, strict=True)
                )
            if not field.store or not field.column_type:
                continue
            self.kinds[table, field.name] = field.type
            if field.type == "integer" and field.name in ("record", "res_id"):
                for name in {"model", "res_model"} & model._fields.keys():
                    self.loose[table, field.name] = name
            if field.type == "many2one":
                self.links[table, field.name] = self.env[field.comodel_name]._table
            elif field.type == "many2one_reference":
                self.loose[table, field.name] = field.model_field

    def lasting(self):
        """Tables with rows of their own that last."""
        return sorted(
            table
            for table in set(self.table_of.values())
            if table in self.columns and "id" in self.columns[table] and table not in PASSING
        )

    def newest(self):
        """``{table: highest id}`` at this moment."""
        self.env.flush_all()
        parts = (f"SELECT '{t}', COALESCE(max(id), 0) FROM \"{t}\"" for t in self.lasting())
        self.env.cr.execute(" UNION ALL ".join(parts))
        return dict(self.env.cr.fetchall())

    def written_since(self, before):
        """``{table: rows}`` newer than ``before``; a row is a list of cells."""
        after = self.newest()
        found = {}
        for table, last in after.items():
            if last > before[table]:
                found[table] = self._copy(table, f"id > {before[table]} ORDER BY id")
        for table, ends in self.pairs.items():
            conditions = [
                f'"{column}" > {before[end]}' for column, end in ends.items() if end in before
            ]
            rows = self._copy(table, " OR ".join(conditions)) if conditions else []
            if rows:
                found[table] = sorted(rows)
        return {table: rows for table, rows in found.items() if rows}

    def _copy(self, table, condition):
        names = ", ".join(f'"{name}"' for name in self.columns[table])
        out = StringIO()
        self.env.cr._obj.copy_expert(
            f'COPY (SELECT {names} FROM "{table}" WHERE {condition}) TO STDOUT', out
        )
        return [line.split("\t") for line in out.getvalue().split("\n")[:-1]]
