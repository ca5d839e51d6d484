import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...base.trust import trusted
from .. import uploads
from ..filing import FilingError, parse_id

#: How long a draft can be reviewed.
LASTS = timedelta(hours=1)


class WaterFilingDraft(models.Model):
    """A stranger's form while it is reviewed before sending (S3.2.1d).

    It belongs to one browser session; once sent, it contains only the number.
    """

    _name = "water.filing.draft"
    _inherit = ["water.readonly.mixin", "water.upload.mixin", "water.mixin"]
    _description = "Form before it is Sent"
    _keeps_files = False
    _rec_name = "kind"
    _allow_sudo_commands = False

    token = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Char(required=True, readonly=True)
    form = fields.Json(readonly=True)
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(model_field="case_model", readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True)

    @api.model
    def _begin(self, kind, values, files=(), former=None, kept=()):
        """Store a checked form.

        :param kind: the kind of case, a key of the public page
        :param values: {form field: text}
        :param files: new ``(name, stream)`` pairs
        :param former: the corrected draft, whose chosen files are taken over
        :param kept: ids of those files, from the form
        :raises FilingError: for pictures that cannot be opened
        """
        draft = trusted(self.sudo()).create(
            {
                "token": secrets.token_urlsafe(24),
                "kind": kind,
                "form": values,
                "expires_at": fields.Datetime.now() + LASTS,
            }
        )
        chosen = former._chosen(kept) if former is not None else ()
        draft._store_files([*chosen, *files])
        return draft

    @api.model
    def _open(self, token):
        if not isinstance(token, str) or not 20 <= len(token) <= 64:
            return self.sudo().browse()
        domain = [("token", "=", token), ("expires_at", ">", fields.Datetime.now())]
        return trusted(self.sudo()).search(domain, limit=1)

    def _attachments(self):
        # sudo: ir.attachment - of this draft alone
        files = self.env["ir.attachment"].sudo()
        if not self:
            return files
        mine = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return files.search(mine, order="id")

    def _add_files(self, files):
        """Add files.

        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: for refused files, or too many
        """
        known = self._files()
        faults = self._file_faults([*known, *files])
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        self._store_files(files)

    def _forget(self):
        """Delete the draft and its files after sending."""
        for draft in trusted(self.sudo()):
            draft._attachments().unlink()
            draft.unlink()

    def _files(self):
        return self._streams(self._attachments())

    def _chosen(self, ids):
        """Return the chosen files; refuse if some have expired, instead of leaving them out
        silently.
        """
        wanted = {parse_id(value) for value in ids} - {None}
        files = self._attachments().filtered(lambda file: file.id in wanted)
        lost = [("", uploads.LostFile())] if wanted - set(files.ids) else []
        return [*self._streams(files), *lost]

    @api.model
    def _streams(self, files):
        return [(file.name, uploads.CleanFile(file.raw)) for file in trusted(files)]

    def _keep_only(self, ids):
        wanted = {parse_id(value) for value in ids}
        self._attachments().filtered(lambda file: file.id not in wanted).unlink()

    def _file(self, cases, channel):
        """File the case of this draft; again, and it is the same case.

        :param cases: the model of the case, in the environment in which it is filed
        :param channel: water.channel of the door
        :raises FilingError: when something does not fit any more
        """
        self.ensure_one()
        if self.case_id:
            return cases.sudo().browse(self.case_id)
        values = {**(self.form or {}), "submission_key": self.token}
        intake = cases.env["water.intake"]
        case = intake._file(cases._name, values, self._files(), channel, confirmed=True)
        self.write({"form": {}, "case_model": cases._name, "case_id": case.id})
        self._attachments().unlink()
        return case

    @api.autovacuum
    def _gc_lapsed(self):
        """Delete drafts that were never sent, with their files."""
        trusted(self.sudo()).search([("expires_at", "<=", fields.Datetime.now())]).unlink()
