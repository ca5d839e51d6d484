from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.privacy.scrub import Scrubber


class WaterStatement(models.Model):
    """The statement (情况说明) of a person complained of (E9, S-4).

    The person reads the content alone: not the customer, the channel, the time or contact data.
    """

    _name = "water.statement"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Statement of the Person or Unit Complained of"
    _order = "id desc"
    _rec_name = "content"
    _dossier = True
    _allow_sudo_commands = False

    complaint_id = fields.Many2one(
        "water.complaint", required=True, index=True, ondelete="restrict", readonly=True
    )
    user_id = fields.Many2one(
        "res.users", string="Who Is Asked", required=True, index=True, readonly=True
    )
    department_id = fields.Many2one("water.department", string="Of the Unit", readonly=True)
    content = fields.Text(string="What Is Complained of", required=True, readonly=True)
    asked_at = fields.Datetime(string="Asked on", required=True, readonly=True)
    asked_by_id = fields.Many2one("res.users", string="Asked by", readonly=True)
    answer = fields.Text(string="Statement Given")
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    can_answer = fields.Boolean(compute="_compute_can_answer", export_string_translation=False)

    @api.depends("answered_at", "user_id")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        for row in self:
            row.can_answer = row.user_id == self.env.user and not row.answered_at

    @api.model
    def _readonly_message(self):
        return self.env._("Ask for a statement with the button; what was said is not changed.")

    def write(self, vals):
        """Let the person asked edit the answer until it is handed in."""
        if vals.keys() == {"answer"} and all(row.can_answer for row in self):
            self.check_access("read")
            return super(WaterStatement, trusted(self)).write(vals)
        return super().write(vals)

    def action_give(self):
        """Hand the statement in; it becomes read-only.

        :raises UserError: by anyone but the person asked, twice, or without an answer
        """
        self.check_access("read")
        for row in self:
            if not row.can_answer:
                raise UserError(self.env._("Only the person asked gives the statement, once."))
            if not strip_invisible(row.answer):
                raise UserError(self.env._("Write down what you have to say to it."))
            trusted(row.sudo()).write({"answered_at": fields.Datetime.now()})
            # sudo: complaint - hidden from the person asked
            case = row.sudo().complaint_id
            case._log_events("statement_given", {"statement": row.id})
            row._tell_answered(case)
        return True

    def _tell_answered(self, case):
        def compose(env):
            return env._("%s: the statement asked for has been given", case.name), ""

        self.env["water.staff.message"]._tell(case._acting_responsible(), compose, record=case)

    @api.model
    def _ask(self, case, user, content):
        """Ask ``user`` for a statement about ``content`` (回避: the complaint stays hidden).

        :param case: one water.complaint that the caller may write
        :param user: res.users complained of, or of the unit complained of
        :param content: text for the user, required; data of the customer are taken out
        :raises UserError: without content, for a finished case, or by anyone but the desk
        :return: the statement
        """
        case.ensure_one()
        case.check_access("write")
        case._check_unsealed()
        if not case._is_desk():
            raise UserError(self.env._("Only the service desk asks for statements."))
        if not user:
            raise UserError(self.env._("Name the person who is asked."))
        if not strip_invisible(content):
            raise UserError(self.env._("Write down what the question is."))
        # sudo: complaint - what must not be told has to be known
        clean = Scrubber(case.sudo()._erasure_words())
        row = trusted(self.sudo()).create(
            {
                "complaint_id": case.id,
                "user_id": user.id,
                "department_id": case.sudo().department_complained_id.id,
                "content": clean(content),
                "asked_at": fields.Datetime.now(),
                "asked_by_id": self.env.uid,
                "company_id": case.company_id.id,
            }
        )
        case._log_events("statement_asked", {"to": user.id})

        def compose(env):
            return env._("You are asked for a statement"), ""

        self.env["water.staff.message"]._tell(user, compose)
        return row.with_env(self.env)
