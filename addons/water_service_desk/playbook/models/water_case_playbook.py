from odoo import fields, models

from ...base.trust import trusted
from ...case.transitions import Missing

#: Final states without a result, in which no step is done.
WITHOUT_RESULT = ("withdrawn", "rejected", "converted", "merged")


class WaterCaseMixin(models.AbstractModel):
    """The steps of the category's playbook, from the assignment on.

    A changed category brings its own steps; a new round brings them again.
    """

    _inherit = "water.case.mixin"

    playbook_at = fields.Datetime(string="Playbook Started", readonly=True, copy=False)

    def _on_handler_of_playbook(self, before, vals):
        self.filtered("user_id")._start_playbook()

    def _on_category_of_playbook(self, before, vals):
        for case in self.sudo().filtered("playbook_at"):
            old = before[case.id]["category_id"].sudo()._playbook(case._name)
            if old != case.category_id._playbook(case._name):
                trusted(case._blocking_steps() | case._steps_of(old)).unlink()
                trusted(case).playbook_at = False
        self.filtered("user_id")._start_playbook()

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state in WITHOUT_RESULT:
            trusted(self._open_steps()).unlink()

    def _count_reopened(self, origins):
        super()._count_reopened(origins)
        for case in self.sudo().filtered("playbook_at"):
            if not case._blocking_steps():
                trusted(case).playbook_at = False

    def _blocking_steps(self):
        # sudo: mail.activity - steps bind the case for every reader
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        rows = self.env["mail.activity"].sudo()
        return rows.search([*about, ("water_blocks", "=", True)], order="date_deadline, id")

    def _open_steps(self):
        steps = self._blocking_steps()
        for case in self.sudo().filtered("playbook_at"):
            steps |= case._steps_of(case.category_id._playbook(case._name))
        return steps

    def _steps_of(self, plans):
        known = {
            (step.activity_type_id, step.summary or step.activity_type_id.summary)
            for step in plans.template_ids
        }
        # sudo: mail.activity - of all users
        todos = self.sudo().activity_ids.filtered("automated")
        return todos.filtered(lambda row: (row.activity_type_id, row.summary) in known)

    def _start_playbook(self):
        """Make the steps of the playbooks to-dos, once for each case."""
        for case in self.filtered(lambda row: not row.playbook_at):
            # sudo: mail.activity.plan - handlers of the case may know its steps
            plans = case.sudo().category_id._playbook(case._name)
            if not plans:
                continue
            trusted(case).playbook_at = fields.Datetime.now()
            for step in plans.template_ids:
                case._schedule_step(step)
            case._log_events("playbook_started", {"note": ", ".join(plans.mapped("name"))})

    def _schedule_step(self, step):
        """Create the to-do of one step for its named user, else the handler."""
        named = step.responsible_id if step.responsible_type == "other" else None
        user = (named and self._may_hear(named)) or self.user_id
        trusted(self.sudo()).activity_schedule(
            activity_type_id=step.activity_type_id.id,
            summary=step.summary,
            note=step.note,
            date_deadline=step._get_date_deadline(self.company_id._water_today()),
            user_id=user.id,
            water_blocks=step.water_blocks,
        )

    def _who_waits(self):
        if not self.playbook_at:
            return super()._who_waits()
        words = [row.summary or row.activity_type_id.name for row in self._blocking_steps()]
        notes = [
            Missing(self.env._("“%s” of the playbook is not done", word), "activity_ids")
            for word in words
        ]
        return super()._who_waits() + notes
