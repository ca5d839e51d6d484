from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterCompensationProfile(models.Model):
    """A scheme of compensation: the rules of one country, or of a company's own promise.

    A company chooses one in its settings; none is chosen for it (domain 4.2).
    """

    _name = "water.compensation.profile"
    _inherit = ["water.cached.mixin", "water.code.mixin", "water.mixin"]
    _description = "Compensation Scheme"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    description = fields.Text(
        string="About the Scheme", translate=True, help="What it is, and for whom."
    )
    sequence = fields.Integer(default=10)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    base_id = fields.Many2one(
        "water.compensation.profile",
        string="Based on",
        ondelete="restrict",
        help="What this scheme has no rule for is decided by the rules of that one.",
    )
    is_fictitious = fields.Boolean(
        string="Fictitious Example", help="For trying out: its figures are invented."
    )
    rule_ids = fields.One2many("water.compensation.rule", "profile_id", string="Rules")
    rule_count = fields.Integer(string="Number of Rules", compute="_compute_rule_count")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A scheme with this code exists already.")

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        rules = self.env["water.compensation.rule"].with_context(active_test=False)
        rows = rules._read_group(
            [("profile_id", "in", self._origin.ids)], ["profile_id"], ["__count"]
        )
        counts = {profile.id: count for profile, count in rows}
        for profile in self:
            profile.rule_count = counts.get(profile._origin.id, 0)

    @api.depends("code", "name", "is_fictitious")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for profile in self:
            words = " ".join(part for part in (profile.code, profile.name) if part)
            profile.display_name = words

    @api.constrains("base_id")
    def _check_base(self):
        if self._has_cycle("base_id"):
            raise ValidationError(self.env._("A scheme cannot be based on itself."))
        for profile in self.filtered("base_id"):
            if profile.base_id.currency_id != profile.currency_id:
                raise ValidationError(
                    self.env._("A scheme and the one it is based on have the same currency.")
                )

    def _chain(self):
        chain = self
        while chain[-1:].base_id:
            chain += chain[-1].base_id
        return chain

    def _has_sums(self):
        rules = self.with_context(active_test=False)._chain().rule_ids if self else ()
        return any(rule._has_sums() for rule in rules)

    def action_open_rules(self):
        """Open the rules of the scheme, switched-off ones too."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "water_compensation.action_compensation_rule"
            ),
            "domain": [("profile_id", "in", self._chain().ids)],
            "context": {"active_test": False, "default_profile_id": self.id},
        }
