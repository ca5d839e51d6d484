from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.trust import trusted

#: Interval of reminders to sign.
REMIND = timedelta(days=7)
STAFF = ("group_agent", "group_department", "group_quality")


class WaterStaffDocument(models.Model):
    """A standard that all staff must carry out and sign for (S1.5 签收), version by version.

    A version in force is not edited; the next one has to be signed anew.
    """

    _name = "water.staff.document"
    _inherit = ["water.loose.file.mixin", "water.steps.mixin", "water.mixin"]
    _description = "Standard to Sign"
    _order = "code, version desc"
    _file_fields = ("attachment_ids",)
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    version = fields.Integer(readonly=True, default=1, copy=False)
    interpreter_id = fields.Many2one(
        "water.department",
        string="Interpreted by",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The department that says what the document means (附则).",
    )
    replaces = fields.Char(help="An older document that is void from now on, by name and number.")
    body = fields.Html(string="Text", sanitize=True)
    attachment_ids = Files(
        "ir.attachment",
        "water_staff_document_attachment_rel",
        "document_id",
        "attachment_id",
        string="Files",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    in_force_at = fields.Datetime(string="In Force since", readonly=True, copy=False)
    reminded_on = fields.Date(readonly=True, copy=False)
    signature_ids = fields.One2many("water.staff.signature", "document_id", string="Signatures")
    signed_count = fields.Integer(string="Signed", compute="_compute_missing")
    missing_ids = fields.Many2many("res.users", string="Not Signed yet", compute="_compute_missing")
    missing_count = fields.Integer(string="Missing", compute="_compute_missing")
    is_signed = fields.Boolean(string="Signed by Me", compute="_compute_is_signed")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _version_uniq = models.Constraint(
        "UNIQUE (code, version, company_id)", "This version exists already."
    )

    # -- who has signed -------------------------------------------------------------------

    def _staff(self):
        """Return all users who have to sign."""
        groups = [self.env.ref(f"water_service_desk.{name}") for name in STAFF]
        # sudo: res.groups - editors of the standard may know the staff
        people = (
            self.env["res.users"].sudo().union(*(group.sudo().all_user_ids for group in groups))
        )
        root = self.env.ref("base.user_root")
        return people.filtered(
            lambda user: user.active and user != root and self.company_id in user.company_ids
        )

    @api.depends("signature_ids", "state")
    def _compute_missing(self):
        for document in self:
            signed = document.sudo().signature_ids.user_id
            document.signed_count = len(signed)
            in_force = document.state == "in_force"
            missing = document._staff() - signed if in_force else signed.browse()
            document.missing_ids = missing.sudo(False)
            document.missing_count = len(missing)

    @api.depends("signature_ids")
    @api.depends_context("uid")
    def _compute_is_signed(self):
        mine = self.env["water.staff.signature"].search(
            [("document_id", "in", self._origin.ids), ("user_id", "=", self.env.uid)]
        )
        for document in self:
            document.is_signed = document._origin in mine.document_id

    # -- steps ----------------------------------------------------------------------------

    @api.model
    def _settled_message(self):
        return self.env._("A standard in force is not edited; make a new version.")

    def action_put_in_force(self):
        """From now on this version has to be signed; the one before is replaced."""
        self._check_manager()
        for document in self:
            if document.state != "draft":
                raise UserError(self.env._("Only a draft is put in force."))
            before = self.search(
                [
                    ("code", "=", document.code),
                    ("company_id", "=", document.company_id.id),
                    ("state", "=", "in_force"),
                ]
            )
            trusted(before).state = "replaced"
        trusted(self).write({"state": "in_force", "in_force_at": fields.Datetime.now()})
        self._remind()
        return True

    def action_new_version(self):
        """Open the next version as a draft."""
        self.ensure_one()
        self._check_manager()
        last = self.search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)], limit=1
        )
        draft = trusted(self).copy({"version": last.version + 1})
        return windows.form(draft)

    def _check_manager(self):
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors keep the standards."))

    def action_sign(self):
        """I have read it and will act by it: kept with name, version and time."""
        self.check_access("read")
        for document in self:
            if document.state != "in_force":
                raise UserError(self.env._("Only a standard in force is signed."))
        # sudo: water.staff.signature - a signature is written by this service alone
        signatures = trusted(self.env["water.staff.signature"].sudo())
        signatures.create(
            [document._signature_values() for document in self if not document.is_signed]
        )
        return True

    def _signature_values(self):
        return {
            "document_id": self.id,
            "user_id": self.env.uid,
            "signed_at": fields.Datetime.now(),
            "version": self.version,
        }

    # -- reminder -------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Scheduled action: remind staff without a signature every week."""
        due = self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("reminded_on", "<=", day - REMIND)
        )
        due = self.search(Domain("state", "=", "in_force") & due)
        due.try_lock_for_update(allow_referencing=True)._remind()

    def _remind(self):
        lists = {}
        for document in self:
            for user in document.missing_ids:
                lists[user] = lists.get(user, self.browse()) | document
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s standards are to be signed", count=count)
        )
        for company, rows in self.grouped("company_id").items():
            trusted(rows).write({"reminded_on": company._water_today()})

    def _reminder_line(self):
        return self.env._("%(name)s, version %(number)s", name=self.name, number=self.version)
