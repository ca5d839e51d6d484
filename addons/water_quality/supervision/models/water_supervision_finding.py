from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted

SOURCES = [
    ("regulator", "Regulator"),
    ("social", "Social supervisor"),
    ("telephone", "Supervision telephone"),
    ("survey", "Satisfaction survey"),
    ("media", "Press and internet"),
]
#: What the responsible people write; the rest is for those who look after quality.
OWNER_FIELDS = frozenset({"answer"})


class WaterSupervisionFinding(models.Model):
    """What somebody outside has found with the service, and what is answered (S2.2.2).

    Regulators, social supervisors, callers of the supervision telephone, surveys and the press.
    The department answers, somebody else checks and sends the answer, within the date that the
    body has named or the company's own; what has to change becomes a corrective action.
    """

    _name = "water.supervision.finding"
    _inherit = [
        "water.agreed.date.mixin",
        "water.counted.limit.mixin",
        "water.never.deleted.mixin",
        "water.upload.mixin",
        "water.portal.list.mixin",
        "mail.thread",
    ]
    _description = "Finding from Outside"
    _order = "reply_due_at, id desc"
    _mail_post_access = "read"
    _check_company_auto = True
    _editable_states = frozenset({"open", "answered"})
    _agreed_date = "reply_due_at"
    _counted_limit = "reply_due_at"
    _counted_open = (("state", "in", ("open", "answered")), ("breached_at", "=", False))
    _given_at_birth = frozenset({"company_id"})
    _dossier = False  # about the service, not about the case that was registered of it
    _in_hand = dict.fromkeys(("owner_id", "department_id"), [("state", "=", "open")])

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="What Was Pointed out", required=True, tracking=True)
    source = fields.Selection(
        SOURCES, string="Raised through", required=True, default="regulator", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Found by", index="btree_not_null", ondelete="restrict"
    )
    supervisor_id = fields.Many2one(
        "water.social.supervisor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    reference = fields.Char(
        string="Letter Number", help="Number of the body's letter or notice.", copy=False
    )
    description = fields.Text(string="What Was Observed", required=True)
    place = fields.Char()
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    received_at = fields.Datetime(required=True, default=fields.Datetime.now)
    reply_due_at = fields.Datetime(
        string="Reply Due",
        compute="_compute_reply_due_at",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        tracking=True,
        help="The date of the body; where it names none, the company's own number of working days.",
    )
    department_id = fields.Many2one(
        "water.department", index=True, check_company=True, tracking=True
    )
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    past_holder_ids = fields.Many2many(
        "res.users",
        "water_finding_holder_rel",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    complaint_id = fields.Many2one(
        "water.complaint",
        string="Registered as",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="The complaint that was registered of it, where a customer is concerned.",
    )
    answer = fields.Text(string="Our Answer", help="What was found out, and what is done about it.")
    improvement_ids = fields.One2many(
        "water.improvement", "finding_id", string="Corrective Actions", readonly=True
    )
    state = fields.Selection(
        [
            ("open", "To Be Answered"),
            ("answered", "Answer to Be Checked"),
            ("replied", "Replied"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    can_work = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_manage = fields.Boolean(compute="_compute_can", export_string_translation=False)

    @api.depends("received_at", "company_id")
    def _compute_reply_due_at(self):
        for row in self:
            if row._origin.reply_due_at:  # told to somebody: moved with a reason alone
                row.reply_due_at = row._origin.reply_due_at
                continue
            begun, days, calendar = row._reply_rule()
            row.reply_due_at = calendar._water_due_at(begun, days, "working_day")[0]

    def _reply_rule(self):
        """``(start, working days, calendar)`` of the company's own limit for an answer."""
        begun = self.received_at or fields.Datetime.now()
        return begun, self.company_id.water_supervision_days, self.company_id._water_calendar()

    @api.depends("state", "owner_id", "department_id")
    @api.depends_context("uid")
    def _compute_can(self):
        manager = self._is_manager()
        for row in self:
            row.can_manage = manager
            row.can_work = row.state == "open" and (manager or row._is_mine())

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    def _is_mine(self):
        return self.env.user in (self.owner_id | self.department_id.sudo().manager_id)

    @api.constrains("received_at", "reply_due_at")
    def _check_dates(self):
        for row in self:
            if row.reply_due_at <= row.received_at:
                raise ValidationError(self.env._("It is answered after it was received."))

    @api.constrains("owner_id", "complaint_id")
    def _check_owner(self):
        """Whom the complaint is hidden from cannot work on what was found."""
        for row in self.sudo():
            if row.owner_id and row.owner_id in row.complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The complaint is about this owner; choose somebody else.")
                )

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers(self._name, rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
            row._keep_count(*row._reply_rule())
        rows._tell_owners()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("owner_id") or vals.get("department_id"):
            self._tell_owners()
        if "reply_due_at" in vals:  # a new date is watched anew
            trusted(self).write({"reminded_at": False})
            if not is_trusted(self.env):  # whoever names it knows better than our rule
                trusted(self).write({"counted_days": 0, "counted_provisional": False})
        return result

    def _move_counted(self, due, provisional, reason):
        """The days have changed: on record as any other move."""
        self.write({"reply_due_at": due, "counted_provisional": provisional, "date_reason": reason})

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names - OWNER_FIELDS and not self._is_manager():
            raise AccessError(self.env._("You write the answer; quality the rest."))
        if names & OWNER_FIELDS and not all(self.mapped("can_work")):
            raise AccessError(self.env._("The answer waits for its check: have it given back."))

    @api.model
    def _settled_message(self):
        return self.env._("A finding that was replied to is not changed any more.")

    def _at_work(self):
        return self._responsible() | self.department_id.sudo().manager_id | self._authors()

    def _responsible(self):
        """Who answers for it: the owner, or the head of the department."""
        return self.owner_id or self.department_id.sudo().manager_id

    def _told(self, people):
        """Those of ``people`` who may hear of it: nobody of a complaint that is hidden from him."""
        # sudo: water.complaint - whom it is about, told to nobody
        return people - self.sudo().complaint_id._people_concerned()

    def _tell_owners(self):
        """Each person hears once of all that has come to him."""
        for person, rows in self.grouped(lambda row: row._told(row._responsible())).items():
            if person:
                tell_staff(
                    rows,
                    person,
                    lambda told: told.env._("%s findings from outside for you", len(told)),
                    lambda row: row.display_name,
                    is_list=True,
                )
