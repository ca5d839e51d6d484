"""Fields for files."""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL

from .trust import trusted


class Files(fields.Many2many):
    """The files of a record: those of its rows are looked up, then it is asked who may see them.

    Odoo's own field does it the other way round. It loads and checks every file of the database,
    whatever the record. With ``bypass_search_access`` it would not, but then a search by what is
    in the files would tell of those that the user must not see.
    """

    def read(self, records):  # pylint: disable=method-required-super  # which is what it avoids
        """Fetch the files of ``records`` that the user may see, the newest first as Odoo does."""
        owner, file = SQL.identifier(self.column1), SQL.identifier(self.column2)
        rows = records.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s IN %s ORDER BY %s DESC",
                *(owner, file, SQL.identifier(self.relation), owner, tuple(records.ids), file),
            )
        )
        found = records.env[self.comodel_name].browse({id_ for _owner, id_ in rows})
        seen = set(found._filtered_access("read")._ids)
        files = defaultdict(list)
        for id_, file_id in rows:
            if file_id in seen:
                files[id_].append(file_id)
        self._insert_cache(records, [tuple(files[id_]) for id_ in records._ids])

    def _description_groupable(self, env):
        """Nobody groups records by their files; to find out whether he could, Odoo would check
        every file of the database, and with it each time that the views are asked for.
        """
        return False


def handed_to(record, files):
    """What somebody hands to a record, as files of its own; nothing is taken from another record.

    What he has just uploaded moves there, of what he may read elsewhere the record gets a copy.

    :param files: ir.attachment, as named by a remote caller
    :raises AccessError: for a file that he may not read
    :return: ir.attachment that hang on the record, with superuser rights
    """
    files.check_access("read")
    own = {"res_model": record._name, "res_id": record.id}
    # sudo: ir.attachment - whoever hands them in may read them, and the record is checked before
    given, user = files.sudo(), record.env.user
    loose = given.filtered(lambda file: not file.res_id and file.create_uid == user)
    trusted(loose).write(own)
    there = given.filtered(lambda file: (file.res_model, file.res_id) == (record._name, record.id))
    return there.union(*(trusted(file).copy(own) for file in given - there))


def keeps_files(model):
    """Whether files of a model's records stay as they came: all of ours, but what people write.

    A model whose files are edited like the rest of it says ``_keeps_files = False``.
    """
    ours = model._name.startswith("water.") and model._auto and not model._transient
    return ours and getattr(model, "_keeps_files", True)


def keeping_models(env):
    """Names of the models whose records keep their files."""
    return tuple(name for name in env.registry if keeps_files(env[name]))


def referring_columns(env):
    """``[(table, column)]`` of all fields by which records that keep their files refer to them."""
    found = set()
    for model in map(env.__getitem__, keeping_models(env)):
        for field in model._fields.values():
            if field.comodel_name == "ir.attachment" and field.store and not field.related:
                is_many = field.type == "many2many"
                found.add(
                    (field.relation, field.column2) if is_many else (model._table, field.name)
                )
    return sorted(found)
