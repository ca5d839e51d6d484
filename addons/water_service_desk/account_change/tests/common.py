"""An account whose holder, bank and contact are changed, and who hears of it."""

from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon


@freeze_time(NOW)
class AccountChangeCommon(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, user in cls.users.items():  # no two of the staff are one by their mail
            user.email = f"{login}@example.com"
        cls.users["supervisor2"] = cls._new_user(
            "supervisor2", "water_service_desk.group_supervisor", email="s2@example.com"
        )
        cls.users["clerk"] = cls._new_user(
            "clerk",
            "water_service_desk.group_agent,base.group_partner_manager",
            email="c@example.com",
        )
        cls.customer.email = "zhang@example.com"
        cls.account = cls.env["water.account"].create(
            {"code": "10002345", "partner_id": cls.customer.id, "address": "东城路8号"}
        )

    def _changes(self, **values):
        return self.env["water.account.change"].search(
            [("account_id", "=", self.account.id), *((k, "=", v) for k, v in values.items())],
            order="id",
        )

    def _messages(self, change):
        return self.env["water.message"].search(
            [
                (
                    "template_id",
                    "=",
                    self.env.ref("water_service_desk.mail_template_account_change").id,
                )
            ],
            order="id",
        )

    def _kinds(self):
        return self.account.event_ids.sorted("id").mapped("kind")
