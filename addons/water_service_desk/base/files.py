"""Fields for files."""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL

from .trust import trusted


class Files(fields.Many2many):
    """The attachments of a record: filtered by record first, then by access rights.

    Odoo's own field loads and checks every attachment of the database. ``bypass_search_access``
    would avoid it, but then a search in file contents would reveal hidden files.
    """

    # pylint: disable=method-required-super  # avoided on purpose
    def read(self, records):  # pylint: disable=method-required-super
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
        """Refuse grouping by files: to test it, Odoo would check every file of the database."""
        return False


def handed_to(record, files):
    """Return files that a user passes to a record as files of its own.

    Fresh uploads move to the record; readable files of other records are copied.

    :param files: ir.attachment, as named by a remote caller
    :raises AccessError: for a file that the user may not read
    :return: ir.attachment linked to the record, with superuser rights
    """
    files.check_access("read")
    own = {"res_model": record._name, "res_id": record.id}
    # sudo: ir.attachment - read access to the files and the record are checked before
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
