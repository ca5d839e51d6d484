from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.duplicate.address import address_key

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRepeat(ComplaintCommon):
    """Several contacts on one matter: shown while typing, linked, counted, told (E5)."""

    def _other(self, login="agent", **values):
        values = {"partner_id": self.customer2.id, "address": "南湖路1号", **values}
        return self._complaint(login, **values)

    def _events_of_kind(self, case, kind):
        return case.event_ids.filtered(lambda row: row.kind == kind).sorted("id")

    # -- while typing --------------------------------------------------------------------------

    def test_similar(self):
        """Found by phone in any format, by account, by address in any format."""
        account = self.env["water.account"].create(
            {"code": "T-9", "partner_id": self.customer2.id, "address": "中山路7号"}
        )
        first = self._complaint()
        second = self._other(account_id=account.id, phone="010-62345678", address="中山路7号")
        drafts = self._as("agent", self.env["water.complaint"])
        for values, found in (
            ({"phone": "138 1234 5678"}, first),
            ({"phone": "+86 13812345678"}, first),
            ({"account_id": account.id}, second),
            ({"address": "东城路８号 2单元 301"}, first),
            ({"address": "东城路8号"}, first.browse()),
            ({"phone": "13900000000"}, first.browse()),
            ({"phone": "138 1234 5678", "is_anonymous": True}, first.browse()),
            ({}, first.browse()),
        ):
            with self.subTest(values=values):
                self.assertEqual(drafts.new(values).similar_ids._origin, found)

    def test_similar_on_the_form(self):
        """As soon as the telephone is typed, before anything is saved."""
        case = self._complaint()
        with Form(self._as("agent", self.env["water.complaint"])) as form:
            form.subject = "x"
            form.phone = "13812345678"
            self.assertEqual(form.similar_ids.ids, case.ids)
            form.is_anonymous = True
            form.description = form.demand = form.address = "x"
            form.channel_id = self._channel("phone")
            form.category_id = self._category("pr01")
            form.occurred_at = "2026-03-11 00:00:00"

    def test_similar_in_the_pick_up_dialog(self):
        """The caller's earlier complaint is shown, and the new one linked when it is chosen."""
        case = self._complaint()
        calls = self._as("agent", self.env["water.call"])
        call = calls.create(
            {
                "query": "13812345678",
                "verbatim": "还是没人来",
                "address": "东城路8号2单元301",
                "category_id": self._category("bl02").id,
                "demand": "马上来",
            }
        )
        self.assertEqual(call.similar_ids, self._as("agent", case))
        call.same_as_id = case
        call.action_register_complaint()
        self.assertEqual(acts.case_of(call).repeat_of_id, self._as("agent", case))
        self.assertEqual(case.repeat_count, 2)

    def test_only_the_last_days(self):
        with freeze_time("2026-02-01 02:00:00"):
            old = self._complaint()
        case = self._complaint()
        self.assertFalse(self._as("agent", case).similar_ids)
        self.company.water_repeat_days = 60
        case.invalidate_recordset()
        self.assertEqual(self._as("agent", case).similar_ids, self._as("agent", old))

    def test_only_what_one_may_see(self):
        """Another agent's restricted complaint is not revealed; departments see nothing."""
        self._complaint("agent2", category_id=self._category("st04").id)
        case = self._complaint_at("dispatched")
        self.assertFalse(self._as("agent", case).similar_ids)
        other = self._complaint()
        self._step_dispatched(other, "agent", self.net)
        self.env.invalidate_all()
        self.assertFalse(self._as("department", case).similar_ids)
        self.assertTrue(self._as("agent", case).similar_ids)

    def test_address_key(self):
        self.assertEqual(address_key("东城路８号, 2单元-301 "), address_key("东城路8号2单元301"))
        for text in (None, "", "1", " - ", "路"):
            self.assertFalse(address_key(text))

    def test_lookup_uses_indexes(self):
        """Each fact is found by its own index; a scan of the table is not the plan."""
        columns = ("phone_normalized", "account_id", "partner_id", "address_key")
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'water_complaint'")
        definitions = " ".join(row[0] for row in self.env.cr.fetchall())
        for column in columns:
            with self.subTest(column=column):
                self.assertIn(f"({column})", definitions)

    # -- linking -------------------------------------------------------------------------------

    def test_link(self):
        """Counted on the first one, in both chains' favour, and undone with a reason."""
        first, second, third = (self._complaint() for _i in range(3))
        acts.link(self._as("agent", second), first)
        acts.link(self._as("agent", third), second)  # the root counts, not the one between
        self.assertEqual((second | third).repeat_of_id, first)
        self.assertEqual((first.repeat_count, second.repeat_count), (3, 0))
        self.assertEqual(
            self._events_of_kind(third, "repeat_linked").payload["original"], first.name
        )
        self.assertEqual(third.state, "registered")
        with self.assertRaisesRegex(UserError, "reason"):
            acts.undo(self._as("agent", third), " ")
        acts.undo(self._as("agent", third), "是另一块表")
        self.assertEqual((third.repeat_of_id.id, first.repeat_count), (False, 2))
        self.assertWhole(first | second | third)

    def test_link_wrongly(self):
        first, second, other = self._complaint(), self._complaint(), self._other()
        acts.link(self._as("agent", second), first)
        for case, target in ((first, first), (first, second)):
            with self.assertRaises(ValidationError):
                acts.link(self._as("agent", case), target)
        with self.assertRaisesRegex(UserError, "ask a supervisor"):
            acts.link(self._as("agent", other), first)
        with self.assertRaisesRegex(UserError, "why"):
            acts.link(self._as("supervisor", other), first)
        acts.link(self._as("supervisor", other), first, "同一根管")
        self.assertEqual(other.repeat_of_id, first)
        hidden = self._complaint("agent2", category_id=self._category("st04").id)
        with self.assertRaises(AccessError):
            acts.link(self._as("agent", self._complaint()), self._as("agent", hidden))
        for name in ("repeat_of_id", "repeat_count"):
            with self.assertRefused("kept by the system", first):
                self._as("manager", first)[name] = 1 if name == "repeat_count" else second.id

    def test_supervisor_is_told(self):
        """At the number of contacts that the company has set, once."""

        def told():
            partner = self.users["supervisor"].partner_id
            messages = self.env["mail.message"].sudo().search([("partner_ids", "in", partner.ids)])
            return len(
                messages.filtered(lambda message: "contacts on the same" in (message.subject or ""))
            )

        self.company.water_repeat_contacts = 3
        first = self._complaint()
        counts = []
        for _i in range(3):
            acts.link(self._as("agent", self._complaint()), first)
            counts.append(told())
        self.assertEqual(counts, [0, 1, 1])

    # -- anonymous ones -----------------------------------------------------------------------

    def _nameless(self, moment, **values):
        with freeze_time(moment):
            return self._complaint(
                is_anonymous=True,
                category_id=self._category("st01").id,
                **{"department_complained_id": self.net.id, **values},
            )

    def test_anonymous_of_one_week(self):
        """Same unit, same calendar week (Monday to Sunday in the company's time): a repeat."""
        first = self._nameless("2026-03-09 00:30:00")  # Monday 8:30
        same = self._nameless("2026-03-15 15:30:00")  # Sunday 23:30
        later = self._nameless("2026-03-15 16:30:00")  # Monday 0:30
        elsewhere = self._nameless("2026-03-15 17:00:00", department_complained_id=self.lab.id)
        self.assertEqual(same.repeat_of_id, first)
        self.assertFalse((later | elsewhere | first).repeat_of_id)
        self.assertEqual(first.repeat_count, 2)

    def test_unit_told_later(self):
        """Linked when the agent finds out which unit is meant."""
        first = self._nameless("2026-03-11 02:00:00")
        second = self._nameless("2026-03-11 03:00:00", department_complained_id=False)
        self.assertFalse(second.repeat_of_id)
        self._as("agent", second).department_complained_id = self.net
        self.assertEqual(second.repeat_of_id, first)

    def test_handled_again_is_no_further_complaint_of_the_week(self):
        """An anonymous order that its body sends again was complained of once."""
        first = self._nameless("2026-03-11 02:00:00")
        for state, is_repeat in (("archived", False), ("withdrawn", True)):
            order = {"external_source": "12345", "external_ref": state}
            case = self._nameless("2026-02-24 02:00:00", **order)
            trusted(case).write({"state": state, "external_state": "answered"})
            with self.subTest(state):
                again = acts.rehandle_order(self._as("supervisor", case), "市民不满意")
                self.assertNotEqual(again, case)
                self.assertEqual(again.is_follow_up, not is_repeat)
                self.assertEqual(bool(again.sudo().repeat_of_id), is_repeat)
        self.assertEqual(first.repeat_count, 2)
