from odoo import api, models


class IrDefault(models.Model):
    """Whatever people set as their defaults, what the system keeps begins as the system says.

    Everybody may set defaults for himself; what a service makes on his behalf would take them:
    clocks that are met at birth, steps that are done. Nor does a default name in a record of
    another app, to whom it is closed, a person or something of ours.
    """

    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        defaults = super()._get_model_defaults(model_name, condition)
        model = self.env.get(model_name)
        if not defaults or model is None:
            return defaults
        if not model_name.startswith("water."):
            return {name: value for name, value in defaults.items() if model._may_link(name, value)}
        return {name: value for name, value in defaults.items() if not model._fields[name].readonly}

    @api.model
    def _as_chosen(self, model_name):
        """The defaults as people have set them, whomever they name.

        :param model_name: of the model that they are for
        """
        return super()._get_model_defaults(model_name)  # pylint: disable=super-method-mismatch
