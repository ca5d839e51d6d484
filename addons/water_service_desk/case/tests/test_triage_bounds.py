from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestTriageBounds(WaterCommon):
    """When a case becomes graver by itself, and when a person has to say why."""

    def _raised(self, case):
        rows = case.event_ids.filtered(lambda row: row.kind == "severity_changed").sorted("id")
        return [(row.payload["from"], row.payload["to"]) for row in rows]

    def test_graver_alone(self):
        """The gravest of category and words, where it is graver than the given one."""
        always = self._category("gn").copy({"code": "T-EM", "emergency_trigger": "always"})
        for given, text, category, severity in (
            ("normal", "井盖丢了", False, "urgent"),
            ("complex", "井盖丢了", False, "urgent"),
            ("urgent", "井盖丢了", False, "urgent"),
            ("urgent", "我家触电了, 井盖丢了", False, "emergency"),
            ("emergency", "我家触电了", False, "emergency"),
            ("normal", "水费", always, "emergency"),
        ):
            values = {"severity": given, "description": text}
            values |= {"category_id": category.id} if category else {}
            case = self._inquiry(**values)
            with self.subTest(**values):
                self.assertEqual(case.severity, severity)
                changed = [(given, severity)] if given != severity else []
                self.assertEqual(self._raised(case), changed)
                self.assertEqual(bool(case.triage_reason), bool(changed))
        case = self._inquiry(description="井盖丢了", triage_reason="自己的话")
        self.assertEqual(case.triage_reason, "自己的话")

    def test_upset_is_no_question(self):
        inquiries = self._as("agent", self.env["water.inquiry"])
        for emotion, reason, asked in (
            ("calm", False, False),
            (False, False, False),
            ("agitated", False, True),
            ("agitated", " ", True),
            ("threatening", False, True),
            ("threatening", "只问时间", False),
        ):
            values = {"emotion": emotion, "triage_reason": reason}
            with self.subTest(**values):
                if not asked:
                    inquiries._check_downgrade(values)
                    continue
                with self.assertRefused("register a complaint"):
                    inquiries._check_downgrade(values)
                inquiries.sudo()._check_downgrade(values)

    def test_later_of_another_kind(self):
        """Open cases of a new emergency category become emergencies."""
        always = self._category("gn").copy({"code": "T-EM", "emergency_trigger": "always"})
        for severity, state, raised in (
            ("normal", "registered", [("normal", "emergency")]),
            ("emergency", "registered", []),
            ("normal", "closed", []),
        ):
            case = self._inquiry(severity=severity)
            before = {case.id: {"category_id": case.category_id}}
            trusted(case).write({"state": state, "category_id": always.id})
            case._on_category(before, {})
            self.assertEqual(self._raised(case), raised, (severity, state))
        case = self._inquiry(category_id=always.id)
        acts.retriage(self._as("agent", case), {"severity": "normal"}, "误报")
        case._on_category({case.id: {"category_id": always}}, {})
        self.assertEqual(case.severity, "normal", "it is of the same kind as before")

    def test_words_of_what_has_ended(self):
        """No more raising, nor by lesser words."""
        for severity, state, after in (
            ("normal", "registered", "urgent"),
            ("urgent", "registered", "urgent"),
            ("normal", "closed", "normal"),
        ):
            case = self._inquiry(severity=severity)
            trusted(case).write({"state": state, "description": "井盖丢了"})
            case._raise_by_words(set())
            self.assertEqual(case.severity, after, (severity, state))
        case = self._inquiry()
        trusted(case).description = "井盖丢了"
        case._raise_by_words(set(case._found_words()))
        self.assertEqual(case.severity, "normal", "they were judged before")

    def test_judged_anew(self):
        """Each change with its reason; equal values are no change, and blanks are no reason."""
        case = self._inquiry(severity="complex")
        work = self._as("agent", case)
        with self.assertRefused("Give the reason", case):
            acts.retriage(work, {"nature": "help"}, " ")
        count = case.event_count
        acts.retriage(work, {"nature": "inquiry", "severity": "complex"}, "没变")
        self.assertEqual((case.event_count, case.triage_reason), (count, False))
        acts.retriage(work, {"prejudgement": "valid"}, "像是我们的")
        event = case.event_ids.sorted("id")[-1]
        payload = {"prejudgement": ["", "valid"], "reason": "像是我们的"}
        self.assertEqual((event.kind, event.payload), ("triaged", payload))
        work.write({"prejudgement": "valid"})  # the same needs no reason
        work.triage_reason = "另有说法"
        event = case.event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.payload), ("triaged", {"reason": "另有说法"}))
        work.write({"subject": "水表", "severity": case.severity, "triage_reason": "又有说法"})
        self.assertEqual(case.event_ids.sorted("id")[-1].payload, {"reason": "又有说法"})
        before = case.category_id.code
        work.category_id = self._category("bl01")
        payload = case.event_ids.sorted("id")[-1].payload
        self.assertEqual(payload, {"category": [before, "BL01"], "reason": ""})

    def test_reason_of_a_finished_case(self):
        """Why it was judged so is not told otherwise afterwards."""
        case = self._inquiry(triage_reason="客户语气平和")
        self._as("agent", case).action_withdraw()
        for login in ("agent", "manager"):
            with self.subTest(login=login), self.assertRefused("is finished", case):
                self._as(login, case).triage_reason = "另有说法"
