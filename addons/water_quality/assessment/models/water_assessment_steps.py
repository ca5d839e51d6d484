from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted

from ...kpi.periods import first_day


class WaterAssessment(models.Model):
    """The way of an assessment: drawn up, published, checked by one, confirmed by another."""

    _inherit = "water.assessment"

    can_draw = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_publish = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_check = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_confirm = fields.Boolean(compute="_compute_can", export_string_translation=False)

    @api.depends("state", "drawn_at", "checked_by_id", "line_ids")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        keeps = user.has_group(QUALITY) or user.has_group(MANAGER)
        for row in self:
            may = keeps and user not in row._barred()
            row.can_draw = may and row.state == "draft"
            row.can_publish = row.can_draw and bool(row.drawn_at)
            row.can_check = may and row.state == "open"
            second = user.has_group(MANAGER) and user != row.checked_by_id
            row.can_confirm = may and row.state == "checked" and second

    @api.model_create_multi
    def create(self, vals_list):
        """An assessment begins with the first day of its period, whichever day was given."""
        for vals in vals_list:
            day = fields.Date.to_date(vals.get("period_start"))
            scheme = self.env["water.assessment.scheme"].browse(vals.get("scheme_id") or [])
            if day and scheme.exists():
                vals["period_start"] = first_day(scheme.kind, day)
        return super().create(vals_list)

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names & {"scheme_id", "period_start"} and any(self.mapped("drawn_at")):
            raise UserError(self.env._("It is drawn up: make another assessment."))

    def _check_keeps(self):
        """Refuse whoever does not keep assessments, or is assessed himself.

        :raises AccessError: why
        """
        self.check_access("read")
        user = self.env.user
        if not (user.has_group(QUALITY) or user.has_group(MANAGER)):
            raise AccessError(self.env._("Quality and managers keep assessments."))
        for row in self:
            if user in row._barred():
                raise AccessError(
                    self.env._(
                        "You cannot assess yourself or your own department: somebody else does."
                    )
                )

    def action_draw_up(self):
        """Take figures and findings anew into a draft.

        :raises AccessError: by anybody but quality and managers, and by whoever is assessed
        :raises UserError: while the period runs, or without its closed sheet
        """
        self._check_keeps()
        for row in self:
            if row.state != "draft":
                raise UserError(self.env._("Only a draft is drawn up anew."))
            row.scheme_id._check_usable()
            row._draw_up()
        return True

    def action_publish(self):
        """Open it to objections; whoever is assessed is told.

        :raises UserError: for what is no draft, or was not drawn up
        """
        self._check_keeps()
        now = fields.Datetime.now()
        for row in self:
            if row.state != "draft" or not row.drawn_at:
                raise UserError(self.env._("Draw the assessment up first."))
            calendar = row.company_id._water_calendar()
            days = row.scheme_id.objection_days
            until, provisional = calendar._water_due_at(now, days, "working_day")
            if provisional:
                raise UserError(self.env._("Load the holidays of the year first."))
            values = {"state": "open", "published_at": now, "published_by_id": self.env.uid}
            trusted(row.sudo()).write({**values, "objection_until": until})
            row._keep_count(now, days, calendar)
            row._tell_assessed()
        return True

    def _tell_assessed(self):
        for line in self.sudo().line_ids:
            tell_staff(
                line,
                line.user_id | line.department_id.manager_id,
                lambda one: one.env._("Your assessment %s is published", one.assessment_id.name),
                lambda one: one.env._("Look at it; you may object until the date it names."),
                is_list=True,
            )

    def action_check(self):
        """First of the two: nobody can object any more, and every objection is decided.

        :raises UserError: while somebody may object or waits for an answer
        """
        self._check_keeps()
        for row in self:
            if row.state != "open":
                raise UserError(self.env._("Only what was open to objections is checked."))
            if fields.Datetime.now() <= row.objection_until:
                raise UserError(self.env._("The time for objections is not over yet."))
            if row.sudo().line_ids.objection_ids.filtered(lambda one: one.state == "open"):
                raise UserError(self.env._("Decide on the open objections first."))
            row._settle()
        now = fields.Datetime.now()
        values = {"state": "checked", "checked_by_id": self.env.uid, "checked_at": now}
        return trusted(self.sudo()).write(values)

    def _settle(self):
        """Drop what is not final any more, and add up once more."""
        row = trusted(self.sudo())
        row._draw_entries(is_new_ones=False)
        row._score()

    def action_confirm(self):
        """Second of the two: a manager, not the one who checked it; nothing moves from now on.

        :raises AccessError: by anybody else
        """
        self._check_keeps()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Managers confirm assessments."))
        for row in self:
            if row.state != "checked":
                raise UserError(self.env._("An assessment is checked before it is confirmed."))
            if row.checked_by_id == self.env.user:
                raise AccessError(self.env._("Whoever checked it does not confirm it."))
            row._settle()
        now = fields.Datetime.now()
        values = {"state": "confirmed", "confirmed_by_id": self.env.uid, "confirmed_at": now}
        return trusted(self.sudo()).write(values)
