from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DataRecycleModel(models.Model):
    """Retention rules may propose that the person is erased and the record stays."""

    _inherit = "data_recycle.model"

    recycle_action = fields.Selection(
        selection_add=[("water_erase", "Erase Personal Data")],
        ondelete={"water_erase": "cascade"},
    )

    @api.constrains("recycle_action", "res_model_id", "recycle_mode")
    def _check_water_action(self):
        """Refuse to delete evidence by a rule, or to erase without review."""
        for rule in self:
            model = self.env.get(rule.res_model_name)
            if model is None:
                continue
            erasable = hasattr(model, "_anonymise")
            if rule.recycle_action == "water_erase" and not erasable:
                raise ValidationError(
                    self.env._("Personal data is erased from cases, accounts and contacts only.")
                )
            if rule.recycle_action == "water_erase" and rule.recycle_mode == "automatic":
                raise ValidationError(self.env._("A person confirms what is erased."))
            if rule.recycle_action != "water_erase" and model._name.startswith("water."):
                raise ValidationError(
                    self.env._("Records of the water service are kept; erase personal data.")
                )

    @api.model
    def _water_install_domains(self):
        """Set the filters of the delivered rules, which depend on the states of each case type."""
        for rule in self.with_context(active_test=False).search(
            [("recycle_action", "=", "water_erase"), ("domain", "in", (False, "[]"))]
        ):
            final = sorted(self.env[rule.res_model_name]._final_states)
            domain = [("erased_at", "=", False), ("legal_hold", "=", False), ("state", "in", final)]
            rule.domain = repr(domain)
