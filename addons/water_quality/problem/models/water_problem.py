from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED

#: What makes complaints alike: what the figures before and after go by.
FACTS = ("cause_id", "category_id", "zone_id", "account_id")
#: What the owner writes down; the rest is for those who look after quality.
OWNER_FIELDS = frozenset({"analysis"})


class WaterProblem(models.Model):
    """A systemic problem: many complaints, one cause (ISO 10002, 8.2).

    The system proposes it when complaints that are alike repeat; quality, supervisors and managers
    open others. The owner analyses it; measures are corrective actions with a date; whether they
    worked is judged by somebody else, by the figures before and after.
    """

    _name = "water.problem"
    _inherit = ["water.hands.mixin", "water.never.deleted.mixin", "mail.thread"]
    _description = "Systemic Problem"
    _order = "id desc"
    _in_hand = dict.fromkeys(
        ("owner_id", "department_id"), [("state", "in", ("open", "analysed", "measures"))]
    )
    _mail_post_access = "read"
    _check_company_auto = True
    _editable_states = frozenset({"open", "analysed", "measures"})
    _settled_states = ("closed", "dismissed")
    _work_fields = OWNER_FIELDS
    _given_at_birth = frozenset({"company_id"})

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="Problem", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    rule_id = fields.Many2one(
        "water.problem.rule",
        string="Proposed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The rule by which the system proposed it; empty: opened by hand.",
    )
    cause_id = fields.Many2one("water.cause", index="btree_not_null", ondelete="restrict")
    category_id = fields.Many2one("water.category", index="btree_not_null", ondelete="restrict")
    zone_id = fields.Many2one(
        "water.zone", string="Supply Zone", index="btree_not_null", ondelete="restrict"
    )
    account_id = fields.Many2one(
        "water.account", index="btree_not_null", ondelete="restrict", check_company=True
    )
    complaint_ids = fields.Many2many(
        "water.complaint",
        "water_problem_complaint_rel",
        "problem_id",
        "complaint_id",
        string="Complaints",
        copy=False,
        check_company=True,
    )
    case_count = fields.Integer(string="Number of Complaints", compute="_compute_case_count")
    department_id = fields.Many2one("water.department", index=True, check_company=True)
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    analysis = fields.Text(help="Why it happens again and again: the root, not the symptom.")
    measure_ids = fields.One2many(
        "water.improvement", "problem_id", string="Measures", copy=False, readonly=True
    )
    state = fields.Selection(
        [
            ("open", "To Be Analysed"),
            ("analysed", "Analysed"),
            ("measures", "Measures Running"),
            ("judged", "Effect Judged"),
            ("closed", "Closed"),
            ("dismissed", "No Systemic Problem"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    dismissal = fields.Text(
        string="Why None", copy=False, help="Why the complaints have no common cause."
    )
    review_ids = fields.Many2many(
        "water.management.review", "water_review_problem_rel", "problem_id", "review_id"
    )
    can_work = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_manage = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _running_uniq = models.UniqueIndex(
        "(company_id, COALESCE(cause_id, 0), COALESCE(category_id, 0), COALESCE(zone_id, 0),"
        " COALESCE(account_id, 0)) WHERE state NOT IN ('closed', 'dismissed')",
        "There is an open problem about this already.",
    )

    @api.depends("complaint_ids")
    def _compute_case_count(self):
        for row in self:
            row.case_count = len(row.complaint_ids)

    @api.depends("state", "owner_id", "department_id")
    @api.depends_context("uid")
    def _compute_can(self):
        manager = self._is_manager()
        for row in self:
            row.can_manage = manager
            row.can_work = row.state in self._editable_states and (manager or row._is_mine())

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    def _is_mine(self):
        return self.env.user in (self.owner_id | self.department_id.sudo().manager_id)

    @api.constrains("subject", *FACTS)
    def _check_facts(self):
        """Without a fact that the complaints share there are no figures before and after."""
        for row in self:
            if not row._alike():
                raise ValidationError(
                    self.env._(
                        "Say what repeats: a cause, a category, a supply zone or an account."
                    )
                )

    @api.constrains("owner_id", "complaint_ids")
    def _check_owner(self):
        for row in self.sudo():
            concerned = row.complaint_ids.mapped(lambda case: case._people_concerned())
            if row.owner_id and row.owner_id in concerned:
                raise ValidationError(
                    self.env._("One of the complaints is about this owner; choose somebody else.")
                )

    def _alike(self):
        """``{field: id}`` of what the complaints share."""
        return {name: self[name].id for name in FACTS if self[name]}

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.problem", rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
        rows._tell_owners()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("owner_id"):
            self._tell_owners()
        return result

    def _tell_owners(self):
        for row in self.filtered("owner_id"):
            tell_staff(
                row,
                row.owner_id,
                lambda one: one.env._("%s: you look after this systemic problem", one.name),
                lambda one: one.subject,
            )

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names - OWNER_FIELDS - {"judgement", "effect"} and not self._is_manager():
            raise AccessError(self.env._("You write down the analysis; quality the rest."))
        if "analysis" in names and not all(self.mapped("can_work")):
            raise AccessError(self.env._("Only the owner or quality takes this step."))
        if names & {"judgement", "effect"}:
            self._check_neutral("measures")
        if names & {*FACTS} and any(row.state != "open" for row in self):
            raise UserError(self.env._("What repeats is fixed once the problem is analysed."))

    @api.model
    def _settled_message(self):
        return self.env._("This problem is past that: its effect is judged, or it is settled.")

    @api.model
    def _first_values(self, alike, cases):
        """Subject, department and owner of a problem that the system proposes.

        :param alike: ``{field: id}`` of what the complaints share
        :param cases: the complaints, with sudo
        """
        told = self.with_context(lang=cases[:1].company_id.partner_id.lang)
        facts = (told.env[self._fields[name].comodel_name].browse(alike[name]) for name in alike)
        leads = cases.category_id.department_id
        departments = cases.department_id or cases[:1]._of_its_company(leads)
        often = departments.sorted(
            lambda row: -len(cases.filtered(lambda case: case.department_id == row))
        )[:1]
        concerned = cases.mapped(lambda case: case._people_concerned())
        head = often.manager_id
        return {
            "subject": " · ".join(fact.display_name for fact in facts),
            "complaint_ids": [fields.Command.set(cases.ids)],
            "department_id": often.id,
            "owner_id": head.id if head.active and head not in concerned else False,
        }

    @api.model
    def _counted(self, company):
        """Complaints that count: those that figures and rates count, each once that came in."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("leaves_figures", "!=", True)
            & Domain("is_follow_up", "=", False)
            & Domain("state", "not in", NOT_JUDGED)
        )

    def action_open_complaints(self):
        """Open the complaints that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        # sudo: ids alone; what is opened goes by the reader's own rules
        domain = [("id", "in", self.sudo().complaint_ids.ids)]
        return windows.rows("water.complaint", self.display_name, domain, {"create": False})
