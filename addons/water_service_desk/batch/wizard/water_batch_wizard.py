from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...base import windows

ACTS = [
    ("dispatch", "Dispatch"),
    ("assign", "Assign"),
    ("follow_up", "Plan a Follow-up"),
    ("tell", "Tell the Customers"),
    ("close", "Close"),
    ("print", "Print Work Orders"),
]
#: More cases are not checked by a user before pressing the button.
MOST = 200


class WaterBatchWizard(models.TransientModel):
    """One thing for many cases: who is refused and why is shown before anything is done."""

    _name = "water.batch.wizard"
    _inherit = ["water.case.wizard.mixin", "water.once.mixin"]
    _description = "Many at Once"

    act = fields.Selection(ACTS, string="What to Do", required=True, default="assign")
    step = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview"), ("done", "Done")],
        required=True,
        readonly=True,
        default="choose",
    )
    department_id = fields.Many2one("water.department", check_company=False)
    due_at = fields.Datetime(string="To Be Done by")
    user_id = fields.Many2one("res.users", string="Person", domain="[('share', '=', False)]")
    day = fields.Date(default=lambda self: self.env.company._water_today())
    note = fields.Text(string="Words")
    line_ids = fields.One2many("water.batch.line", "wizard_id", readonly=True)
    good_count = fields.Integer(string="Can Be Done", compute="_compute_counts")
    bad_count = fields.Integer(string="Cannot Be Done", compute="_compute_counts")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.bad_count = states.count("refused")
            wizard.good_count = len(states) - wizard.bad_count

    # -- looking ------------------------------------------------------------------------------

    def action_preview(self):
        """Show for each case whether it can be done, and why not; nothing is changed."""
        self._check_chosen()
        rows = []
        for case in self._cases():
            fault = self._fault(case)
            state = "refused" if fault else "ready"
            rows.append({"case_id": case.id, "name": case.name, "state": state, "fault": fault})
        return self._shown("preview", rows)

    def _shown(self, step, rows):
        # sudo: water.batch.line - rows of the user's own dialog
        self.sudo().line_ids.unlink()
        self.sudo().write({"step": step, "is_done": step == "done"})
        self.write({"line_ids": [Command.create(row) for row in rows]})
        title = self.env._("Do for All Selected")
        return windows.dialog(self._name, title, record_id=self.id)

    def _check_chosen(self):
        """Check the dialog itself.

        :raises UserError: for what is missing in it
        """
        if len(self._cases()) > MOST:
            raise UserError(self.env._("Select %s cases at most.", MOST))
        missing = {
            "dispatch": not self.department_id and self.env._("Choose the department."),
            "assign": not self.user_id and self.env._("Choose the person."),
            "follow_up": not (self.note and self.day) and self.env._("Say what, and when."),
            "tell": not self.note and self.env._("Write what the customers are told."),
        }.get(self.act)
        if missing:
            raise UserError(missing)

    def _fault(self, case):
        """Return why it cannot be done for ``case``; "" if it can. Nothing is changed."""
        return getattr(self, f"_fault_{self.act}")(case)

    # -- doing --------------------------------------------------------------------------------

    def action_do(self):
        """Do it for the cases that were not refused, each separately, and show the results.

        Changes since the preview are refused now, and shown.
        """
        self._check_chosen()
        self._refuse_again()
        if self.step != "preview":
            raise UserError(self.env._("Look at the preview first."))
        chosen = set(self.line_ids.filtered(lambda row: row.state == "ready").mapped("case_id"))
        refused = [
            {"case_id": row.case_id, "name": row.name, "state": "refused", "fault": row.fault}
            for row in self.line_ids - self.line_ids.filtered(lambda row: row.state == "ready")
        ]
        cases = self._cases().filtered(lambda case: case.id in chosen)
        if self.act == "print":
            return cases._work_orders().action_print()
        return self._shown("done", [self._done(case) for case in cases] + refused)

    def _done(self, case):
        row = {"case_id": case.id, "name": case.name, "state": "done", "fault": ""}
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_do_{self.act}")(case)
        except UserError as error:
            row |= {"state": "refused", "fault": str(error)}
        return row

    # -- batch acts ----------------------------------------------------------------------------
    # Acts for many cases: for each act, why not, and how.

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


class WaterBatchLine(models.TransientModel):
    """One of the cases, and what becomes of it."""

    _name = "water.batch.line"
    _inherit = "water.mixin"
    _description = "Case of Many"
    _order = "state desc, id"

    wizard_id = fields.Many2one("water.batch.wizard", required=True, ondelete="cascade")
    case_id = fields.Integer(string="Row", required=True, export_string_translation=False)
    name = fields.Char(string="Case")
    state = fields.Selection(
        [("ready", "Can be done"), ("refused", "Cannot be done"), ("done", "Done")], required=True
    )
    fault = fields.Char(string="Why Not")
