from odoo import api, models

from ...base.links import OURS


class MailRenderMixin(models.AbstractModel):
    """Renders records only for users who may read them."""

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, template_src, model, res_ids, *args, **kwargs):
        """As Odoo, after checking read access.

        Our letters read facts as superuser: previews and the mail composer would show the text of
        any case.
        """
        if not self.env.su and (model or "").startswith(OURS):
            self.env[model].browse(filter(None, res_ids)).check_access("read")
        return super()._render_template(template_src, model, res_ids, *args, **kwargs)
