import base64
import binascii
import hashlib
from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.event_chain import seal
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.intake import uploads

#: Sealed fields of a piece of evidence.
FACTS = (
    "kind",
    "title",
    "note",
    "taken_at",
    "reference",
    "stated_by",
    "stated_as",
    "meter_number",
    "reading_charged",
    "reading_found",
)


class WaterEvidence(models.Model):
    """A piece of evidence (S3.1.3, S3.2.2b): typed, sealed, and never altered or removed.

    Mistaken evidence is struck out with a reason and stays visible. The customer sees the files
    that were published one by one.
    """

    _name = "water.evidence"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _description = "Evidence"
    _order = "complaint_id desc, number desc, id desc"
    _rec_name = "title"
    _rec_names_search = ["title", "reference", "file_name"]
    _personal = ("stated_by",)

    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    title = fields.Char(string="What It Shows", required=True)
    kind = fields.Selection(
        [
            ("photo", "Photo"),
            ("reading", "Meter reading"),
            ("lab", "Laboratory report"),
            ("recording", "Sound recording"),
            ("statement", "Statement"),
            ("document", "Document"),
            ("record", "Queue or camera record"),
        ],
        required=True,
        default="photo",
        index=True,
    )
    note = fields.Text(string="Remarks", help="Where it is from and what to look at.")
    investigation_id = fields.Many2one(
        "water.investigation",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    taken_at = fields.Datetime(help="When it was taken, read or said.")
    author_id = fields.Many2one(
        "res.users",
        string="Added by",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        index=True,
        ondelete="restrict",
    )
    recorded_at = fields.Datetime(
        string="Added at", required=True, readonly=True, default=fields.Datetime.now, copy=False
    )
    reference = fields.Char(help="Number of the recording, the report or the record.")
    stated_by = fields.Char(string="Said by", water_mask="name")
    stated_as = fields.Selection(
        [
            ("customer", "Customer"),
            ("complained", "Person or department complained of"),
            ("staff", "Other staff"),
            ("witness", "Witness"),
            ("property", "Property management"),
        ],
        string="Who Speaks",
    )
    meter_number = fields.Char()
    reading_charged = fields.Float(string="Charged (m³)", digits=(12, 3), aggregator=None)
    reading_found = fields.Float(string="Found (m³)", digits=(12, 3), aggregator=None)
    reading_difference = fields.Float(
        string="Difference (m³)",
        digits=(12, 3),
        compute="_compute_reading_difference",
        store=True,
        help="Charged too much; below zero: charged too little.",
    )
    latitude = fields.Float(digits=(10, 7), aggregator=None)
    longitude = fields.Float(digits=(10, 7), aggregator=None)
    struck_at = fields.Datetime(string="Struck Out at", readonly=True, copy=False)
    struck_by_id = fields.Many2one("res.users", string="Struck Out by", readonly=True, copy=False)
    strike_reason = fields.Text(string="Why It Is Struck Out", readonly=True, copy=False)
    published = fields.Boolean(
        string="Shown to the Customer",
        compute="_compute_published",
        store=True,
        help="The customer sees the file on their page.",
    )
    can_strike = fields.Boolean(compute="_compute_can")
    can_publish = fields.Boolean(compute="_compute_can")

    _number_uniq = models.Constraint(
        "UNIQUE (complaint_id, number)", "The complaint has evidence with this number already."
    )

    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Kept File",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    file = fields.Binary(
        compute="_compute_file", inverse="_inverse_file", copy=False, attachment=False
    )
    file_name = fields.Char(copy=False)
    mimetype = fields.Char(string="Kind of File", readonly=True, copy=False)
    file_size = fields.Integer(string="Size (Bytes)", readonly=True, copy=False, aggregator=None)
    checksum = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the bytes of the file; where there is none, of what was written down.",
    )
    is_image = fields.Boolean(compute="_compute_is_image", export_string_translation=False)

    # -- computes -------------------------------------------------------------------------

    @api.depends("number", "title")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.number}. {row.title}" if row.number else row.title

    @api.depends("reading_charged", "reading_found")
    def _compute_reading_difference(self):
        for row in self:
            row.reading_difference = row.reading_charged - row.reading_found

    @api.depends("attachment_id", "complaint_id.published_attachment_ids")
    def _compute_published(self):
        for row in self:
            row.published = row.attachment_id in row.complaint_id.published_attachment_ids

    @api.depends("struck_at", "attachment_id", "complaint_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        supervisor = self.env.su or self.env.user.has_group(SUPERVISOR)
        desk = self.env["water.complaint"]._is_desk()
        for row in self:
            is_open = row.complaint_id.state not in row.complaint_id._final_states
            row.can_strike = supervisor and is_open and not row.struck_at
            row.can_publish = (
                desk and is_open and bool(row.sudo().attachment_id) and not row.struck_at
            )

    # -- adding ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contents = [self._take_file(vals) for vals in vals_list]
        rows = super().create(vals_list)
        rows._keep_files(contents)
        rows._check_facts()
        rows._give_numbers()
        rows._log_added()
        return rows

    def _check_facts(self):
        """Check that each piece has what its kind requires.

        :raises UserError: what is missing
        """
        for row in self:
            missing = row._fact_gaps()
            if missing:
                raise UserError(
                    self.env._("“%(title)s”: %(missing)s", title=row.title, missing=missing)
                )
            if row.investigation_id and row.investigation_id.complaint_id != row.complaint_id:
                raise UserError(self.env._("The investigation belongs to another complaint."))

    def _fact_gaps(self):
        """Return what this kind of evidence lacks, as a sentence; "" if complete."""
        has_file = bool(self.attachment_id)
        if self.kind == "photo" and not (self.mimetype or "").startswith("image/"):
            return self.env._("add the photo itself.")
        if self.kind == "reading":
            return self._reading_gaps()
        if self.kind == "statement":
            complete = self.stated_by and self.taken_at and (has_file or self.note)
            return "" if complete else self.env._("write down who said what, and when.")
        if self.kind in ("recording", "record", "lab") and not (has_file or self.reference):
            return self.env._("add the file, or the number under which it is kept.")
        if self.kind == "document" and not has_file:
            return self.env._("add the document itself.")
        return ""

    def _reading_gaps(self):
        if not (self.meter_number and self.taken_at):
            return self.env._("write down the number of the meter and when it was read.")
        if min(self.reading_charged, self.reading_found) < 0:
            return self.env._("a meter cannot show less than 0.")
        if not (self.reading_charged or self.reading_found):
            return self.env._("write down what the meter showed and what was charged.")
        return ""

    def _give_numbers(self):
        for complaint, rows in self.grouped("complaint_id").items():
            for place, row in enumerate(rows, self._last_of(complaint, "number") + 1):
                trusted(row.sudo()).number = place

    def _log_added(self):
        """Log the seals in the chain, so that exchanged evidence is found."""
        for complaint, rows in self.grouped("complaint_id").items():
            items = [row._sealed_facts() for row in rows]
            complaint._log_events("evidence_added", {complaint.id: {"items": items}})

    def _sealed_facts(self):
        return {
            "number": self.number,
            "kind": self.kind,
            "title": self.title,
            "file": self.file_name or "",
            "size": self.file_size,
            "checksum": self.checksum,
            "facts": self._seal_of_facts(),
        }

    def _seal_of_facts(self):
        return seal({name: self._fact(name) for name in FACTS})

    def _fact(self, name):
        value = self[name]
        return fields.Datetime.to_string(value) if name == "taken_at" else value or ""

    # -- kept -----------------------------------------------------------------------------

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(
                self.env._(
                    "Evidence is not altered. Add what is right as another piece, and have the"
                    " mistaken one struck out."
                )
            )
        return super().write(vals)

    def _check_unlink(self):
        raise AccessError(
            self.env._("Evidence is not removed: a supervisor strikes out what is mistaken.")
        )

    def _faults(self, told):
        """Return what was altered since the sealing, as sentences.

        :param told: {number: seals of a piece in the chain}, None where words were erased
        """
        return [
            self.env._("Evidence %(name)s was altered.", name=row.display_name)
            for row in self.sudo()
            if row._seal_now() != row.checksum or not row._matches_notified(told)
        ]

    def _matches_notified(self, told):
        if self.number not in told:
            return False
        now, said_then = self._sealed_facts(), told[self.number] or {}
        return all(now.get(name) == value for name, value in said_then.items())

    # -- steps ----------------------------------------------------------------------------

    def action_strike(self):
        """Open the dialog that strikes the evidence out."""
        self.ensure_one()
        self.check_access("read")
        return windows.dialog(
            "water.strike.wizard", self.env._("Strike Out"), {"default_evidence_id": self.id}
        )

    def _strike(self, reason):
        """Strike out mistaken evidence; it stays visible.

        :param reason: why, required
        :raises AccessError: for anyone below supervisor
        :raises UserError: without a reason, or if it is struck out already
        """
        self.complaint_id.check_access("write")
        self.complaint_id._check_unsealed()
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only supervisors strike evidence out."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why it is struck out."))
        for row in self:
            if row.struck_at:
                raise UserError(self.env._("%s is struck out already.", row.display_name))
            row._set_published(False)
            trusted(row.sudo()).write(
                {
                    "struck_at": fields.Datetime.now(),
                    "struck_by_id": self.env.uid,
                    "strike_reason": reason.strip(),
                }
            )
            row.complaint_id._log_events(
                "evidence_struck", {"number": row.number, "reason": reason.strip()}
            )

    def action_publish(self):
        """Publish the file to the customer."""
        self._check_publisher()
        for row in self:
            row._set_published(True)
        return True

    def action_hide(self):
        """Take the file back from the customer's page."""
        self._check_publisher()
        for row in self:
            row._set_published(False)
        return True

    def _check_publisher(self):
        self.check_access("read")
        for row in self:
            if not row.can_publish:
                raise UserError(
                    self.env._(
                        "Only the service desk shows files to customers, and only files that count."
                    )
                )

    def _set_published(self, shown):
        complaint, file = self.complaint_id, self.sudo().attachment_id
        if not file or self.published == shown:
            return
        # sudo: water.complaint - who may publish was asked before; the change is logged
        before = complaint.sudo().published_attachment_ids
        after = before | file if shown else before - file
        trusted(complaint.sudo()).published_attachment_ids = after
        complaint._log_publication(before, after)

    # -- file ----------------------------------------------------------------------------------
    # The file behind a piece of evidence: judged, measured and sealed by the server (S3.1.3).
    #
    # Name, header and checksum of the client are ignored: kind, size and SHA-256 come from the
    # bytes, which are stored exactly as they were sent.

    @api.depends("attachment_id")
    @api.depends_context("bin_size")
    def _compute_file(self):
        for row in self:
            row.file = row.attachment_id.datas

    def _inverse_file(self):
        """Files come with ``create`` alone, which takes them out of the values."""

    @api.depends("mimetype")
    def _compute_is_image(self):
        for row in self:
            row.is_image = row.mimetype in uploads.INLINE

    @api.model
    def _take_file(self, vals):
        """Take the file out of ``vals``.

        :return: its bytes, or None
        :raises UserError: if the kind of file is not accepted
        """
        sent = vals.pop("file", None)
        if not sent:
            vals.pop("file_name", None)
            return b""
        try:
            content = base64.b64decode(sent, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise UserError(
                self.env._("The file has not arrived whole: choose it again.")
            ) from None
        name = uploads.safe_name(vals.get("file_name"), "evidence")
        if "." not in name:
            kind = uploads.sniff(BytesIO(content))
            name = f"{name}.{uploads.EXTENSIONS[kind][0]}" if kind else name
        faults = self.env["water.complaint"]._file_faults([(name, BytesIO(content))])
        if faults:
            raise UserError("\n".join(faults))
        vals["file_name"] = name
        return content

    def _keep_files(self, contents):
        """Keep the bytes of each record and seal it.

        :param contents: bytes for each record, empty where there is no file
        """
        with_file = [(row, data) for row, data in zip(self, contents, strict=True) if data]
        # sudo: ir.attachment - the files belong to rows that the caller may create
        files = trusted(self.env["ir.attachment"].sudo()).with_context(image_no_postprocess=True)
        kept = files.create([row._file_values(data) for row, data in with_file])
        for (row, data), file in zip(with_file, kept, strict=True):
            trusted(row.sudo()).write(
                {
                    "attachment_id": file.id,
                    "mimetype": file.mimetype,
                    "file_size": len(data),
                    "checksum": hashlib.sha256(data).hexdigest(),
                }
            )
        for row in trusted(self.sudo()).filtered(lambda row: not row.attachment_id):
            row.checksum = row._seal_of_facts()

    def _file_values(self, data):
        return {
            "name": self.file_name,
            "raw": data,
            "mimetype": uploads.sniff(BytesIO(data)),
            "res_model": self._name,
            "res_id": self.id,
        }

    def _seal_now(self):
        """Return the seal computed from the present content."""
        if self.attachment_id:
            # forms are read with bin_size, which would give "12 Kb" instead of the bytes
            file = trusted(self.attachment_id).with_context(bin_size=False, bin_size_raw=False)
            return hashlib.sha256(file.raw or b"").hexdigest()
        return self._seal_of_facts()
