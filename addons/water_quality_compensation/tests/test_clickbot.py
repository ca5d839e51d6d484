"""Odoo's click-everywhere test on our menus, as administrator and others.

It tries each menu and each view; in the long form (``bin/test --long``) also the filters, which
``test_views`` checks on the server, and as other users.
"""

import os

from odoo.tests import HttpCase, tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintPeople

ROBOT = "@web/webclient/clickbot/clickbot_loader"
#: The robot finds no filters where it finds no menu of the search.
WITHOUT_FILTERS = """
    const find = document.querySelector.bind(document);
    document.querySelector = (path) =>
        path.includes("o_searchview_dropdown_toggler") ? null : find(path);
"""
IS_LONG = bool(os.environ.get("WATER_LONG"))


class ClickEverywhere(ComplaintPeople, HttpCase):
    allow_end_on_form = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env.ref("base.user_admin").tour_enabled = False

    def setUp(self):
        super().setUp()
        self._inquiry()
        for state in ("registered", "investigating", "confirmed"):
            self._complaint_at(state)

    def _click_everywhere(self, login):
        self.browser_js(
            "/odoo",
            ("" if IS_LONG else WITHOUT_FILTERS)
            + f"odoo.loader.modules.get('{ROBOT}').startClickEverywhere"
            "('water_service_desk.menu_root');",
            "odoo.isReady === true",
            login=login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )


# Each takes minutes, so each is a class of its own: processes share tests out by class.
@tagged("post_install", "-at_install")
class TestClickEverywhere(ClickEverywhere):
    """The user who sees all menus; ``test_views`` checks the others."""

    def test_admin(self):
        self.env.ref("base.user_admin").lang = "zh_CN"
        self._click_everywhere("admin")


if IS_LONG:

    @tagged("post_install", "-at_install")
    class TestClickEverywhereElse(ClickEverywhere):
        def test_agent_in_chinese(self):
            self.users["agent"].lang = "zh_CN"
            self._click_everywhere("water_agent")

        def test_department(self):
            self._click_everywhere("water_department")
