from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.roles import SUPERVISOR
from ...base.trust import is_trusted

#: Marks that a step is done, not put away; no remote caller can send this very object.
_DONE = object()
#: Fields that would move a step to another record.
ELSEWHERE = frozenset({"res_id", "res_model", "res_model_id"})


class MailActivity(models.Model):
    """A to-do that comes from a playbook and blocks is done, not deleted."""

    _inherit = "mail.activity"

    water_blocks = fields.Boolean(string="Blocks the End", readonly=True, copy=False)

    def _blocking_cases(self):
        models_ = set(self.env["water.case.link.mixin"]._case_models().values())
        rows = self.filtered(lambda row: row.water_blocks and row.res_model in models_)
        # sudo: case - which the activity is about
        return {row: self.env[row.res_model].sudo().browse(row.res_id).exists() for row in rows}

    def _action_done(self, feedback=False, attachment_ids=None):
        for row, case in self._blocking_cases().items():
            if case:
                payload = {"note": row.summary or "", "result": feedback or ""}
                case.with_env(self.env).sudo()._log_events("step_done", payload)
        done = self.with_context(water_step_done=_DONE)
        return super(MailActivity, done)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )

    def _is_free(self):
        """Return whether the system works, or the step is being completed."""
        is_done = self.env.context.get("water_step_done") is _DONE
        return is_done or is_trusted(self.env) or self.env.su

    @api.model_create_multi
    def create(self, vals_list):
        """Let only playbooks create blocking to-dos.

        :raises UserError: for other callers
        """
        if any(vals.get("water_blocks") for vals in vals_list) and not self._is_free():
            self._check_unblocked(True)
        return super().create(vals_list)

    def write(self, vals):
        """Keep blocking to-dos: only the playbook decides, and they are not archived by hand.

        :raises UserError: for other callers
        """
        given = "water_blocks" in vals
        away = vals.get("active") is False or ELSEWHERE & vals.keys()
        if (given or away) and not self._is_free():
            self._check_unblocked(given)
        return super().write(vals)

    def unlink(self):
        """Let supervisors alone delete a blocking step.

        :raises UserError: for others
        """
        if not self._is_free():
            self._check_unblocked()
        return super().unlink()

    def _check_unblocked(self, for_nobody=False):
        if for_nobody or (self._blocking_cases() and not self.env.user.has_group(SUPERVISOR)):
            raise UserError(
                self.env._(
                    "This step belongs to the playbook: mark it as done, or ask a supervisor."
                )
            )
