import errno
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.pdf.tests.common import in_earnest

from ...complaint.tests import acts
from ...notice.tests.common import text_of
from .common import ArchiveCommon

#: words of the customer and of staff about the customer
WORDS = ("张伟", "东城路8号", "估抄", "已电话告知", "13812345678", "portal1@example.com")
ELSEWHERE = "已约张伟上门"


@tagged("post_install", "-at_install")
class TestDestruction(ArchiveCommon):
    """Expired complaints are destroyed by two people; the protocol stays."""

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_complaints.ir_cron_destruction").method_direct_trigger()
        self.env.invalidate_all()

    def _drawn_up(self, cases):
        """The list on which the cases stand, when their time is over."""
        self._run_cron()
        line = self.env["water.destruction.line"].search([("complaint_id", "in", cases.ids)])
        self.assertEqual(len(line), len(cases))
        return line.destruction_id

    def test_not_before_its_time(self):
        case = self._archived()
        self._run_cron()
        lines = self.env["water.destruction.line"]
        self.assertFalse(lines.search([("complaint_id", "=", case.id)]))

    def test_four_eyes(self):
        """Quality proposes, a privacy officer who has not proposed approves."""
        case = self._archived()
        with self._later():
            destruction = self._drawn_up(case)
            for login in ("agent", "department", "supervisor"):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    self._as(login, destruction).action_propose()
            with self.assertRefused("decided already", destruction):
                self._as("privacy", destruction).action_approve()
            self._as("privacy", destruction).action_propose()
            with self.assertRaisesRegex(UserError, "your own request"):
                self._as("privacy", destruction).action_approve()
            with self.assertRaises(AccessError):
                self._as("quality", destruction).action_approve()
            self.assertFalse(case.destroyed_at)
            self._as("privacy2", destruction).action_approve()
            with self.assertRaisesRegex(UserError, "already"):
                self._as("privacy2", destruction).action_refuse()
        for login in ("quality", "manager", "su"):
            rows = destruction.sudo() if login == "su" else self._as(login, destruction)
            with self.assertRaises(AccessError):
                rows.write({"state": "done"})
            with self.assertRaises(AccessError):
                rows.unlink()
            with self.assertRaises(AccessError):
                rows.line_ids.write({"state": "done"})

    def test_refused_with_a_reason(self):
        """A refusal needs a reason for the proposer; the list is made again later."""
        case = self._archived()
        with self._later():
            destruction = self._drawn_up(case)
            self._as("quality", destruction).action_propose()
            with self.assertRaises(AccessError):
                acts.refuse(self._as("quality", destruction), "不行")
            with self.assertRaisesRegex(UserError, "Give the reason"):
                acts.refuse(self._as("privacy", destruction), "　")
            dialog = self._as("privacy", destruction).action_refuse()
            self.assertEqual(destruction.state, "proposed")
            refusals = self._as("privacy", self.env["water.refusal.wizard"])
            refusals = refusals.with_context(**dialog["context"])
            refusals.create({"reason": "尚有诉讼"}).action_refuse()
            self.assertRecordValues(
                destruction,
                [
                    {
                        "state": "refused",
                        "decided_by_id": self.users["privacy"].id,
                        "refusal_reason": "尚有诉讼",
                    }
                ],
            )
            told = self.env["mail.message"].search([("subject", "ilike", destruction.name)])
            self.assertEqual(told.notified_partner_ids, self.users["quality"].partner_id)
            self.assertIn("尚有诉讼", told.body)

    def test_taken_back(self):
        """A privacy officer cannot refuse an own proposal, only withdraw it."""
        case = self._archived()
        self.users["quality"].group_ids += self.env.ref("water_service_desk.group_privacy")
        with self._later():
            destruction = self._drawn_up(case)
            self._as("quality", destruction).action_propose()
            acts.refuse(self._as("quality", destruction), "尚有诉讼")
        self.assertRecordValues(
            destruction,
            [{"state": "withdrawn", "decided_by_id": False, "refusal_reason": "尚有诉讼"}],
        )

    def _destroyed(self, case, destruction):
        self._as("quality", destruction).action_propose()
        self._as("privacy", destruction).action_approve()
        self._run_cron()
        return destruction.line_ids.filtered(lambda line: line.complaint_id == case)

    def _said_beside(self, case):
        clock, rows = case.deadline_ids[:1], trusted(case)
        rows.activity_schedule(summary=ELSEWHERE, note=ELSEWHERE, user_id=self.users["agent"].id)
        said = {"model": clock._name, "res_id": clock.id, "body": ELSEWHERE}
        return rows.env["mail.message"].create(said)

    def test_remaining_values(self):
        """No text is left in tables or files; counted facts stay."""
        case = self._archived()
        note = self._said_beside(case)
        archive, __ = self._sealed(case)
        number, digest, events = case.archive_number, archive.digest, case.event_count
        with self._later(), in_earnest():
            destruction = self._drawn_up(case)
            line = self._destroyed(case, destruction)
        self.assertEqual((line.state, line.digests), ("done", f"{number} {digest}"))
        self.assertTrue(case.destroyed_at)
        self.assertEqual((archive.state, archive.sudo()._content()), ("destroyed", None))
        self.assertFalse(case.archive_digest or case.seal_due_at)
        self.assertEqual((case.category_id, case.finding), (self._category("bl02"), "upheld"))
        self.assertEqual(case.satisfaction_result, "5")
        self.assertTrue(case.archived_at and case.deadline_ids.filtered("met_at"))
        self.assertGreater(case.event_count, events)
        self.assertWhole(case)
        self.assertNothingLeft(case)
        self.assertFalse(note.exists())
        self._protocol(destruction, number, digest)

    def assertNothingLeft(self, case):
        self.env.flush_all()
        for model in [self.env["water.complaint"], *self.env["water.dossier"]._models()]:
            self._search_rows(model, "id" if model == case.browse() else "complaint_id", case)
        self._search_rows(self.env["water.case.event"], "complaint_id", case)
        messages = self.env["mail.message"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertFalse(messages)
        for name in ("summary", "note"):
            self.assertFalse(self.env["mail.activity"].search_count([(name, "like", ELSEWHERE)]))

    def _search_rows(self, model, link, case):
        query = SQL(
            "SELECT row_to_json(t)::text FROM %s t WHERE %s = %s",
            SQL.identifier(model._table),
            SQL.identifier(link),
            case.id,
        )
        for (row,) in self.env.execute_query(query):
            for word in WORDS:
                with self.subTest(model=model._name, word=word):
                    self.assertNotIn(word, row)

    def _protocol(self, destruction, number, digest):
        """The protocol names number, digest and both people, and is kept with its digest."""
        self.assertEqual(destruction.state, "done")
        file = self.env["ir.attachment"].search(
            [("res_model", "=", destruction._name), ("res_id", "=", destruction.id)]
            + [("res_field", "=", "protocol")]
        )
        text = text_of(file.raw)
        for words in (destruction.name, number, digest[:20]):
            self.assertIn(words, text)
        self.assertTrue(destruction.protocol_digest)
        self.assertTrue(self._as("quality", destruction).protocol)
        with self.assertRaises(AccessError):
            self._as("agent", destruction).read(["protocol"])

    def test_hold_in_between(self):
        """A hold after the approval keeps the case; the protocol gives the reason."""
        held, free = self._archived(), self._archived()
        with self._later():
            destruction = self._drawn_up(held | free)
            self._as("quality", destruction).action_propose()
            self._as("privacy", destruction).action_approve()
            acts.hold(self._as("privacy", held), True, "法院调查令")
            self._run_cron()
        states = {line.complaint_id: line for line in destruction.line_ids}
        self.assertEqual(states[held].state, "kept")
        self.assertIn("legal hold", states[held].kept_because)
        self.assertFalse(held.destroyed_at)
        self.assertEqual(held.subject, "水表估抄")
        self.assertEqual(states[free].state, "done")

    def test_appealed_in_between(self):
        """A case under review is neither destroyed nor erased until the review ends."""
        case = self._archived()
        with self._later():
            destruction = self._drawn_up(case)
            self._as("quality", destruction).action_propose()
            self._as("privacy", destruction).action_approve()
            about = {"reason": "法院已立案", "external_body": "法院", "external_number": "31-1"}
            appeal = acts.appeal(self._as("agent", case), **about)
            self._run_cron()
            line = destruction.line_ids
            self.assertEqual((line.state, case.destroyed_at), ("kept", False))
            self.assertIn(appeal.name, line.kept_because)
            with self.assertRaisesRegex(UserError, appeal.name):
                acts.erase(case, "客户要求")
            acts.withdraw(self._as("agent", appeal), "已撤诉")
            self.assertEqual(case._destruction_hindrances(), [])

    def test_locked_by_another_user(self):
        """A concurrent write does not keep the case."""
        case = self._archived()
        with self._later():
            destruction = self._drawn_up(case)
            self._as("quality", destruction).action_propose()
            self._as("privacy", destruction).action_approve()
            done = type(case)._destroy
            faults = iter([SerializationFailure("could not serialize")])

            def _destroy(rows, number):
                for fault in faults:
                    raise fault
                done(rows, number)

            with patch.object(type(case), "_destroy", _destroy):
                self._run_cron()
        self.assertEqual((destruction.line_ids.state, destruction.state), ("done", "done"))
        self.assertTrue(case.destroyed_at)

    def test_a_disk_that_takes_nothing(self):
        """Approved destructions wait for disk space without a new decision."""
        case = self._archived()
        with self._later():
            destruction = self._drawn_up(case)
            self._as("quality", destruction).action_propose()
            self._as("privacy", destruction).action_approve()
            full = OSError(errno.ENOSPC, "no room")
            with (
                patch.object(type(case), "_destroy", side_effect=full),
                self.assertRaises(OSError),
                self.env.cr.savepoint(),
            ):
                trusted(destruction.sudo())._work()
            self.env.invalidate_all()
            self.assertEqual(
                (destruction.line_ids.state, destruction.state), ("waiting", "approved")
            )
            self._run_cron()
        self.assertEqual((destruction.line_ids.state, destruction.state), ("done", "done"))

    def test_deleted_is_neither_held_nor_reviewed(self):
        case = self._archived()
        with self._later():
            trusted(case)._destroy("XH-1")
            with self.assertRaisesRegex(UserError, "has been destroyed"):
                acts.hold(self._as("privacy", case), True, "法院调查令")
            self.assertFalse(self._as("agent", case).can_appeal)
            about = {"reason": "x", "external_body": "法院"}
            with self.assertRaisesRegex(UserError, "has been destroyed"):
                acts.appeal(self._as("agent", case), **about)

    def test_held_ones_are_not_drawn_up(self):
        case = self._archived()
        acts.hold(self._as("privacy", case), True, "法院调查令")
        with self._later():
            self._run_cron()
        lines = self.env["water.destruction.line"]
        self.assertFalse(lines.search([("complaint_id", "=", case.id)]))

    def test_refused_ones_come_again(self):
        case = self._archived()
        with self._later():
            first = self._drawn_up(case)
            self._run_cron()
            self.assertEqual(self._drawn_up(case), first)
            self._as("quality", first).action_propose()
            acts.refuse(self._as("privacy", first), "尚有诉讼")
            self._run_cron()
            lines = self.env["water.destruction.line"].search([("complaint_id", "=", case.id)])
        self.assertEqual(len(lines), 2)
        self.assertEqual(first.state, "refused")

    def test_unique_values_stay(self):
        """A text found once in the whole database belongs to no person: otherwise the second
        case with it could not be destroyed.
        """
        case = self._complaint()
        unique = {}
        self.env.cr.execute(
            "SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indisunique"
        )
        for table, column in self.env.cr.fetchall():
            unique.setdefault(table, set()).add(column)
        for model in [self.env["water.complaint"], *self._models_around()]:
            with self.subTest(model._name):
                texts = set(case._texts_of(model)) - set(getattr(model, "_personal", ()))
                self.assertFalse(texts & unique.get(model._table, set()))

    def _models_around(self):
        for name, model in self.env.items():
            if name.startswith("water.") and model._auto and not model._transient:
                links = model._fields.get("complaint_id")
                if links and links.store and links.comodel_name == "water.complaint":
                    yield model

    def test_two_of_one_app(self):
        """Duplicates of an app are each destroyed, and listed by number."""
        channel = self._channel("wechat")
        entries = self.env["water.api.entry"].with_user(self.users["integration"])
        cases = self.env["water.complaint"]
        for number in range(2):
            case = self._archived()
            cases |= case
            entries._keep(case, channel, f"wx-{number}")
            call, _result = self.env["water.call.record"]._keep({"call_ref": f"c-{number}"})
            trusted(call).complaint_id = case
        with self._later():
            for case in cases:
                case.sudo()._destroy("XH-1")
                self.env.flush_all()
        self.assertEqual(len(cases.mapped("destroyed_at")), 2)
        kept = entries.sudo().search([("complaint_id", "in", cases.ids)])
        self.assertNotIn("wx-", str(kept.mapped("external_id")))
        known = [entries._find(channel, f"wx-{number}").complaint_id for number in range(2)]
        self.assertEqual(known, [*cases])
