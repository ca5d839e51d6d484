import json

from odoo.tests import tagged
from odoo.tools import SQL

from ...base.event_chain import altered_by_erasure, seal
from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ..scrub import Scrubber

NAME, OTHER = "欧阳水清", "司马水平"


@tagged("post_install", "-at_install")
class TestErasureChain(WaterCommon):
    """Where words were erased, the chain binds the rest of them as well."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry(partner_id=False, contact_name=NAME, phone="13612349876")
        agent = self._as("agent", self.case)
        agent.write({"severity": "urgent", "triage_reason": f"{NAME}家停水, {OTHER}也在"})
        agent.write({"severity": "normal", "triage_reason": "已恢复"})
        agent.action_withdraw()
        acts.erase(self.case, f"{OTHER}代为申请")
        self.assertWhole(self.case)
        events = self.case.event_ids.sorted("id")
        self.erased = events.filtered(lambda row: row.kind == "erased")
        self.words = events.filtered(lambda row: "***" in str(row.payload) and row.payload_seal)[:1]
        self.kept = events.filtered(lambda row: row.payload and not row.payload_seal)[0]
        self.assertTrue(self.words)
        self.assertNotEqual(self.kept, self.erased)

    def _alter(self, event, payload, sealed=None):
        """Write another payload past the application, with the former payload's hash."""
        self.env.flush_all()
        query = "UPDATE water_case_event SET payload = %s, payload_seal = %s WHERE id = %s"
        self.env.execute_query(SQL(query + " RETURNING id", json.dumps(payload), sealed, event.id))
        self.env.invalidate_all()

    def _altered(self):
        faults = self._chain(self.case)
        return [row.id for row in self.case.event_ids.sorted("id") if f"no. {row.id} " in faults]

    def test_remaining_values(self):
        """Rewriting the rest of an erased event is noticed."""
        payload = {**self.words.payload, "reason": "客户自己要求降级"}
        self._alter(self.words, payload, self.words.payload_seal)
        self.assertEqual(self._altered(), [self.words.id])

    def test_an_erasure_names_what_was_before_it(self):
        """Erasures cannot name further events or themselves: their own text is sealed."""
        before = self.erased.payload
        self._alter(self.kept, {"note": "无"}, seal(self.kept.payload))
        named = [*before["events"], self.kept.id, self.erased.id]
        self._alter(self.erased, {**before, "events": named}, seal(before))
        self.assertIn(self.erased.id, self._altered())

    def test_erased_once_more(self):
        """A second erasure, even of the first, keeps the chain valid."""
        self.case._log_events("erased", self.case._erase_events(Scrubber([OTHER])))
        self.env.invalidate_all()
        self.assertWhole(self.case)
        self.assertNotIn(OTHER, str(self.case.event_ids.mapped("payload")))
        self._alter(self.erased, {**self.erased.payload, "left": {}}, self.erased.payload_seal)
        self.assertEqual(self._altered(), [self.erased.id])

    def test_digests_contain_no_names(self):
        """They stay as they are, though some look as if they held a telephone number."""
        digest = f"a{13812345678}{'b' * 52}"
        event = self.case._log_events("contacted", {"digest": digest, "note": "13812345678"})
        event._erase_payload(Scrubber([]))
        self.assertEqual(event.payload, {"digest": digest, "note": "***"})

    def test_former_version(self):
        """Its erasures have sealed nothing of the rest: naming an event is enough."""
        gone, erasure = (1, "contacted", {}, True), (2, "erased", {"events": [1]}, False)
        self.assertEqual(altered_by_erasure([gone, erasure]), [])
        self.assertEqual(altered_by_erasure([erasure, gone]), [1])
        for payload in (None, [], {"events": 7}, {"events": [[]]}, {"left": 7}):
            with self.subTest(payload=payload):
                odd = (2, "erased", payload, False)
                self.assertEqual(altered_by_erasure([gone, odd]), [1])
