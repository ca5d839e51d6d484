"""The compensations on a customer's page, and who may not see them."""

from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon


@tagged("post_install", "-at_install")
class TestCustomerCompensation(CompensationCommon):
    def _page(self, login="agent"):
        service = self._as(login, self.env["water.customer"])
        page = service.page("res.partner", self.customer.id)
        return page, {part["key"]: part for part in page["sections"]}

    def test_compensations(self):
        """Proposed, approved and paid ones of the customer's cases and person; finance decides."""
        proposed, approved = self._proposed(amount=30), self._approved(amount=50)
        page, parts = self._page()
        part = parts["compensations"]
        self.assertEqual({row["id"] for row in part["rows"]}, {proposed.id, approved.id})
        self.assertEqual([tally["count"] for tally in part["tallies"]], [1, 1])
        self.assertIn("30.00", str(part["rows"]))
        order = [section["key"] for section in page["sections"]]
        self.assertLess(order.index("calls"), order.index("compensations"))
        self.assertLess(order.index("compensations"), order.index("bills"))

    def test_the_accused_does_not_see_the_accuser(self):
        """Neither the complaint nor what hangs on it, not even in a number."""
        for login in ("agent", "supervisor", "quality"):
            case = self._complaint("agent2")
            owed = self._compensation("agent2", case)
            before, _parts = self._page(login)
            self.assertIn(case.name, str(before))
            self._as("agent2", case).person_complained_id = self.users[login]
            page, parts = self._page(login)
            with self.subTest(login=login):
                self.assertNotIn(case.name, str(page))
                self.assertNotIn(owed.name, str(page))
                hidden = [
                    ("water.complaint", case.ids),
                    ("water.deadline", case.deadline_ids.ids),
                    ("water.compensation", owed.ids),
                ]
                for section in parts.values():
                    for tally in section["tallies"]:
                        for model, ids in hidden:
                            is_such = tally["model"] == model
                            self.assertFalse(is_such and set(ids) & set(tally["ids"]))
            trusted(case).write({"state": "withdrawn"})
