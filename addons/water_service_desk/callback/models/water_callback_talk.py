from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted

#: Outcomes of a talk in which the customer answered.
HEARD = ("solved", "not_solved")


class WaterCallback(models.Model):
    """What is asked in a call, and what the customer's answers amount to (S3.2.4a)."""

    _inherit = "water.callback"

    script_id = fields.Many2one("water.callback.script", readonly=True, ondelete="restrict")
    greeting = fields.Text(related="script_id.greeting")
    farewell = fields.Text(related="script_id.farewell")
    answer_ids = fields.One2many("water.callback.answer", "callback_id", string="Questions")
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("not_solved", "Not solved"),
            ("unreachable", "Unreachable"),
            ("refused", "Refused to answer"),
        ],
        compute="_compute_outcome",
        store=True,
        readonly=False,
        help="Unreachable and refused never count as satisfied (S2.3.3b).",
    )
    score = fields.Selection(
        [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")],
        string="Satisfaction",
        compute="_compute_score",
        store=True,
        readonly=False,
    )

    _score_only_when_heard = models.Constraint(
        "CHECK (score IS NULL OR COALESCE(outcome, '') IN ('solved', 'not_solved'))",
        "Only a customer who answered can give a score.",
    )

    @api.depends("answer_ids.yes_no")
    def _compute_outcome(self):
        for callback in self:
            callback.outcome = callback._told_outcome() or callback.outcome

    @api.depends("answer_ids.score", "outcome")
    def _compute_score(self):
        for callback in self:
            told = callback.answer_ids.filtered(lambda row: row.meaning == "satisfaction")[:1]
            heard = callback.outcome in HEARD
            callback.score = (told.score or callback.score) if heard else False

    def _told_outcome(self):
        """What the answers amount to: one “not solved” or “happened again” is enough."""
        told = {(row.meaning, row.yes_no) for row in self.answer_ids if row.yes_no}
        if told & {("solved", "no"), ("recurred", "yes")}:
            return "not_solved"
        return "solved" if ("solved", "yes") in told else False

    def _fill_answers(self):
        """Put the questions of the fitting script before the caller, once."""
        for callback in self.filtered(lambda row: not row.script_id):
            script = self.env["water.callback.script"]._for_callback(callback)
            # sudo: water.callback.answer - the questions are put by the script alone
            answers = trusted(self.env["water.callback.answer"].sudo())
            trusted(callback.sudo()).script_id = script
            answers.create([question._answer_values(callback) for question in script.question_ids])
        self._tell_answers()

    def _tell_answers(self):
        """Who chose the outcome by hand has thereby answered whether it is solved."""
        for callback in self.filtered(lambda row: row.outcome in HEARD):
            open_answers = callback.answer_ids.filtered(
                lambda row: row.meaning == "solved" and not row.yes_no
            )
            if open_answers and not callback._told_outcome():
                open_answers.yes_no = "yes" if callback.outcome == "solved" else "no"

    def _check_answers(self):
        """Answers and outcome must agree, and what must be asked has been asked.

        :raises UserError: with what does not fit
        """
        told = self._told_outcome()
        if told and told != self.outcome:
            labels = dict(self._fields["outcome"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The answers say “%(told)s”, the outcome says “%(outcome)s”: correct one of"
                    " them.",
                    told=labels[told],
                    outcome=labels[self.outcome],
                )
            )
        missing = self.answer_ids.filtered(lambda row: row.mandatory and not row.value)
        if self.outcome in HEARD and missing:
            questions = "\n".join(f"· {name}" for name in missing.mapped("name"))
            raise UserError(self.env._("Not asked yet:\n%(questions)s", questions=questions))
