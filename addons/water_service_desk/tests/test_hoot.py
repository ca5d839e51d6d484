from odoo.tests import HttpCase, tagged


def hoot_id(name):
    """The id that HOOT gives to a suite of this name."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    addon = "water_service_desk"

    def test_suite(self):
        """The addon's unit tests of the web client pass in a real browser."""
        suite = hoot_id(f"@{self.addon}")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
