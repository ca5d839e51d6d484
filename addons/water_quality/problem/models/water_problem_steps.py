from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

from .water_problem_effect import SPAN


class WaterProblem(models.Model):
    """The way of a problem: analysed, measures, effect judged by somebody else, closed."""

    _inherit = "water.problem"

    judgement = fields.Selection(
        [("works", "Works"), ("partly", "Works in part"), ("none", "Does not work")],
        string="Effect",
        copy=False,
        tracking=True,
    )
    effect = fields.Text(
        string="Judgement of the Effect",
        copy=False,
        help="What the figures before and after say, and what else was looked at.",
    )
    judged_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    judged_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    can_judge = fields.Boolean(compute="_compute_can_judge", export_string_translation=False)
    can_close = fields.Boolean(compute="_compute_can_judge", export_string_translation=False)

    def _compute_can_judge(self):
        for row in self:
            neutral = row._is_manager() and self.env.user not in row._barred()
            row.can_judge = row.state == "measures" and neutral
            row.can_close = row.state == "judged" and neutral and self.env.user != row.judged_by_id

    def _barred(self):
        """Who must not judge whether it works: whoever analysed it, or took its measures."""
        # sudo: water.improvement - people alone
        measures = self.sudo().measure_ids
        return self._hands_of(self) | self._hands_of(measures) | measures.done_by_id

    def action_analysed(self):
        """The cause is found.

        :raises UserError: without an owner or an analysis
        """
        self._check_turn("open")
        for row in self:
            row._check_said("owner_id", "analysis")
        self._keep_hands()
        return trusted(self).write({"state": "analysed"})

    def action_measure(self):
        """Open the dialog of a new measure: a corrective action with its owner and date."""
        self.ensure_one()
        self._check_turn("analysed", "measures")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors give out measures."))
        known = {
            "default_problem_id": self.id,
            "default_subject": self.subject,
            "default_department_id": self.department_id.id,
            "default_owner_id": self.owner_id.id,
        }
        return windows.dialog("water.improvement", self.env._("New Measure"), known)

    def action_start(self):
        """The measures are given out.

        :raises UserError: without a measure
        """
        self._check_turn("analysed")
        for row in self:
            if not row.sudo().measure_ids.filtered(lambda one: one.state != "cancelled"):
                raise UserError(self.env._("%s: give out a measure first.", row.name))
        return trusted(self).write({"state": "measures"})

    def action_judge(self):
        """Somebody without a part in it judges the effect, by the figures.

        :raises UserError: while measures are open, or too little time has passed since
        """
        self._check_neutral("measures")
        for row in self:
            row._check_measured()
            row._check_said("judgement", "effect")
        now = fields.Datetime.now()
        values = {"state": "judged", "judged_by_id": self.env.uid, "judged_at": now}
        trusted(self).write(values)
        self._keep_figures()
        return True

    def _check_measured(self):
        measures = self.sudo().measure_ids.filtered(lambda one: one.state != "cancelled")
        waiting = measures.filtered(lambda one: one.state != "verified")
        if waiting or not measures:
            raise UserError(
                self.env._("%s: measures are open or not verified yet.", self.name),
            )
        passed = (self.company_id._water_today() - self._turning_day()).days
        if passed < SPAN:
            raise UserError(
                self.env._(
                    "%(name)s: %(passed)s days have passed since the first measure; the effect is"
                    " judged after %(days)s.",
                    name=self.name,
                    passed=passed,
                    days=SPAN,
                )
            )

    def action_again(self):
        """It does not work: analysed anew, with what was judged kept in the thread."""
        self._check_neutral("judged")
        for row in self:
            if row.judgement == "works":
                raise UserError(self.env._("%s works: close it.", row.name))
            row._message_log(body=row.effect)
        again = {"state": "open", "judgement": False, "effect": False}
        trusted(self).write({**again, "judged_by_id": False, "judged_at": False})
        # sudo: water.problem - written by this checked step alone
        trusted(self.sudo()).figures = False
        return True

    def action_close(self):
        """Closed by somebody else than who judged it, by the figures that were judged."""
        self._check_neutral("judged")
        now = fields.Datetime.now()
        for row in self:
            if row.judged_by_id == self.env.user:
                raise AccessError(self.env._("Whoever judged the effect does not close it."))
            if row.judgement == "none":
                raise UserError(self.env._("%s does not work yet: analyse it anew.", row.name))
            values = {"state": "closed", "closed_by_id": self.env.uid, "closed_at": now}
            trusted(row).write(values)
            if not row.sudo().figures:  # judged before figures were kept at that step
                row._keep_figures()
        return True

    def action_dismiss(self):
        """The complaints have no common cause; why must be said."""
        self._check_turn("open", "analysed")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors dismiss it."))
        for row in self:
            row._check_said("dismissal")
        return trusted(self).write({"state": "dismissed"})

    def _check_said(self, *names):
        """Refuse while one of the fields is empty."""
        empty = [n for n in names if not (said(self[n]) if isinstance(self[n], str) else self[n])]
        if empty:
            labels = [(self._fields[name]._description_string(self.env), name) for name in empty]
            missing = [Missing(label, name) for label, name in labels]
            raise Refusal(self.env._("%s: fill in first", self.name), self, missing)

    def _check_turn(self, *states):
        self.check_access("write")
        for row in self:
            if row.state not in states:
                raise UserError(self.env._("%s is not at this step.", row.name))
            if not (self._is_manager() or row._is_mine()):
                raise AccessError(self.env._("Only the owner or quality takes this step."))

    def _check_neutral(self, *states):
        self._check_turn(*states)
        for row in self:
            if not self._is_manager() or self.env.user in row._barred():
                raise AccessError(
                    self.env._("The effect is judged by somebody who had no part in it.")
                )
