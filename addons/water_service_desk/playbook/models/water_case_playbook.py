from odoo import fields, models

from ...base.trust import trusted
from ...case.transitions import Missing

#: States of a case of which nothing is done any more.
WITHOUT_RESULT = ("withdrawn", "rejected", "converted", "merged")


class WaterCaseMixin(models.AbstractModel):
    """The steps of the category's playbook, from the moment on that somebody has the case.

    Put into another category it has the steps of that one; handled again it has them again.
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
        """Nobody has a to-do of what ended without a result."""
        super()._after_transition(origins, state)
        if state in WITHOUT_RESULT:
            trusted(self._open_steps()).unlink()

    def _count_reopened(self, origins):
        super()._count_reopened(origins)
        for case in self.sudo().filtered("playbook_at"):
            if not case._blocking_steps():
                trusted(case).playbook_at = False

    def _blocking_steps(self):
        """Steps that keep a case from its end, with superuser rights."""
        # sudo: mail.activity - they bind the case whoever looks at it
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        rows = self.env["mail.activity"].sudo()
        return rows.search([*about, ("water_blocks", "=", True)], order="date_deadline, id")

    def _open_steps(self):
        """Steps that are not done, those that keep nothing open as well."""
        steps = self._blocking_steps()
        for case in self.sudo().filtered("playbook_at"):
            steps |= case._steps_of(case.category_id._playbook(case._name))
        return steps

    def _steps_of(self, plans):
        """The open to-dos that are steps of ``plans``, as these say them.

        :param plans: mail.activity.plan
        """
        known = {
            (step.activity_type_id, step.summary or step.activity_type_id.summary)
            for step in plans.template_ids
        }
        # sudo: mail.activity - whoever has them
        todos = self.sudo().activity_ids.filtered("automated")
        return todos.filtered(lambda row: (row.activity_type_id, row.summary) in known)

    def _start_playbook(self):
        """Make the steps of the playbooks to-dos, once for each case."""
        for case in self.filtered(lambda row: not row.playbook_at):
            # sudo: mail.activity.plan - what is to be done is no secret to who has the case
            plans = case.sudo().category_id._playbook(case._name)
            if not plans:
                continue
            trusted(case).playbook_at = fields.Datetime.now()
            for step in plans.template_ids:
                case._schedule_step(step)
            case._log_events("playbook_started", {"note": ", ".join(plans.mapped("name"))})

    def _schedule_step(self, step):
        """One step as a to-do of whoever is named, else of whoever has the case."""
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
        """Steps of the playbook that block and are not done."""
        if not self.playbook_at:
            return super()._who_waits()
        words = [row.summary or row.activity_type_id.name for row in self._blocking_steps()]
        notes = [
            Missing(self.env._("“%s” of the playbook is not done", word), "activity_ids")
            for word in words
        ]
        return super()._who_waits() + notes
