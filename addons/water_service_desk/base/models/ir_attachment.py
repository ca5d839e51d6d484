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

#: What of a kept file may change: how it is found and served, never what it is and whose.
HARMLESS = frozenset({"access_token", "index_content", "thumbnail", "website_id"})
#: What Odoo writes itself when files move from the database to the disk, or back.
STORAGE = frozenset({"raw", "mimetype"})
#: Folder of the store for what is being written, and after how many seconds nobody writes it more.
DRAFTS, DRAFT_LASTS = "drafts", 24 * 3600


class IrAttachment(models.Model):
    """What was handed in, said or sent stays: of our records nobody alters or removes a file."""

    _inherit = "ir.attachment"

    @api.model
    def create_unique(self, values_list):
        """As Odoo does, which names the files with these bytes to whoever asks, customers too.

        What is closed to him is as if it were not there.

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
            # sudo: ir.attachment - asked whose the files are, not what is in them
            for file in self.sudo():
                there = {"res_model": file.res_model, "res_field": file.res_field}
                self._refuse_planted({**there, **vals})
                self._refuse_link({"type": file.type, **there, **vals})
        return super().write(vals)

    @api.model
    def _refuse_planted(self, there):
        """Refuse a file put into a field of our records past the field, which has its own guards.

        A signature would be anybody's, and a sealed file stand beside another one.

        :param there: values of the file, ``res_model`` and ``res_field`` among them
        :raises AccessError: by whoever does not write the field itself, which Odoo does as system
        """
        if self.env.su or is_trusted(self.env) or not there.get("res_field"):
            return
        name = there.get("res_model")
        model = self.env.get(name) if isinstance(name, str) else None
        if model is not None and keeps_files(model):
            raise AccessError(self.env._("A file of this field is put into the record itself."))

    @api.model
    def _refuse_link(self, there):
        """Refuse an address in place of a file: what stands behind it is another thing tomorrow, no
        sealed file holds it, and it leads whoever opens the file out of the house.

        :param there: values of the file, ``res_model`` and ``type`` among them
        """
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
        # Odoo calls it with superuser rights for whoever clicks on the file
        (self - self._to_take_back())._refuse_kept_files(by_field=False)
        return super()._delete_and_notify(message)

    def _to_take_back(self):
        """Files that whoever has put them on a record may take back: nothing else refers to them,
        and the record remembers it (``_on_file_taken_back``).
        """
        if is_trusted(self.env):
            return self.browse()
        # sudo: ir.attachment - asked whose the files are, not what is in them
        mine = self.sudo().filtered(lambda row: row.create_uid == self.env.user)
        own = mine.filtered(lambda row: row._owner_remembers() and not row.res_field)
        return own - own._referred_to()

    def _owner_remembers(self):
        model = self.env.get(self.res_model or "")
        return hasattr(model, "_on_file_taken_back") and bool(model.browse(self.res_id).exists())

    def _refuse_kept_files(self, vals=None, by_field=None):
        """Refuse what would alter or remove a file of our records, whoever asks (S3.1.3).

        :param vals: what is written; none when files are removed
        :param by_field: whether the record itself writes its field, which its own guard has
            allowed; by default whoever has superuser rights
        :raises AccessError: for a file that belongs to a record of ours, or that one refers to
        """
        if is_trusted(self.env) or not self.env.registry.ready:
            return
        # sudo: ir.attachment - asked whose the files are, not what is in them
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
        """What a file is called; of one that is closed to whoever asks, its number."""
        may_read = self.sudo(False).has_access("read")
        return self.name if may_read else f"{self._name}: {self.id}"

    def _belongs_to_kept(self, by_field):
        """Whether it is the file of a record that keeps its files, or of a field so kept.

        :param by_field: whether a field that its record may write is written by it
        """
        model = self.env.get(self.res_model or "")
        if model is None or not keeps_files(model):
            return False
        if self.res_field and by_field:
            return hasattr(model, "_kept_fields") and self.res_field in model._kept_fields()
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
        """Whether the same bytes are merely stored elsewhere."""
        if not vals or not vals.keys() <= STORAGE:
            return False
        same_kind = vals.get("mimetype", self.mimetype) == self.mimetype
        same_bytes = "raw" not in vals or self._compute_checksum(vals["raw"]) == self.checksum
        return same_kind and same_bytes

    # -- in the store -------------------------------------------------------------------------

    @api.model
    def _file_write(self, bin_value, checksum):
        """Put a file in its place in one step, so that others see it whole or not at all.

        Odoo writes it bit by bit where it is looked for. Whoever hands in the same picture at the
        same moment, by a double click and another worker, would have it compared with half a file
        and be told that files collide.

        :return: name of the file in the store
        """
        name, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            self._mark_for_gc(name)  # first, so that nothing stays when the server dies right here
            self._write_whole(path, bin_value)
        return super()._file_write(bin_value, checksum)

    @api.model
    def _get_path(self, bin_data, sha):
        """Odoo takes a file that was cut short when power failed for another of the same checksum.

        Whoever brings the whole one again would be refused for ever: it replaces what is left.
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
        """A page is shown without its logo, which cannot be read, rather than not at all."""
        try:
            return super()._compute_raw()
        except OSError:
            if not all(file._is_decoration() for file in self):
                raise
            self.raw = b""

    def _is_decoration(self):
        """Whether it is a picture of a record that keeps no files: a logo, somebody's face."""
        model = self.env.get(self.res_model or "")
        return bool(self.res_field) and (model is None or not keeps_files(model))

    @api.model
    def _file_read(self, fname, size=None):
        """The bytes of a file; none only of one that is not there any more.

        Odoo takes whatever it cannot read for empty: while the disk fails, or a process may open
        nothing more, evidence would be sealed and photos filed without a byte, and that be final.

        :raises OSError: for what cannot be read at the moment
        """
        try:
            with open(self._full_path(fname), "rb") as file:
                return file.read(size)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return super()._file_read(fname, size)

    @api.model
    def _write_whole(self, path, content):
        """Write a file to the disk itself: what was acknowledged outlives a loss of power."""
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
        """Remove what was being written by whoever was killed: no attachment names it, so that
        nothing else would ever remove a photo of somebody who is erased.
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
