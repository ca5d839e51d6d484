from odoo.exceptions import AccessError, MissingError
from odoo.tests import tagged

from ...base.tests import acts
from ...intake.filing import FilingError, WrongStateError
from .common import ApiCommon

NAME, OPENID = "欧阳水清", "wx-openid-7788"


@tagged("post_install", "-at_install")
class TestApiCourse(ApiCommon):
    """The interface on cases and customers whose course has ended meanwhile."""

    def _filed(self, **values):
        receipt = self.api.submit(
            {
                "external_id": "wx-1",
                "kind": "inquiry",
                "category": "GN",
                "description": "阶梯水价怎么算？",
                "customer": {"name": NAME, "phone": "13700001111", "reference": OPENID},
                **values,
            }
        )
        return self.env["water.inquiry"].search([("name", "=", receipt["number"])])

    def _acts(self):
        """The interface's attempts on a submitted case."""
        files = [{"name": "x.txt", "content": "eA=="}]
        return {
            "append": lambda: self.api.append("wx-1", NAME),
            "file": lambda: self.api.append("wx-1", None, files),
            "confirm": lambda: self.api.confirm("wx-1"),
            "contest": lambda: self.api.contest("wx-1", "x"),
            "material": lambda: self.api.material("wx-1", "1", files),
            "appointment": lambda: self.api.appointment("wx-1", "1", "cancel", {"reason": "x"}),
        }

    def test_erased(self):
        """Nothing is read of the person, nothing added, and the number does not reopen it."""
        case = self._filed()
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "x")
        self._as("agent", case).action_withdraw()
        acts.erase(case.sudo(), "本人要求")
        facts = case.read(["state", "partner_id", "phone", "erased_at"])
        for name, act in self._acts().items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(WrongStateError, "moved on|no such step"),
                self.env.cr.savepoint(),
            ):
                act()
        self.assertNotIn(NAME, str(self.api.status("wx-1")))
        self.assertEqual(self.api.files("wx-1"), [])
        again = self._filed(description="换一句")
        self.assertEqual(again, case)
        self.assertEqual(case.read(list(facts[0])), facts)

    def test_number_of_an_erased_case(self):
        """Nor does the app's own number lead to the person: recognised, and stored nowhere."""
        case = self._filed(external_id="wx-20260310-77")
        self.api.append("wx-20260310-77", "补充", None, "wx-20260310-78")
        entries = self.env["water.api.entry"].sudo().search([("inquiry_id", "=", case.id)])
        self.assertEqual(len(entries), 2)
        self.assertTrue(any(entries.mapped("content_digest")))
        hook = {"name": "x", "url": "https://wx.example/events", "secret": "x" * 32}
        self.env["water.webhook"].create({**hook, "channel_ids": self._channel("wechat").ids})
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "x")
        self._as("agent", case).action_withdraw()
        acts.erase(case.sudo(), "本人要求")
        told = self.env["water.webhook.delivery"].sudo().search([("inquiry_id", "=", case.id)])
        self.assertTrue(told)
        kept = [*entries.mapped("external_id"), *told.mapped("payload")]
        self.assertNotIn("wx-20260310", str(kept))
        # the customer's words could be guessed by it
        self.assertFalse(any(entries.mapped("content_digest")))
        status = self.api.status("wx-20260310-77")
        self.assertEqual((status["number"], status["external_id"]), (case.name, ""))
        self.assertEqual(self._filed(external_id="wx-20260310-77"), case)
        with self.assertRaises(FilingError):
            self.api.status(entries[0].external_id)

    def test_origin_of_reference(self):
        """The reference of an erased person recognises no one."""
        case = self._filed()
        person = case.partner_id
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "x")
        self._as("agent", case).action_withdraw()
        acts.erase(person.sudo(), "本人要求")
        kept = self.env["water.api.customer"].search([("reference", "=", OPENID)])
        self.assertFalse(kept)
        later = self._filed(external_id="wx-2")
        self.assertTrue(later.partner_id)
        self.assertNotEqual(later.partner_id, person)

    def test_merged_customer(self):
        """A contact that is merged into another one brings its reference to no other's bills."""
        case = self._filed()
        mine = case.partner_id
        self.env["water.account"].create(
            {"code": "A-99", "partner_id": self.customer2.id, "address": "东城路8号"}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((mine | self.customer2).ids, self.customer2)
        self.env.invalidate_all()
        with self.assertRaisesRegex(MissingError, "no customer with this reference"):
            self.api.accounts(OPENID)
        self.assertEqual(self.api.status("wx-1")["number"], case.name)

    def test_key_taken_in_the_middle(self):
        """A machine that is no integration any more gets no further, in the same breath."""
        self._filed()
        self.machine.sudo().write(
            {"group_ids": [(3, self.env.ref("water_service_desk.group_integration").id)]}
        )
        with self.assertRaisesRegex(AccessError, "for integrations"):
            self.api.status("wx-1")

    def test_another_company(self):
        """The number of one company's case is none in the other, whichever the caller names."""
        self._filed()
        other = self.env["res.company"].create({"name": "Second Water"})
        self.machine.company_ids |= other
        theirs = self.api.with_context(allowed_company_ids=other.ids)
        for name in ("status", "files", "appointments", "materials"):
            with self.subTest(name), self.assertRaisesRegex(MissingError, "no case with this"):
                getattr(theirs, name)("wx-1")
