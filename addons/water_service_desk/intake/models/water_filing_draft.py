import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...base.trust import trusted
from .. import uploads
from ..filing import FilingError, parse_id

#: As long somebody may look at what he is going to send.
LASTS = timedelta(hours=1)


class WaterFilingDraft(models.Model):
    """What a stranger has filled in and is about to send, while he reads it back (S3.2.1d).

    It belongs to one session of a browser; once sent, it holds nothing but the number.
    """

    _name = "water.filing.draft"
    _inherit = ["water.kept.mixin", "water.upload.mixin", "water.mixin"]
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
        """Keep a form that was checked.

        :param kind: what is filed, a key of the public page
        :param values: {form field: text}
        :param files: new ``(name, stream)`` pairs
        :param former: the draft that was corrected, whose files go over as far as chosen
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
        """The draft of this token, or nothing when it has lapsed."""
        if not isinstance(token, str) or not 20 <= len(token) <= 64:
            return self.sudo().browse()
        domain = [("token", "=", token), ("expires_at", ">", fields.Datetime.now())]
        return trusted(self.sudo()).search(domain, limit=1)

    def _attachments(self):
        """Its files, in the order in which they were chosen."""
        # sudo: ir.attachment - of this draft alone
        files = self.env["ir.attachment"].sudo()
        if not self:
            return files
        mine = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return files.search(mine, order="id")

    def _add_files(self, files):
        """Keep further files.

        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: for what cannot be taken, or more than the company allows
        """
        known = self._files()
        faults = self._file_faults([*known, *files])
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        self._store_files(files)

    def _forget(self):
        """It was sent: nothing of it is needed any more."""
        for draft in trusted(self.sudo()):
            draft._attachments().unlink()
            draft.unlink()

    def _files(self):
        """``(name, stream)`` pairs of its files, which have been cleaned already."""
        return self._streams(self._attachments())

    def _chosen(self, ids):
        """The files that are to stay; what lapsed meanwhile is refused, never left out unseen."""
        wanted = {parse_id(value) for value in ids} - {None}
        files = self._attachments().filtered(lambda file: file.id in wanted)
        lost = [("", uploads.LostFile())] if wanted - set(files.ids) else []
        return [*self._streams(files), *lost]

    @api.model
    def _streams(self, files):
        """They are judged once more when they are filed, whatever was found meanwhile."""
        return [(file.name, uploads.CleanFile(file.raw)) for file in trusted(files)]

    def _keep_only(self, ids):
        """Let go of the files that the form has not left chosen."""
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
        """Forms that were never sent are forgotten with their files."""
        trusted(self.sudo()).search([("expires_at", "<=", fields.Datetime.now())]).unlink()
