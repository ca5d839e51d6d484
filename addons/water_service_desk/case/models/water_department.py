from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterDepartment(models.Model):
    """A responsible department (责任部门) with its people.

    Odoo caches the record rules of each user, which depend on the user's departments.
    """

    _name = "water.department"
    _inherit = [
        "mail.alias.mixin.optional",
        "water.cached.mixin",
        "water.code.mixin",
        "water.mixin",
    ]
    _description = "Responsible Department"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")
    parent_id = fields.Many2one("water.department", string="Superior Department", index=True)
    manager_id = fields.Many2one(
        "res.users", string="Head", index="btree_not_null", domain="[('share', '=', False)]"
    )
    deputy_id = fields.Many2one(
        "res.users",
        string="Executive in Charge",
        domain="[('share', '=', False)]",
        help="Told when the head's time ran out.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "water_department_user_rel",
        "department_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
    )
    on_call_user_ids = fields.Many2many(
        "res.users",
        "water_department_on_call_rel",
        "department_id",
        "user_id",
        string="On Call",
        domain="[('share', '=', False)]",
    )

    mail_kind = fields.Selection(
        [("inquiry", "Inquiry")],
        string="Mails Become",
        required=True,
        default="inquiry",
        help="What a mail to the department's address is registered as; an agent can convert it.",
    )
    alias_id = fields.Many2one(help="Mails to this address are registered as cases.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A department with this code exists already."
    )

    def _alias_get_creation_values(self):
        """The address belongs to the kind of case that its mails become."""
        kind = self.mail_kind if len(self) == 1 else "inquiry"
        model = self.env["ir.model"]._get_id(f"water.{kind or 'inquiry'}")
        return {**super()._alias_get_creation_values(), "alias_model_id": model}

    def write(self, vals):
        done = super().write(vals)
        if "mail_kind" in vals:
            for department in self.filtered("alias_id"):
                # sudo: mail.alias - of a department that the user may write
                department.alias_id.sudo().write(department._alias_get_creation_values())
        return done

    @api.model
    def _answering(self):
        """The departments that can be reached by mail, in their order."""
        return self.search([("alias_id.alias_full_name", "!=", False)])

    @api.constrains("alias_id", "company_id")
    def _check_alias_domain(self):
        """Require a domain: without one the address would take mails to anyone of that name."""
        for department in self:
            # sudo: mail.alias - the user may write the department
            alias = department.sudo().alias_id
            if alias.alias_name and not alias.alias_domain_id:
                raise ValidationError(
                    self.env._("Set up the company's mail domain first (Settings, Discuss).")
                )
