from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.roles import AGENT
from ...base.trust import trusted

YES_NO = [("yes", "Yes"), ("no", "No")]
#: What the body says of an order (三率); what it has not said stays empty.
VERDICT = ("external_responded", "external_solved", "external_satisfied")


class WaterCaseMixin(models.AbstractModel):
    """What the body found when it asked the customer (响应、解决、满意): the three rates (C62)."""

    _inherit = "water.case.mixin"

    external_responded = fields.Selection(
        YES_NO, string="Responded", readonly=True, copy=False, help="By the body's own verdict."
    )
    external_solved = fields.Selection(
        YES_NO, string="Solved by the Body's Verdict", readonly=True, copy=False
    )
    external_satisfied = fields.Selection(
        YES_NO, string="Satisfied by the Body's Verdict", readonly=True, copy=False
    )
    external_verdict_note = fields.Text(string="What the Body Said", readonly=True, copy=False)
    external_verdict_on = fields.Date(string="Verdict of", readonly=True, copy=False)
    can_judge_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)

    def _compute_can_order(self):
        super()._compute_can_order()
        desk = self.env.su or self.env.user.has_group(AGENT)
        for case in self:
            case.can_judge_order = desk and case.external_state in ("open", "answered")

    def _keep_verdict(self, responded, solved, satisfied, note, day):
        """Keep what the body says of how its order was handled, for the round at hand.

        :param responded: ``yes``, ``no`` or nothing where the body says nothing; needed is one
        :param solved: likewise
        :param satisfied: likewise
        :param note: the body's words
        :param day: date of the verdict, not in the future
        :raises UserError: by anybody but the desk, for no order, or when nothing was said
        :raises ValidationError: without a date, or with one of tomorrow
        """
        self.check_access("write")
        said = dict(zip(VERDICT, (responded, solved, satisfied), strict=True))
        if not any(said.values()):
            raise UserError(self.env._("Choose what the body has found."))
        for case in self:
            if not day or day > case.company_id._water_today():
                raise ValidationError(
                    self.env._("Give the date of the verdict, today at the latest.")
                )
            if not case.can_judge_order:
                raise UserError(self.env._("%s: this step of the order is not due.", case.name))
            values = {**said, "external_verdict_note": note, "external_verdict_on": day}
            trusted(case).write(values)
            if not case._is_sealed_off():
                payload = {name.removeprefix("external_"): said[name] or "" for name in VERDICT}
                payload |= {"note": note or "", "day": day.isoformat()}
                case._log_events("external_judged", {**payload, "round": case.handling_round})

    def _blank_verdict(self):
        """The verdict of a round to come; that of the round before stands in the chain."""
        return dict.fromkeys((*VERDICT, "external_verdict_note", "external_verdict_on"), False)

    def action_judge_order(self):
        """Open the dialog that keeps the body's verdict."""
        return self._order_dialog("judge", self.env._("Verdict of the Body"))

    def action_extend_order(self):
        """Open the dialog that keeps an extension by the body."""
        return self._order_dialog("extend", self.env._("Extension of the Body"))
