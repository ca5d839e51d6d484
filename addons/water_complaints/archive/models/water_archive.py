import hashlib
import json
import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import QUALITY
from odoo.addons.water_service_desk.base.trust import trusted

from .. import sealed_file, sealing

_logger = logging.getLogger(__name__)

#: Cases sealed per committed batch: each has a PDF laid out.
SEAL_BATCH = 10
#: Number of cases read to find a batch that no other worker is sealing.
SEAL_LOOK = 10 * SEAL_BATCH
#: Waiting cases from which scheduled actions beside the first one help.
MANY = 2 * SEAL_BATCH
SEALERS_BESIDE = tuple(f"ir_cron_archive_beside_{number}" for number in (1, 2, 3))
#: A case that cannot be sealed is tried again after this time.
RETRY = timedelta(hours=1)
READERS = (QUALITY,)


class WaterArchive(models.Model):
    """A sealed file (封存卷) of an archived complaint: PDF dossier, papers, chain, data (S3.2.4b).

    One volume is sealed when the case is archived, a further one when something was entered
    afterwards (an appeal, a payment). Its SHA-256 is kept here, on the case and in the chain;
    the file itself leaves the house by ``/water/archive/<id>`` only, for quality, on record.
    """

    _name = "water.archive"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.anchored.file.mixin",
        "water.mixin",
    ]
    _description = "Sealed File"
    _order = "id desc"
    _allow_sudo_commands = False
    _dossier = False  # it holds the dossier

    name = fields.Char(string="Archive Number", required=True, readonly=True, index=True)
    complaint_id = fields.Many2one(
        "water.complaint", required=True, readonly=True, index=True, ondelete="restrict"
    )
    volume = fields.Integer(required=True, readonly=True, default=1)
    state = fields.Selection(
        [("sealed", "Sealed"), ("destroyed", "Destroyed")],
        required=True,
        readonly=True,
        default="sealed",
    )
    sealed_at = fields.Datetime(required=True, readonly=True)
    digest = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        index=True,
        help="Of the whole file: sha256sum and bin/verify-archive show the same.",
    )
    manifest_digest = fields.Char(string="SHA-256 of the Manifest", required=True, readonly=True)
    size = fields.Integer(string="Bytes", readonly=True)
    member_count = fields.Integer(string="Members", readonly=True)
    event_count = fields.Integer(string="Events", readonly=True)
    event_head = fields.Char(
        string="Newest Event", readonly=True, help="Digest of the newest event that is in it."
    )
    file = fields.Binary(attachment=True, readonly=True, groups=fields.NO_ACCESS)
    destroyed_at = fields.Datetime(readonly=True)
    destroy_reason = fields.Char(string="Destroyed Because", readonly=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)

    _volume_uniq = models.Constraint(
        "UNIQUE (complaint_id, volume)", "This volume has been sealed already."
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Sealed files are made and destroyed by the system alone.")

    # -- sealing ------------------------------------------------------------------------------

    @api.model
    def _cron_seal(self):
        """Scheduled action: seal the archived cases that are due, a few at a time.

        Several may run in parallel: each takes cases that no other one is sealing.
        """
        cases = trusted(self.env["water.complaint"].sudo())
        remaining = cases.search_count(self._seal_domain())
        while remaining:
            batch = self._claim_cases(cases)
            if not batch:
                break
            for case in batch:
                self._seal_safely(case)
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
            self.env.invalidate_all()

    @api.model
    def _seal_domain(self):
        return [("seal_due_at", "<=", fields.Datetime.now())]

    @api.model
    def _claim_cases(self, cases):
        while True:
            waiting = cases.search(self._seal_domain(), order="seal_due_at, id", limit=SEAL_LOOK)
            try:
                return waiting.try_lock_for_update(allow_referencing=True, limit=SEAL_BATCH)
            except SerializationFailure:  # another has sealed some since we looked
                self.env.cr.rollback()

    @api.model
    def _wake_sealers(self):
        waiting = self.env["water.complaint"].sudo().search_count(self._seal_domain(), limit=MANY)
        beside = SEALERS_BESIDE if waiting >= MANY else ()
        for name in ("ir_cron_archive", *beside):
            # sudo: ir.cron - every user who archives a case triggers its sealing
            self.env.ref(f"water_complaints.{name}").sudo()._trigger()

    @api.model
    def _seal_safely(self, case):
        try:
            with self.env.cr.savepoint():
                self._seal(case)
        except Exception as error:
            _logger.exception("The case %s could not be sealed", case.id)
            self.env.invalidate_all()
            values = {"seal_due_at": fields.Datetime.now() + RETRY}
            trusted(case).write({**values, "seal_error": f"{type(error).__name__}: {error}"[:500]})

    @api.model
    def _seal(self, case):
        """Seal the present state of one archived complaint as the next volume.

        :param case: one archived water.complaint; called by the system alone
        :return: the volume
        """
        case = trusted(case.sudo()).with_company(case.company_id)
        case.flush_recordset()
        volume = max(case.archive_ids.mapped("volume"), default=0) + 1
        content, facts = self._sealed_content(case, volume)
        digest = hashlib.sha256(content).hexdigest()
        archive = trusted(self.sudo()).create(
            {
                **facts,
                "name": f"{case.archive_number}-{volume}" if volume > 1 else case.archive_number,
                "complaint_id": case.id,
                "volume": volume,
                "digest": digest,
                "size": len(content),
                "sealed_at": fields.Datetime.now(),
            }
        )
        archive._keep_file(content)
        case.write({"archive_digest": digest, "seal_due_at": False, "seal_error": False})
        case._log_events("sealed", {"number": archive.name, "digest": digest})
        return archive

    @api.model
    def _sealed_content(self, case, volume):
        """Return the bytes of the sealed file, and the facts stored about it."""
        case = case.with_context(lang=self._language(case), tz=case.company_id._water_calendar().tz)
        dossier = case.env["water.dossier"]._gather(case)
        members, titles, files = self._file_members(case, dossier["files"])
        chain = self._chain(case)
        data = self._case_data(case, volume, dossier, files)
        paper = case.env["water.dossier"]._paper(case, dossier, files)
        first = [
            (sealed_file.DOSSIER, paper),
            (sealed_file.CASE, sealing.dump(data)),
            (sealed_file.EVENTS, chain),
        ]
        facts = {"event_head": case.event_head, "event_count": case.event_count}
        content, manifest = sealing.seal(
            [*first, *members],
            {
                **facts,
                "archive_number": case.archive_number,
                "volume": volume,
                "previous": case.archive_ids.sorted("volume")[-1:].digest or "",
                "case": case.name,
                "company": case.company_id.name,
                "archived_at": f"{case.archived_at.isoformat()}Z",
            },
            titles,
        )
        count = len(first) + len(members)
        return content, {**facts, "manifest_digest": manifest, "member_count": count}

    @api.model
    def _language(self, case):
        """Return Chinese if it is installed, otherwise the company's language."""
        installed = dict(self.env["res.lang"].get_installed())
        return "zh_CN" if "zh_CN" in installed else case.company_id.partner_id.lang

    @api.model
    def _file_members(self, case, files):
        dossier = case.env["water.dossier"]
        members, titles, facts = [], {}, []
        for number, file in enumerate(files, 1):
            content = dossier._content(file)
            member = sealing.safe_name("attachments", number, file.name)
            members.append((member, content))
            titles[member] = file.name
            facts.append(dossier._file_fact(file, member, content))
        return members, titles, facts

    @api.model
    def _chain(self, case):
        """The chain of events, a line each, as ``tools.event_chain`` sees them."""
        lines = [
            {
                "id": event.id,
                "kind": event.kind,
                "at": event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "user_id": event.user_id.id,
                "user": event.user_id.name,
                "payload": event.payload,
                "payload_seal": event.payload_seal or None,
                "previous_digest": event.previous_digest or None,
                "digest": event.digest,
            }
            for event in case.event_ids.sorted("id")
        ]
        text = "".join(
            f"{json.dumps(line, ensure_ascii=False, sort_keys=True)}\n" for line in lines
        )
        return text.encode()

    @api.model
    def _case_data(self, case, volume, dossier, files):
        """The data of the case for machines."""
        return {
            "format": "water-complaint",
            "version": 1,
            "number": case.name,
            "archive_number": case.archive_number,
            "volume": volume,
            "language": case.env.lang,
            "checklist": case._checklist(),
            "case": dossier["case"],
            "sections": dossier["sections"],
            "thread": dossier["thread"],
            "files": files,
        }

    def _keep_file(self, content):
        # a plain write of the field would carry the file through base64 twice
        trusted(self.env["ir.attachment"].sudo()).create(
            {
                "name": f"{self.name}.zip",
                "raw": content,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "file",
            }
        )

    def _content(self):
        file = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", "file")],
            limit=1,
        )
        return file.raw if file else None

    def _destroy(self, reason):
        """The file goes for good; number, digests and reason stay.

        :param reason: which erasure or protocol
        """
        rows = trusted(self.sudo()).filtered(lambda row: row.state == "sealed")
        for row in rows:
            row.env["ir.attachment"].search(
                [
                    ("res_model", "=", row._name),
                    ("res_id", "=", row.id),
                    ("res_field", "=", "file"),
                ]
            ).unlink()
        now = fields.Datetime.now()
        rows.write({"state": "destroyed", "destroyed_at": now, "destroy_reason": reason})

    # -- what people do with it ---------------------------------------------------------------

    def _check_reader(self):
        if not (self.env.su or any(map(self.env.user.has_group, READERS))):
            raise AccessError(self.env._("Only quality and managers open sealed files."))
        self.check_access("read")
        self.complaint_id.check_access("read")

    def action_download(self):
        """Save the sealed file; the privacy log keeps who did."""
        self.ensure_one()
        self._check_reader()
        return {"type": "ir.actions.act_url", "url": f"/water/archive/{self.id}", "target": "self"}

    def _download(self):
        """Return ``(file name, bytes)`` and log the download in the privacy log.

        :raises AccessError: if the user may not read sealed files, or not this case
        :raises UserError: if the file was destroyed
        """
        self.ensure_one()
        self._check_reader()
        content = self.sudo()._content()
        if content is None:
            raise UserError(self.env._("This sealed file was destroyed; its record stays."))
        self.env["water.privacy.log"]._keep(
            "export",
            self._name,
            record_name=self.name,
            row_count=1,
            field_names=["file"],
            complaint_id=self.complaint_id.id,
            company_id=self.company_id.id,
        )
        return f"{self.name}-{self.complaint_id.name}.zip", content

    def action_verify(self):
        """Check the file against its digest, its own manifest and chain, and the database."""
        self._check_reader()
        faults = [fault for archive in self.sudo() for fault in archive._faults()]
        if faults:
            return windows.message("\n".join(faults), "danger")
        return windows.message(self.env._("The sealed file is whole, as it was sealed."))

    def _faults(self):
        """Return the faults of the file as sentences; an empty list if it is sound."""
        content = self._content()
        if content is None:
            gone = self.env._("%s: the file is missing.", self.name)
            return [] if self.state == "destroyed" and self._may_be_gone() else [gone]
        try:
            manifest = sealed_file.check(content, self.digest)
        except sealed_file.BadFile as error:
            return [f"{self.name}: {line}" for line in str(error).splitlines()]
        events = self.complaint_id.event_ids
        if manifest["event_head"] not in events.mapped("digest"):
            return [self.env._("%s: the chain of the case has no such event.", self.name)]
        told = [row.payload or {} for row in events if row.kind == "sealed"]
        mine = (self.name, self.digest)
        if not any((row.get("number"), row.get("digest")) == mine for row in told):
            return [self.env._("%s: the chain of the case tells of another file.", self.name)]
        return self._anchor_faults()

    def _may_be_gone(self):
        """Return whether an event (erasure or protocol) explains the missing file."""
        since = self.sealed_at
        return any(
            row.kind in ("erased", "destroyed") and row.at >= since
            for row in self.complaint_id.event_ids
        )
