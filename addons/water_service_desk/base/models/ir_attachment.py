import hashlib
import os
import time
from contextlib import suppress
from uuid import uuid4

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..files import keeping_models, keeps_files, referring_columns
from ..tables import remembered
from ..trust import is_trusted

#: Fields of a kept file that may change: for search and delivery, never its content or owner.
HARMLESS = frozenset({"access_token", "index_content", "thumbnail", "website_id"})
#: Fields that Odoo writes when files move between database and disk.
STORAGE = frozenset({"raw", "mimetype"})
#: Folder of unfinished files in the store, and after how many seconds they are abandoned.
DRAFTS, DRAFT_LASTS = "drafts", 24 * 3600


class IrAttachment(models.Model):
    """Keeps files of our records read-only: what was received or sent is evidence."""

    _inherit = "ir.attachment"

    @api.model
    def create_unique(self, values_list):
        """As Odoo, but ignore files that the user may not read instead of returning their ids.

        :return: ids, in the order of the values
        """
        files = self.browse()
        for values in values_list:
            known = self.browse(super().create_unique([values]))._filtered_access("read")
            files += known or self.create(values)
        return files.ids

    @api.model_create_multi
    def create(self, vals_list):
        usual = self.default_get(["res_model", "res_field", "type"])
        for vals in vals_list:
            self._refuse_planted({**usual, **vals})
            self._refuse_link({**usual, **vals})
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - HARMLESS:
            self._refuse_kept_files(vals)
        if vals.keys() & {"res_model", "res_field"}:
            # sudo: ir.attachment - only the owner of the files, not their content
            for file in self.sudo():
                there = {"res_model": file.res_model, "res_field": file.res_field}
                self._refuse_planted({**there, **vals})
                self._refuse_link({"type": file.type, **there, **vals})
        return super().write(vals)

    @api.model
    def _refuse_planted(self, there):
        """Refuse files written into a field of our records past the field's own guards.

        Otherwise anyone could plant a signature, or a second sealed file.

        :param there: values of the file, among them ``res_model`` and ``res_field``
        :raises AccessError: if the user may not write the field itself, which Odoo does as
            superuser
        """
        if self.env.su or is_trusted(self.env) or not there.get("res_field"):
            return
        name = there.get("res_model")
        model = self.env.get(name) if isinstance(name, str) else None
        if model is not None and keeps_files(model):
            raise AccessError(self.env._("A file of this field is put into the record itself."))

    @api.model
    def _refuse_link(self, there):
        name = there.get("res_model")
        model = self.env.get(name) if isinstance(name, str) else None
        if there.get("type") == "url" and model is not None and keeps_files(model):
            raise UserError(self.env._("An address is no file: write it into the text."))

    def unlink(self):
        # no ondelete method: a key in the context of a remote call would pass it by
        taken = self._to_take_back()
        (self - taken)._refuse_kept_files()
        for file in taken:
            self.env[file.res_model].browse(file.res_id)._on_file_taken_back(file)
        return super().unlink()

    def _delete_and_notify(self, message=None):
        # Odoo calls it with superuser rights for every reader of the file
        (self - self._to_take_back())._refuse_kept_files(by_field=False)
        return super()._delete_and_notify(message)

    def _to_take_back(self):
        """Return files that their uploader may remove again: no other record refers to them, and
        the record logs it (``_on_file_taken_back``).
        """
        if is_trusted(self.env):
            return self.browse()
        # sudo: ir.attachment - only the owner of the files, not their content
        mine = self.sudo().filtered(lambda row: row.create_uid == self.env.user)
        own = mine.filtered(lambda row: row._owner_remembers() and not row.res_field)
        return own - own._referred_to()

    def _owner_remembers(self):
        model = self.env.get(self.res_model or "")
        return hasattr(model, "_on_file_taken_back") and bool(model.browse(self.res_id).exists())

    def _refuse_kept_files(self, vals=None, by_field=None):
        """Refuse to alter or remove a file of our records, also for superusers (S3.1.3).

        :param vals: the values written; None if files are removed
        :param by_field: whether the record itself writes its field, which its own guard has
            allowed; by default superusers
        :raises AccessError: for a file that belongs to one of our records, or is referenced by one
        """
        if is_trusted(self.env) or not self.env.registry.ready:
            return
        # sudo: ir.attachment - only the owner of the files, not their content
        files, by_field = self.sudo(), self.env.su if by_field is None else by_field
        kept = files.filtered(lambda file: file._belongs_to_kept(by_field))
        for file in kept | files._referred_to():
            if not file._only_moves(vals):
                raise AccessError(
                    self.env._(
                        "“%s” is kept: it is neither altered nor removed. Add the right file"
                        " beside it.",
                        file._name_for_caller(),
                    )
                )

    def _name_for_caller(self):
        """Return the name of a file; for unreadable ones their number."""
        may_read = self.sudo(False).has_access("read")
        return self.name if may_read else f"{self._name}: {self.id}"

    def _belongs_to_kept(self, by_field):
        model = self.env.get(self.res_model or "")
        if model is None or not keeps_files(model):
            return False
        if self.res_field and by_field:
            return hasattr(model, "_readonly_fields") and self.res_field in model._readonly_fields()
        return bool(self.res_id and model.browse(self.res_id).exists())

    def _referred_to(self):
        """Those that a message about one of our records, or one of its fields, refers to."""
        if not self:  # Odoo removes no file at each picture that is written for the first time
            return self
        columns = remembered(self, "columns of files", lambda: referring_columns(self.env))
        keepers = remembered(self, "keepers of files", lambda: keeping_models(self.env))
        queries = [
            SQL(
                "SELECT %s FROM %s WHERE %s IN %s",
                *map(SQL.identifier, (column, table, column)),
                tuple(self.ids),
            )
            for table, column in columns
        ]
        queries.append(
            SQL(
                "SELECT r.attachment_id FROM message_attachment_rel r JOIN mail_message m"
                " ON m.id = r.message_id WHERE r.attachment_id IN %s AND m.model IN %s",
                tuple(self.ids),
                keepers,
            )
        )
        found = self.env.execute_query(SQL(" UNION ").join(queries))
        return self.browse(number for (number,) in found)

    def _only_moves(self, vals):
        if not vals or not vals.keys() <= STORAGE:
            return False
        same_kind = vals.get("mimetype", self.mimetype) == self.mimetype
        same_bytes = "raw" not in vals or self._compute_checksum(vals["raw"]) == self.checksum
        return same_kind and same_bytes

    # -- in the store -------------------------------------------------------------------------

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write a file in one step, so that others never see a part of it.

        Odoo writes it in place: a concurrent upload of the same picture, by a double click and
        another worker, would be compared with half a file and refused as a collision.

        :return: name of the file in the store
        """
        name, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            self._mark_for_gc(name)  # first, so that no file is left if the server dies right here
            self._write_whole(path, bin_value)
        return super()._file_write(bin_value, checksum)

    @api.model
    def _get_path(self, bin_data, sha):
        """Replace a file that a power failure has cut short.

        Odoo takes it for another file with the same checksum, and would refuse the complete one for
        ever.
        """
        try:
            return super()._get_path(bin_data, sha)
        except UserError:
            path = self._full_path(f"{sha[:2]}/{sha}")
            with open(path, "rb") as file:
                if hashlib.file_digest(file, "sha1").hexdigest() == sha:
                    raise
            self._write_whole(path, bin_data)
            return super()._get_path(bin_data, sha)

    def _compute_raw(self):
        """Show a page without its unreadable logo rather than not at all."""
        try:
            return super()._compute_raw()
        except OSError:
            if not all(file._is_decoration() for file in self):
                raise
            self.raw = b""

    def _is_decoration(self):
        """Return whether it is a picture of a record that keeps no files: a logo, a portrait."""
        model = self.env.get(self.res_model or "")
        return bool(self.res_field) and (model is None or not keeps_files(model))

    @api.model
    def _file_read(self, fname, size=None):
        """Return the bytes of a file; empty only if the file is missing.

        Odoo returns empty content for unreadable files: during a disk failure, evidence would be
        sealed and photos filed without a byte, for good.

        :raises OSError: for a file that cannot be read at the moment
        """
        try:
            with open(self._full_path(fname), "rb") as file:
                return file.read(size)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return super()._file_read(fname, size)

    @api.model
    def _write_whole(self, path, content):
        """Write a file with fsync: acknowledged files survive a loss of power."""
        drafts = self._full_path(DRAFTS)
        os.makedirs(drafts, exist_ok=True)
        draft = os.path.join(drafts, uuid4().hex)
        try:
            with open(draft, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            with suppress(FileNotFoundError):
                os.remove(draft)
        folder = os.path.dirname(path)
        for made in (folder, os.path.dirname(folder)):  # its name, and that of a new folder
            self._sync_folder(made)

    @api.autovacuum
    def _gc_drafts(self):
        """Remove unfinished files of killed processes: no attachment names them, so that a photo of
        an erased person would stay.
        """
        long_ago = time.time() - DRAFT_LASTS
        with suppress(FileNotFoundError):
            for draft in os.scandir(self._full_path(DRAFTS)):
                if draft.stat().st_mtime < long_ago:
                    os.remove(draft)

    @api.model
    def _sync_folder(self, path):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
