from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.trust import is_uninstalling


class WaterStage(models.Model):
    """A kanban column. Its ``state`` gives it meaning; name, order and mail are free."""

    _name = "water.stage"
    _inherit = ["water.mixin"]
    _description = "Case Stage"
    _order = "model, sequence, id"

    name = fields.Char(required=True, translate=True)
    public_name = fields.Char(
        translate=True, help="How the customer reads this step, in everyday words."
    )
    sequence = fields.Integer(default=10)
    model = fields.Selection(
        selection="_selection_model", string="Case Type", required=True, index=True
    )
    state = fields.Char(
        required=True,
        index=True,
        copy=True,  # Odoo copies no field of this name by itself
        help="The state of the transition table this column stands for.",
    )
    state_label = fields.Char(string="Meaning", compute="_compute_state_label")
    fold = fields.Boolean(string="Folded in Kanban")
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail to the Customer",
        domain="[('model', '=', model)]",
        help="Sent when a case enters this stage.",
    )
    closing_script = fields.Text(
        translate=True,
        help="What the agent says when the service ends here (S2.3.4). {case}, {result} and"
        " {hotline} are filled in.",
    )
    active = fields.Boolean(default=True)

    @api.model
    def _selection_model(self):
        return [
            (name, self.env["ir.model"]._get(name).name or self.env[name]._description)
            for name in self.env["water.case.link.mixin"]._case_models().values()
            if name in self.env
        ]

    @api.depends("model", "state")
    @api.depends_context("lang")
    def _compute_state_label(self):
        for stage in self:
            field = stage.model and self.env[stage.model]._fields["state"]
            labels = dict(field._description_selection(self.env)) if field else {}
            stage.state_label = labels.get(stage.state, stage.state)

    @api.constrains("model", "state")
    def _check_state(self):
        for stage in self:
            known = dict(self.env[stage.model]._fields["state"].selection)
            if stage.state not in known:
                raise ValidationError(
                    self.env._(
                        "“%(state)s” is no state of %(model)s; choose one of: %(known)s.",
                        state=stage.state,
                        model=stage.model,
                        known=", ".join(known),
                    )
                )

    def write(self, vals):
        """As Odoo does.

        :raises ValidationError: where a state would be left without a column: no case could come
            to it, and of the first one none could be filed
        """
        changes = {"active", "model", "state"} & vals.keys()
        places = {row: (row.model, row.state) for row in self.filtered("active") if changes}
        done = super().write(vals)
        for stage, place in places.items():
            if not stage.with_context(active_test=True)._of_state(*place):
                stage._refuse_last()
        return done

    def _refuse_last(self):
        raise ValidationError(
            self.env._("“%(stage)s” is the only column of its state.", stage=self.name)
        )

    @api.ondelete(at_uninstall=True)
    def _unlink_except_last(self):
        for stage in self.browse() if is_uninstalling(self.env) else self:
            twins = self.search_count(
                [
                    ("model", "=", stage.model),
                    ("state", "=", stage.state),
                    ("id", "not in", self.ids),
                ],
                limit=1,
            )
            if not twins:
                stage._refuse_last()

    @api.model
    def _of_state(self, model, state):
        # sudo: water.stage - columns are configuration, every mover needs them
        return self.sudo().search([("model", "=", model), ("state", "=", state)], limit=1)
