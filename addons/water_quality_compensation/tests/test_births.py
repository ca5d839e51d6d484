"""What a new case inherits from its origin: as declared, and as it happens."""

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.births import AGAIN, CONVERTED, FOREIGN, PART

from .meeting_common import MeetingCommon
from .test_field_marks import ways_of
from .test_scenario_meetings_parts import NOTHING

OTHER = {"contact_name": "王五", "phone": "13700009999"}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestBirths(MeetingCommon):
    """Conversion, splitting, going on after an appeal, second handling, sent again."""

    # -- as it happens ----------------------------------------------------------------------------

    def _full(self, case):
        """Everything that says whom, how and where, filled in with what no new case has."""
        values = {
            "contact_name": "张三",
            "phone": "13800000001",
            "email_from": "zhang@example.com",
            "partner_id": self.customer.id,
            "account_id": self.home.id,
            "address": "东城路8号",
            "position": "31.2, 121.4",
            "is_confidential": True,
            "recording_ref": "call-77",
            "household_count": 3,
            "emotion": "calm",
            "verbatim": "他说了难听的话。",
            "claimed_partner_id": self.customer2.id,
            "legal_hold": True,
            "prejudgement": "valid",
            "triage_reason": "看过照片",
            "hold_reason": "法院调查令",
            "person_complained_id": self.users["agent2"].id,
            "department_complained_id": self.lab.id,
            "demand": "道歉",
            "is_represented": True,
            "representative_id": self.customer2.id,
            "representative_name": "李娜",
            "representative_relation": "女儿",
            "representative_authority": "委托书",
            "representative_may_read": True,
            "representative_is_told": False,
            "major_legal": True,
            "resolution": "已处理",
        }
        case = case.sudo()
        self.filled = [name for name in values if name in case._fields]
        trusted(case).write({name: values[name] for name in self.filled})
        self.env.invalidate_all()
        return case.with_env(self.env)

    def _assert_born(self, way, before, born, skip=()):
        ways, before, born = ways_of(before), before.sudo(), born.sudo()
        names = [name for name in self.filled if name in born._fields and name not in skip]
        went = {name for name in names if born[name] == before[name]}
        self.assertEqual(went, {name for name in names if way in ways[name]})

    def setUp(self):
        super().setUp()
        values = {"code": "F-7", "partner_id": self.customer.id, "address": "东城路8号"}
        self.home = self.env["water.account"].create(values)

    def _part(self, case, **other):
        values = {"subject": "水黄", "description": "水是黄的", "category_id": case.category_id.id}
        part = acts.split(self._as("supervisor", case), {**values, **other}, NOTHING, "两件事")
        return part.with_env(self.env)

    def test_through_split(self):
        values = {"category_id": self._category("st01").id}
        for make in (self._complaint, self._inquiry):
            case = self._full(make(**values) if make == self._complaint else make())
            with self.subTest(case._name):
                own, theirs = self._part(case), self._part(case, **OTHER)
                self._assert_born(PART, case, own, skip=("verbatim",))  # those are shared out
                self._assert_born(FOREIGN, case, theirs, skip=("verbatim",))

    def test_through_conversion(self):
        case = self._full(self._inquiry())
        values = {
            "category_id": self._category("bl02").id,
            "address": case.address,
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        new = acts.convert(self._as("agent", case), values, "不满意").with_env(self.env)
        self._assert_born(CONVERTED, case, new)
        self.assertIn(case.name, new.hold_reason)

    def test_through_appeal(self):
        case = self._filed(self._complaint(category_id=self._category("st01").id))
        appeal = self._first(self._full(case), "upheld", reopen=True, remedy="重新调查")
        self._assert_born(AGAIN, case, appeal.follow_up_id)
        held = appeal.follow_up_id.sudo().event_ids.filtered(lambda row: row.kind == "held")
        self.assertEqual(held.payload, {"reason": "法院调查令", "original": case.name})

    def test_second_handling(self):
        order = self._order("2026-03-20 17:30", "U-1", category_id=self._category("st01").id)
        case = self._full(self._filed(order))
        again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
        self._assert_born(AGAIN, case, again)

    def test_resending(self):
        order = self._order("2026-03-20 17:30", "U-2", category_id=self._category("st01").id)
        acts.return_order(self._as("supervisor", order), "不属于我们", "供水条例", "燃气公司")
        case = self._full(order)
        again = acts.rehandle_order(self._as("agent", case), "是你们的").with_env(self.env)
        self.assertNotEqual(again, case)
        self._assert_born(AGAIN, case, again)

    # -- held afterwards --------------------------------------------------------------------------

    def _assert_held_with(self, case, *born):
        """Cases made from a case are evidence too, however late the hold."""
        if case._name == "water.complaint":
            acts.hold(case.sudo(), True, "法院调查令")
        else:
            case.sudo().legal_hold = True
        for one in born:
            self.assertTrue(one.sudo().legal_hold, one)
            self.assertIn("it is under legal hold", acts.hindrances(one.sudo()))
            if one._name == "water.complaint":
                events = one.sudo().event_ids.filtered(lambda row: row.kind == "held")
                self.assertEqual(len(events), 1, one)
                self.assertTrue(events.payload["original"], one)

    def test_held_after_splitting(self):
        """A part of a part as well."""
        for make in (self._complaint, self._inquiry):
            case = make()
            with self.subTest(case._name):
                part = self._part(case)
                self._assert_held_with(case, part, self._part(part), self._part(case, **OTHER))

    def test_held_after_conversion(self):
        case = self._inquiry()
        new = self._become_complaint(case)
        self._assert_held_with(case, new, self._part(new))

    def test_held_after_an_appeal(self):
        case = self._filed(self._complaint(category_id=self._category("st01").id))
        appeal = self._first(case, "upheld", reopen=True, remedy="重新调查")
        self._assert_held_with(case, appeal.follow_up_id)

    def test_held_after_a_second_handling(self):
        order = self._order("2026-03-20 17:30", "U-8", category_id=self._category("st01").id)
        case = self._filed(order)
        again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
        self._assert_held_with(case, again)

    def test_another_hold_is_no_second_one(self):
        """An existing hold keeps its reason; a part does not hold the whole."""
        case = self._complaint()
        part = self._part(case)
        acts.hold(part.sudo(), True, "信访")
        self.assertFalse(case.legal_hold)
        acts.hold(case.sudo(), True, "法院调查令")
        self.assertEqual(part.sudo().hold_reason, "信访")

    # -- what follows -----------------------------------------------------------------------------

    def test_a_hold_is_lifted_where_it_was_set(self):
        """Each is held until released; held cases are not erased."""
        case = self._full(self._complaint(category_id=self._category("st01").id))
        part = self._part(case)
        acts.hold(case.sudo(), False, "案件终结")
        self.assertTrue(part.legal_hold)
        self.assertIn("it is under legal hold", acts.hindrances(part))
        acts.hold(part.sudo(), False, "案件终结")
        self.assertFalse(part.legal_hold)

    def test_strangers_address_is_unproved(self):
        """A case that an agent makes of a stranger's question sends none of the stranger's
        words.
        """
        stranger = self.env.ref("base.public_user")
        rows = self.env["water.inquiry"].with_user(stranger).sudo()
        values = {"contact_name": "某人", "email_from": "victim@example.com", "subject": "骂人的话"}
        values |= {"description": "骂人的话", "category_id": self._category("gn").id}
        values |= {"channel_id": self.env.ref("water_service_desk.channel_web").id}
        case = rows.create(values).with_env(self.env)
        self.assertTrue(case._is_unproved())
        theirs = self._part(case, **OTHER)
        own = self._part(case)
        new = self._become_complaint(case)
        for born in (own, new, self._part(new)):
            self.assertTrue(born._is_unproved(), born)
            self.assertNotIn("骂人", born._customer_subject())
            for message in born.sudo().customer_message_ids:
                self.assertNotIn("骂人", f"{message.subject} {message.body}")
        self.assertFalse(theirs._is_unproved(), "the agent has asked him")
        new.partner_id = self.customer
        self.assertFalse(new._is_unproved())

    def test_hold_of_merged_case_holds_the_other(self):
        """How the matter was handled is told there alone; undone, each is by itself again."""
        case, lead = self._complaint(), self._complaint()
        self._merge(case, lead)
        trusted(case).legal_hold = True
        words = f"{case.name}, which was merged into it, is under legal hold"
        self.assertIn(words, acts.hindrances(lead))
        trusted(lead).retain_until = "2026-03-01"
        due = self.env["water.complaint"]._destroyable(self.company)
        self.assertNotIn(lead, self.env["water.complaint"].search(due))
        trusted(case).legal_hold = False
        self.assertNotIn(words, acts.hindrances(lead) or "")
        self.assertIn(lead, self.env["water.complaint"].search(due))

    def test_an_order_sent_again_is_not_answered_already(self):
        order = {"external_source": "12345", "external_ref": "U-3"}
        case = self._inquiry(external_due_at=local("2026-03-20 17:30"), **order)
        case.answer = "不归我们管"
        acts.return_order(self._as("supervisor", case), "不属于我们", "供水条例", "燃气公司")
        again = acts.rehandle_order(self._as("agent", case), "是你们的").with_env(self.env)
        self.assertNotEqual(again, case)
        self.assertFalse(again.answer)
