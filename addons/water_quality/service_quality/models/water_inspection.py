from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import trusted

from .water_inspection_line import SHARES


class WaterInspection(models.Model):
    """A scored inspection (考核) of a person or a department (S2.2.1-S2.2.3).

    Quality, supervisors and managers see and make them all, except a draft about themselves.
    The person inspected sees his own when it is done, acknowledges or disputes it; a head sees
    those of his department. A done inspection is never changed: when a dispute is justified,
    somebody who had no part in it annuls it.
    """

    _name = "water.inspection"
    _inherit = ["water.hands.mixin", "water.case.link.mixin", "mail.thread"]
    _description = "Service Inspection"
    _dossier = False  # about staff, not about the case
    _in_hand = {"inspector_id": [("state", "=", "draft")]}
    _order = "inspected_at desc, id desc"
    _mail_post_access = "read"
    _case_required = False
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    template_id = fields.Many2one(
        "water.inspection.template",
        string="Checklist",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="template_id.kind", store=True, string="Kind")
    user_id = fields.Many2one(
        "res.users",
        string="Inspected Person",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    inspector_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    inspected_at = fields.Datetime(required=True, default=fields.Datetime.now)
    place = fields.Char(help="Counter, site or street.")
    recording_ref = fields.Char(
        string="Recording", help="The telephone system's reference of the call listened to."
    )
    line_ids = fields.One2many("water.inspection.line", "inspection_id", string="Items")
    pass_mark = fields.Float(
        string="Passing Score", compute="_compute_pass_mark", store=True, precompute=True
    )
    score = fields.Float(compute="_compute_score", store=True, aggregator="avg", digits=(5, 1))
    is_passed = fields.Boolean(string="Passed", compute="_compute_score", store=True)
    improvement_ids = fields.One2many(
        "water.improvement", "inspection_id", string="Corrective Actions"
    )
    remark = fields.Text(string="Advice", help="What was good, and what to do better.")
    state = fields.Selection(
        [
            ("draft", "To Do"),
            ("done", "Done"),
            ("disputed", "Disputed"),
            ("acknowledged", "Acknowledged"),
            ("annulled", "Annulled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        group_expand=True,
    )
    finished_at = fields.Datetime(readonly=True, copy=False)
    company_id = fields.Many2one(required=True, default=lambda self: self.env.company)
    can_finish = fields.Boolean(compute="_compute_can_finish")

    _about_somebody = models.Constraint(
        "CHECK (user_id IS NOT NULL OR department_id IS NOT NULL)",
        "Say which person or department is inspected.",
    )

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("user_id")
    def _compute_department(self):
        for inspection in self:
            home = inspection.user_id.sudo().water_department_ids[:1]
            inspection.department_id = home or inspection.department_id

    @api.depends("template_id")
    def _compute_pass_mark(self):
        for inspection in self:
            inspection.pass_mark = inspection.template_id.pass_mark

    @api.depends("line_ids.rating", "line_ids.weight", "pass_mark")
    def _compute_score(self):
        for inspection in self:
            rated = inspection.line_ids.filtered(lambda line: line.rating in SHARES)
            weight = sum(rated.mapped("weight"))
            earned = sum(line.weight * SHARES[line.rating] for line in rated)
            inspection.score = 100 * earned / weight if weight else 0.0
            fatal = any(line.is_critical and line.rating == "none" for line in rated)
            inspection.is_passed = (
                bool(weight) and not fatal and (round(inspection.score, 1) >= inspection.pass_mark)
            )

    @api.depends("state", "user_id", "department_id")
    @api.depends_context("uid")
    def _compute_can_finish(self):
        for inspection in self:
            mine = inspection._is_about_me()
            inspection.can_finish = inspection.state == "draft" and not mine and self._is_manager()

    @api.depends("name", "template_id", "user_id", "department_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # sudo: water.inspection.template - whoever reads the inspection reads its title
        for inspection in self.sudo():
            who = inspection.user_id.name or inspection.department_id.name
            parts = (inspection.name, inspection.template_id.name, who)
            inspection.display_name = " · ".join(part for part in parts if part and part != "/")

    @api.constrains("user_id", "inspector_id", "department_id")
    def _check_inspector(self):
        for inspection in self:
            if inspection.inspector_id == inspection.user_id:
                raise ValidationError(self.env._("You cannot inspect your own work."))

    @api.constrains("complaint_id", "user_id", "department_id")
    def _check_complaint(self):
        """The person inspected reads the inspection, but no complaint about himself."""
        for inspection in self:
            if inspection.user_id in inspection.sudo().complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The case is about the inspected person; choose another one.")
                )

    @api.onchange("template_id")
    def _onchange_template(self):
        """Show the items of the checklist before anything is saved."""
        self.line_ids = [Command.clear()] + [
            Command.create({"item_id": item.id}) for item in self.template_id.item_ids
        ]

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        inspections = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.inspection", inspections)
        lines = []
        for inspection, number in zip(inspections, numbers, strict=True):
            trusted(inspection).name = number
            missing = inspection.template_id.item_ids - inspection.line_ids.item_id
            lines += [{"inspection_id": inspection.id, "item_id": item.id} for item in missing]
        self.env["water.inspection.line"].create(lines)
        return inspections

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if "template_id" in names:
            raise UserError(self.env._("The checklist of an inspection is not exchanged."))
        if names:
            self._check_open_to_inspector()

    def _check_open_to_inspector(self):
        """Only drafts are filled in, and never by the person himself.

        :raises UserError: when one of them is done
        :raises AccessError: when one of them is about the user
        """
        if any(inspection.state != "draft" for inspection in self):
            raise UserError(self._settled_message())
        if any(inspection._is_about_me() for inspection in self):
            raise AccessError(self.env._("You cannot inspect your own work."))

    @api.model
    def _settled_message(self):
        return self.env._("A done inspection is not changed any more; it can be disputed.")

    # -- steps ----------------------------------------------------------------------------

    def action_finish(self):
        """Everything is scored: the inspected person hears of it.

        :raises UserError: what is missing
        """
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()
        for inspection in self:
            inspection._check_complete()
        self._keep_hands()
        trusted(self).write({"state": "done", "finished_at": fields.Datetime.now()})
        self._after_finish()
        return True

    def _check_complete(self):
        unrated = self.line_ids.filtered(lambda line: not line.rating)
        silent = self.line_ids.filtered(lambda line: line.is_failed and not line.note)
        if not self.line_ids or unrated:
            names = unrated._bullets()
            raise UserError(self.env._("Score every item first: %(items)s", items=names))
        if silent:
            names = silent._bullets()
            raise UserError(self.env._("Say what was seen where it fails: %(items)s", items=names))

    def _after_finish(self):
        """Whoever was inspected hears of it; what failed leads to a corrective action."""
        failed = self.filtered(lambda inspection: not inspection.is_passed)
        self.env["water.improvement"]._open_for(failed)
        for inspection in self:
            inspection._tell_inspected(lambda env: env._("You have been inspected"))

    def action_drop(self):
        """An inspection that was drawn up will not be made (holiday, sick leave)."""
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()
        trusted(self).write({"state": "annulled"})
        return True

    def _after_annulled(self):
        """What does not count leads to nothing; what is done about it already stays."""
        self.sudo().improvement_ids.filtered("is_automatic")._cancel()

    def _improvement_values(self):
        """Values of the corrective action for a failed inspection."""
        template = self.template_id.with_context(lang=self.company_id.partner_id.lang)
        failed = self.line_ids.filtered(lambda line: line.is_failed or line.rating == "partly")
        notes = [f"{line.name}: {line.note or ''}" for line in failed]
        return {
            "subject": f"{self.name} {template.name}",
            "owner_id": (self.user_id or self.department_id.manager_id).id,
            "department_id": self.department_id.id,
            "cause": "\n".join(notes),
            "company_id": self.company_id.id,
        }
