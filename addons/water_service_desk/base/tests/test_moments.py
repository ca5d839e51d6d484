from datetime import datetime

from odoo.tests import TransactionCase, tagged
from odoo.tools import format_datetime

from ..moments import moment_text


@tagged("post_install", "-at_install")
class TestMoments(TransactionCase):
    """Moments in texts, which are written without looking for the language each time."""

    def test_as_odoo_writes_them(self):
        moment = datetime(2026, 3, 2, 16, 5, 9)
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in ("en_US", "zh_CN"):
            for zone in ("Asia/Shanghai", "America/St_Johns", None):
                env = self.env(context={"lang": lang, "tz": "Europe/Berlin"})
                text = format_datetime(env, moment, tz=zone, dt_format="yyyy-MM-dd HH:mm")
                self.assertEqual(moment_text(env, moment, zone), text)
        self.assertEqual(moment_text(self.env, False, "Asia/Shanghai"), "")
