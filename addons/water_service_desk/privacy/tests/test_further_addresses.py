from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon

PLACE = {"name": "女儿家", "street": "西湖路9号", "phone": "13612345555"}


@tagged("post_install", "-at_install")
class TestFurtherAddresses(WaterCommon):
    """Data added on the customer's pages, or by others, is the customer's too."""

    def setUp(self):
        super().setUp()
        contacts = self.env["res.partner"]
        self.person = contacts.create({"name": "欧阳水清", "phone": "13612349876"})
        self.company = contacts.create({"name": "水电行", "is_company": True})
        self.stranger = contacts.create({"name": "买家"})
        self.account = self.env["water.account"].create(
            {"code": "88001", "partner_id": self.person.id, "address": "东城路8号"}
        )

    def _place(self, owner, kind="delivery"):
        return self.env["res.partner"].create({**PLACE, "type": kind, "parent_id": owner.id})

    def _erase(self, contact):
        wizards = self._as("manager", self.env["water.erasure.wizard"]).with_context(
            active_model=contact._name, active_ids=contact.ids
        )
        return wizards.create({"reason": "本人要求"})

    def test_closed_to_colleagues(self):
        """Users without a service role read neither the customer nor records naming them."""
        theirs = self._place(self.person) | self._place(self.stranger)
        staff = self._place(self.company, "contact")
        self.env["water.account"].create(
            {"code": "88002", "partner_id": self.company.id, "address": "西城路1号"}
        )
        self.env.flush_all()
        everybody = [("id", "in", (theirs | staff).ids)]
        seen = self._as("plain", theirs).search(everybody)
        self.assertEqual(seen, theirs.filtered(lambda row: row.parent_id == self.stranger))
        self.assertEqual(self._as("agent", theirs).search(everybody), theirs | staff)
        with self.assertRaises(AccessError):
            self._as("plain", theirs[0]).read(["complete_name"])

    def test_erased_with_him(self):
        """They go with a person and are kept alike; a company's people are others."""
        places = self._place(self.person) | self._place(self.person, "other")
        friend = self._place(self.person, "contact")
        self.account.active = False
        self._erase(self.account).action_erase()
        places[1].legal_hold = True
        self.assertIn("legal hold", self._erase(self.person).hindrances)
        places[1].legal_hold = False
        self._erase(self.person).action_erase()
        for place in places:
            self.assertNotIn(PLACE["name"], place.name)
            self.assertFalse(place.street or place.phone or place.active)
            self.assertTrue(place.erased_at)
        self.assertEqual(friend.name, PLACE["name"])
        there = self._place(self.company, "other")
        self._erase(self.company).action_erase()
        self.assertEqual(there.street, PLACE["street"])
