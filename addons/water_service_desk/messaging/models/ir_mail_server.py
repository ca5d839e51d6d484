import base64
import re

from odoo import models
from odoo.tools.mimetypes import guess_mimetype

#: Where the layout of our mails shows the company's logo.
LOGO = re.compile(r'src="([^"]*/logo\.png\?company=(\d+))"')


class IrMailServer(models.Model):
    """Embeds the company's logo in mails, so that programs show it without loading."""

    _inherit = "ir.mail_server"

    def _build_email__(self, *args, **kwargs):  # noqa: PLW3201  # so Odoo calls it
        message = super()._build_email__(*args, **kwargs)
        html = message.get_body(("html",))
        if html:
            self._water_embed_logo(html)
        return message

    def _water_embed_logo(self, html):
        """Put the logo into the part that shows it.

        :param html: email.message.EmailMessage
        """
        text = html.get_content()
        found = LOGO.search(text)
        # sudo: res.company - the public logo
        company = found and self.env["res.company"].sudo().browse(int(found[2])).exists()
        if not company or not company.logo_web:
            return
        name, content = f"logo-{company.id}@water", base64.b64decode(company.logo_web)
        kind, _slash, sort = guess_mimetype(content, "image/png").partition("/")
        html.set_content(text.replace(found[1], f"cid:{name}"), subtype="html", charset="utf-8")
        html.add_related(content, kind, sort, cid=f"<{name}>")
