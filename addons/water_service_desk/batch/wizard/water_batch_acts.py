from odoo import models
from odoo.tools import plaintext2html


class WaterBatchWizard(models.TransientModel):
    """What can be done for many: for each act, why not, and how."""

    _inherit = "water.batch.wizard"

    def _fault_dispatch(self, case):
        return case._fault_of(lambda: case._check_dispatchable(self.department_id, self.due_at))

    def _do_dispatch(self, case):
        case._dispatch(self.department_id, note=self.note, due=self.due_at)

    def _fault_assign(self, case):
        return case._fault_of(lambda: case._check_assignable(self.user_id))

    def _do_assign(self, case):
        case._check_assignable(self.user_id)
        case.write({"user_id": self.user_id.id})

    def _fault_follow_up(self, case):
        return case._fault_of(lambda: case.check_access("write"), case._check_unsealed)

    def _do_follow_up(self, case):
        case.check_access("write")
        case._check_unsealed()
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            self.day,
            summary=self.note,
            user_id=(self.user_id or self.env.user).id,
        )

    def _fault_tell(self, case):
        fault = case._fault_of(lambda: case.check_access("write"), case._check_desk)
        # sudo: case - whether the customer can be reached, not where
        reachable = case.sudo().partner_id.email or case.sudo().partner_id.user_ids
        return fault or ("" if reachable else self.env._("The customer has neither mail nor page."))

    def _do_tell(self, case):
        case._check_desk()
        case.message_post(
            body=plaintext2html(self.note),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=case.sudo().partner_id.ids,
        )

    def _fault_close(self, case):
        return case._fault_of(case._check_closable)

    def _do_close(self, case):
        case._move_to(case._closing_state)

    def _fault_print(self, case):
        return "" if case._work_orders() else self.env._("It has not been dispatched yet.")
