from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT, DEPARTMENT, SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import said
from ...case.transitions import Missing


class WaterRequest(models.Model):
    """The materials of an application, and the rule that they are asked for once (S2.3.2b)."""

    _inherit = "water.request"

    material_ids = fields.One2many(
        "water.request.material", "request_id", string="Materials", copy=False
    )
    step_ids = fields.One2many("water.request.step", "request_id", string="Steps", copy=False)
    materials_text = fields.Char(string="Materials Complete", compute="_compute_materials_text")
    second_request_count = fields.Integer(
        string="Second Requests Refused",
        readonly=True,
        copy=False,
        help="How often staff tried to ask for a new material after the notice; must be 0.",
    )

    @api.depends("material_ids.state", "material_ids.mandatory")
    def _compute_materials_text(self):
        for case in self:
            wanted = case.material_ids.filtered("mandatory")
            correct = wanted.filtered(lambda row: row.state == "correct")
            case.materials_text = bool(wanted) and f"{len(correct)} / {len(wanted)}"

    def _fill_checklist(self):
        """Take the guide's materials over while nothing has been handed out yet."""
        rows = []
        for case in self.filtered(lambda case: case.state == "registered"):
            # sudo: water.request.material - the guide decides what is on the list
            old = trusted(case.sudo()).material_ids
            guide = case.guide_id.sudo()
            if case.notice_issued_at or old.guide_material_id.guide_id == guide:
                continue
            old.filtered("guide_material_id").unlink()
            lang = case.sudo()._customer_lang()
            rows += [
                part._request_values(case.id) for part in guide.with_context(lang=lang).material_ids
            ]
        trusted(self.env["water.request.material"].sudo()).create(rows)

    def _need_materials(self):
        """Everything mandatory is there and correct; for a business without guide, nothing."""
        wanted = self.sudo().material_ids.filtered("mandatory")
        left = wanted.filtered(lambda row: row.state != "correct")
        if self.request_type != "business":
            words = self.env._("a repair needs no materials: begin the work")
            return [Missing(words, "request_type")]
        if not self.guide_id:
            return [Missing(self.env._("choose the guide of the business"), "guide_id")]
        if left:
            names = left.mapped("name")
            words = self.env._("not complete or not correct yet: %(materials)s", materials=names)
            return [Missing(words, "material_ids")]
        return []

    def _ask_material(self, name, reason=False):
        """Ask the customer for a material that is not on the list.

        Before the notice it is put on the list. After it the law of 一次性告知 holds: the
        request is refused, counted, kept in the chain and told to the supervisors.

        :param name: what is asked for
        :param reason: why
        :return: "" when it was added, otherwise the refusal in the user's language
        """
        self.ensure_one()
        self.check_access("write")
        self._check_takes_materials()
        self._check_clerk()
        if not said(name):
            raise UserError(self.env._("Say which material is asked for."))
        if not self._materials_fixed():
            row = {"request_id": self.id, "name": name, "note": reason}
            trusted(self.env["water.request.material"].sudo()).create(row)
            return ""
        count = self.second_request_count + 1
        trusted(self.sudo()).second_request_count = count
        self._log_events("material_refused", {"material": name, "reason": reason or ""})
        self._tell_second_request()
        return self._second_request_refusal()

    def _check_takes_materials(self):
        if self.request_type != "business":
            raise UserError(self.env._("A repair needs no materials."))

    def _materials_fixed(self):
        """Whether the customer has been told what to bring, so that nothing new may be added."""
        return bool(self.notice_issued_at) or self.state != "registered"

    def _second_request_refusal(self):
        return self.env._(
            "%(case)s: the customer was told on %(day)s everything they have to bring. No new"
            " material may be asked for any more. Only what they have supplied may be asked for"
            " again when it is incorrect: mark it so in the list, with the reason. The attempt"
            " has been recorded.",
            case=self.name,
            day=self._customer_time(self.notice_issued_at or self.accepted_at),
        )

    def _check_clerk(self):
        """Materials are the desk's and the handling department's affair."""
        user = self.env.user
        groups = (AGENT, DEPARTMENT)
        if not (self.env.su or any(map(user.has_group, groups))):
            raise AccessError(
                self.env._("Only the service desk and departments deal with materials.")
            )

    def _tell_second_request(self):
        group = self.env.ref(SUPERVISOR).sudo()
        company = self.sudo().company_id
        tell_staff(
            self,
            group.all_user_ids.filtered(lambda user: company in user.company_ids),
            lambda case: case.env._(
                "%(case)s: a second request of materials was refused", case=case.name
            ),
        )

    def _return_materials(self):
        """Tell the customer, in one mail, all that is incorrect and why.

        :raises UserError: when nothing is marked as incorrect
        """
        self.check_access("write")
        self._check_clerk()
        for case in self:
            wrong = case.sudo().material_ids.filtered(lambda row: row.state == "incorrect")
            if not wrong:
                raise UserError(self.env._("Mark what is incorrect, with the reason, first."))
            reasons = {row.name: row.reason for row in wrong}
            case._log_events("material_returned", {"materials": reasons})
            case._send_to_customer(self.env.ref("water_service_desk.mail_template_materials"))

    def _incorrect_lines(self):
        """List of what is incorrect and why, for the mail to the customer."""
        wrong = self.sudo().material_ids.filtered(lambda row: row.state == "incorrect")
        words = [self.env._("%(who)s: %(what)s", who=row.name, what=row.reason) for row in wrong]
        lines = [Markup("<li>%s</li>") % line for line in words]
        return Markup("<ul>%s</ul>") % Markup("").join(lines)
