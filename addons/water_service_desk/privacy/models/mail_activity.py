from odoo import api, models


class MailActivity(models.Model):
    """Refuses to-dos for erased records (PIPL art. 47)."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        if not self.env.su:
            owners = [(row.res_model, row.res_id) for row in activities]
            self.env["mail.message"]._check_water_erased(owners)
        return activities

    def _compute_res_name(self):
        """Show no name for unsaved to-dos about unreadable records, which Odoo reads as
        superuser.
        """
        shown = self.filtered(lambda row: row.id or row._is_about_open())
        (self - shown).res_name = False
        super(MailActivity, shown)._compute_res_name()

    def _is_about_open(self):
        model = self.env.get(self.res_model or "")
        return model is not None and model.sudo(False).browse(self.res_id).has_access("read")
