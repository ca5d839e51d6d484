from odoo import api, models

from ...base.links import OURS


class MailRenderMixin(models.AbstractModel):
    """A letter shows nobody a record that is closed to him."""

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, template_src, model, res_ids, *args, **kwargs):
        """As Odoo does, of records that the user may read.

        Our letters ask for facts as the system, so that reading them refuses nobody: previews and
        the window for a mail would show the words of any case.
        """
        if not self.env.su and (model or "").startswith(OURS):
            self.env[model].browse(filter(None, res_ids)).check_access("read")
        return super()._render_template(template_src, model, res_ids, *args, **kwargs)
