import base64
import io

from PIL import Image

from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestMailLogo(WaterCommon):
    """The logo comes with the mail, not from our server when the mail is read."""

    def _mail(self, body):
        servers = self.env["ir.mail_server"]
        return servers._build_email__(
            "service@example.com", ["zhang@example.com"], "结果", body, subtype="html"
        )

    def test_logo(self):
        file = io.BytesIO()
        Image.new("RGB", (8, 8), "#0a6ebd").save(file, "PNG")
        self.company.logo = base64.b64encode(file.getvalue())
        source = f"https://water.example.com/logo.png?company={self.company.id}"
        mail = self._mail(f'<p><img src="{source}" alt=""/>您好</p>')
        html = mail.get_body(("html",))
        self.assertIn("您好", html.get_content())
        self.assertNotIn("logo.png", html.get_content())
        (picture,) = (part for part in mail.walk() if part.get_content_maintype() == "image")
        self.assertIn(f"cid:{picture['Content-ID'][1:-1]}", html.get_content())
        self.assertEqual(
            picture.get_content(), base64.b64decode(self.company.logo_web), "the logo itself"
        )
        self.assertIn("您好", mail.get_body(("plain",)).get_content())

    def test_without_logo(self):
        """Mails of others, without a company, and without a logo stay the same."""
        self.company.logo = False
        for body in (
            "<p>您好</p>",
            '<img src="https://water.example.com/logo.png?company=999999999"/>',
            f'<img src="/logo.png?company={self.company.id}"/>',
        ):
            with self.subTest(body):
                mail = self._mail(body)
                self.assertEqual(mail.get_body(("html",)).get_content().strip(), body)
                self.assertEqual(len(list(mail.walk())), 3)
