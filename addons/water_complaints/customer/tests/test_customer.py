"""Complaints on a customer's page, and from whom they are hidden."""

from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCustomer(ComplaintCommon):
    def _page(self, login="agent"):
        service = self._as(login, self.env["water.customer"])
        page = service.page("res.partner", self.customer.id)
        return page, {part["key"]: part for part in page["sections"]}

    def test_complaints_stand_among_the_cases(self):
        case = self._complaint()
        _page, parts = self._page()
        self.assertEqual(parts["cases"]["rows"][0]["name"], case.name)
        self.assertEqual(parts["cases"]["rows"][0]["kind"], "Complaint")

    def test_the_accused_does_not_see_the_accuser(self):
        """Neither the complaint nor what hangs on it, not even in a number."""
        for login in ("agent", "supervisor", "quality"):
            case = self._complaint("agent2")
            before, _parts = self._page(login)
            self.assertIn(case.name, str(before))
            self._as("agent2", case).person_complained_id = self.users[login]
            page, parts = self._page(login)
            with self.subTest(login=login):
                self.assertNotIn(case.name, str(page))
                hidden = [
                    ("water.complaint", case.ids),
                    ("water.deadline", case.deadline_ids.ids),
                ]
                for section in parts.values():
                    for tally in section["tallies"]:
                        for model, ids in hidden:
                            is_such = tally["model"] == model
                            self.assertFalse(is_such and set(ids) & set(tally["ids"]))
            trusted(case).write({"state": "withdrawn"})

    def test_outages_at_customer_address(self):
        """An open incident of the zone is the first sentence; elsewhere it is not shown."""
        here, there = self.env["water.zone"].create(
            [{"name": "东城片区", "code": "T-E"}, {"name": "西城片区", "code": "T-W"}]
        )
        self.env["water.account"].create(
            {
                "partner_id": self.customer.id,
                "code": "T700003",
                "address": "东城路12号",
                "zone_id": here.id,
            }
        )
        kind = self.env["water.incident.kind"].search([], limit=1)
        incidents = self.env["water.incident"].create(
            [
                {"subject": f"爆管 {zone.name}", "kind_id": kind.id, "zone_ids": zone.ids}
                for zone in (here, there)
            ]
        )
        trusted(incidents).write({"state": "open"})
        page, _parts = self._page()
        self.assertEqual(page["alerts"], [incidents[0]._spoken_alert()])
