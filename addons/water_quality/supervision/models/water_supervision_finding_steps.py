from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

#: corrective actions that nothing waits for any more
SETTLED = ("verified", "cancelled")


class WaterSupervisionFinding(models.Model):
    """Answered by the responsible people, checked and sent by somebody else, closed."""

    _inherit = "water.supervision.finding"

    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answer_author_ids = fields.Many2many(
        "res.users",
        "water_finding_author_rel",
        string="Answer Written by",
        readonly=True,
        copy=False,
        help="Nobody checks their own words, whoever hands them in.",
    )
    answered_at = fields.Datetime(readonly=True, copy=False)
    return_reason = fields.Text(
        string="What Is Missing", copy=False, help="Why the answer is given back."
    )
    replied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    replied_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    can_reply = fields.Boolean(compute="_compute_can_reply", export_string_translation=False)

    def _compute_can_reply(self):
        manager = self._is_manager()
        for row in self:
            waits = row.state == "answered"
            row.can_reply = waits and manager and not row._has_my_words()

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.filtered("answer")._note_author()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("answer"):
            self._note_author()
        return result

    def _note_author(self):
        # sudo: water.supervision.finding - kept of what the user has just written
        author = fields.Command.link(self.env.uid)
        trusted(self.sudo()).write({"answer_author_ids": [author]})

    def _authors(self):
        """Who has written the answer, or a part of it, or has handed it in."""
        return self.sudo().answer_author_ids | self.answered_by_id

    def _has_my_words(self):
        return self.env.user in self._authors()

    def _check_turn(self, state):
        """:raises UserError: for one in another state"""
        self.check_access("write")
        if any(row.state != state for row in self):
            raise UserError(self.env._("This finding is not at that step."))

    def _check_neutral(self):
        """:raises AccessError: by whoever has written the answer, and outside quality"""
        self._check_turn("answered")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors check the answer."))
        if any(row._has_my_words() for row in self):
            raise AccessError(self.env._("Somebody else checks the answer that you have written."))

    def action_answer(self):
        """Hand in the answer.

        :raises AccessError: by anybody whom it does not concern
        :raises Refusal: without an answer
        """
        self._check_turn("open")
        if not all(self.mapped("can_work")):
            raise AccessError(self.env._("The owner, the head or quality answers."))
        for row in self:
            if not said(row.answer):
                words = self.env._("Write down the answer.")
                raise Refusal(row.name, row, [Missing(words, "answer")])
        now = fields.Datetime.now()
        values = {"state": "answered", "answered_by_id": self.env.uid, "answered_at": now}
        return trusted(self).write({**values, "return_reason": False})

    def action_return(self):
        """Give the answer back to whoever wrote it.

        :raises Refusal: without saying what is missing
        """
        self._check_neutral()
        for row in self:
            if not said(row.return_reason):
                words = self.env._("Say what is missing in the answer.")
                raise Refusal(row.name, row, [Missing(words, "return_reason")])
            tell_staff(
                row,
                row._told(row.answered_by_id),
                lambda one: one.env._("%s: your answer comes back", one.name),
                lambda one: one.return_reason,
            )
        return trusted(self).write({"state": "open"})

    def action_reply(self):
        """The answer is sent; a social supervisor hears of it at once.

        :raises AccessError: by whoever has written it
        """
        self._check_neutral()
        now = fields.Datetime.now()
        for row in self.filtered(lambda row: is_late(row.reply_due_at, now)):
            row._keep_breach()
        values = {"state": "replied", "replied_by_id": self.env.uid, "replied_at": now}
        trusted(self).write(values)
        for row in self.filtered("supervisor_id"):
            row._tell_finder()
        return True

    def _tell_finder(self):
        """A mail to the social supervisor, in his language, with the answer and the page."""
        told = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)
        answer = Markup("<br/>").join(told.answer.splitlines())
        words = told.env._("Thank you for what you have told us. Our answer:")
        link = f"{told.get_base_url()}{told._portal_url}/{told.id}"
        told.message_notify(
            partner_ids=told.partner_id.ids,
            subject=told.env._("%s: our answer to your observation", told.name),
            body=Markup("<p>{}</p><p>{}</p><p><a href='{}'>{}</a></p>").format(
                words, answer, link, told.env._("Read it on our page")
            ),
            email_layout_xmlid="water_service_desk.mail_layout",
        )

    def action_close(self):
        """Nothing waits any more.

        :raises UserError: while a corrective action is open
        """
        self._check_turn("replied")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors close it."))
        for row in self:
            # sudo: water.improvement - whether any waits is no secret to whoever closes
            if row.sudo().improvement_ids.filtered(lambda one: one.state not in SETTLED):
                raise UserError(
                    self.env._("%s: a corrective action is still open.", row.display_name)
                )
        return trusted(self).write({"state": "closed", "closed_at": fields.Datetime.now()})

    def action_measure(self):
        """Open the dialog of a corrective action that follows from it."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors give out measures."))
        known = {
            "default_finding_id": self.id,
            "default_subject": self.subject,
            "default_department_id": self.department_id.id,
            "default_owner_id": self._responsible().id,
        }
        return windows.dialog("water.improvement", self.env._("New Measure"), known)
