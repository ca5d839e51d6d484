import json
import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ...notice.tests.common import text_of
from .. import sealed_file
from .common import PHOTO, ArchiveCommon

#: Refusal message for all parts of an archived complaint.
CLOSED = "archived|stays as it is|is not (altered|changed)|by the system alone|already answered"


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCommon):
    """A complaint is archived, sealed, and stays as it is (S3.2.4b)."""

    # -- sealed content -------------------------------------------------------------------------

    def test_sealed_soon_after(self):
        """All there is, in Chinese, checked by the program that needs no database."""
        case = self._archived()
        self.assertEqual(case.seal_due_at, fields.Datetime.now())
        archive, content = self._sealed(case)
        if os.environ.get("WATER_DUMP"):
            with open(os.environ["WATER_DUMP"], "wb") as stream:
                stream.write(content)
        self.assertFalse(case.seal_due_at)
        manifest = sealed_file.check(content, case.archive_digest)
        self.assertEqual(archive.digest, case.archive_digest)
        self.assertEqual(manifest["archive_number"], case.archive_number)
        members = self._members(content)
        self.assertIn(PHOTO, members.values())
        self.assertEqual(case.event_ids[:1].payload["digest"], archive.digest)
        self.assertWhole(case)
        text = text_of(members["dossier.pdf"])
        for words in (case.name, case.archive_number, "张伟", "现场抄见", "已重新抄表并更正账单"):
            self.assertIn("".join(words.split()), text)
        self.assertIn("属实", text)
        self.assertIn("Followthecomplaint", text)  # a mail, without its way in
        self.assertNotIn("track/link", text)

    def test_data_for_machines(self):
        """Each concern of the case is a section, without being listed in the archive."""
        case = self._archived()
        data = json.loads(self._members(self._sealed(case)[1])["case.json"])
        self.assertEqual(data["number"], case.name)
        sections = {section["model"]: section["rows"] for section in data["sections"]}
        for model in (
            "water.dispatch",
            "water.evidence",
            "water.notice",
            "water.callback",
            "water.message",
            "water.deadline",
        ):
            self.assertTrue(sections[model], model)
        parts = sections["water.callback"][0]["parts"]
        self.assertIn("water.callback.answer", [part["model"] for part in parts])
        values = {value["name"]: value for value in data["case"]["values"]}
        self.assertEqual(values["finding"]["value"], "upheld")
        self.assertEqual(values["finding"]["text"], "属实")
        self.assertEqual(values["received_at"]["value"], f"{case.received_at.isoformat()}Z")
        self.assertTrue([row for row in data["thread"] if "已电话告知客户" in row["text"]])
        photo = next(file for file in data["files"] if file["name"] == "现场 照片/1.png")
        self.assertTrue(photo["intact"])
        self.assertEqual(photo["sha256"], sealed_file.sha256(PHOTO))

    def test_same_bytes_for_the_same_case(self):
        archives = self.env["water.archive"].sudo()
        case = trusted(self._archived().sudo())
        first = archives._sealed_content(case, 1)[0]
        self.env.invalidate_all()
        self.assertEqual(first, archives._sealed_content(case, 1)[0])

    def test_every_model_says_what_it_shows(self):
        """Models that link to complaints declare in ``_dossier`` what the sealed file contains.

        A model without a declaration is included as a whole; each one must be decided.
        """
        for model in self.env.values():
            field = model._fields.get("complaint_id")
            concerned = field and field.store and field.comodel_name == "water.complaint"
            if concerned and not (model._abstract or model._transient):
                with self.subTest(model=model._name):
                    shown = getattr(model, "_dossier", None)
                    self.assertIsNotNone(shown, "declare _dossier, see water.dossier")
                    for name in shown if isinstance(shown, tuple) else ():
                        self.assertIn(name, model._fields)
        for name in self.env["water.complaint"]._dossier:
            self.assertIn(name, self.env["water.complaint"]._fields)

    def test_files_of_rows(self):
        """Files of rows and of binary fields come too; a damaged one is said to be so."""
        case = self._complaint_at("handling")
        paper = self._paper(case, "账单.pdf", b"%PDF-1.4 x")
        for step in ("notified", "confirmed", "callback", "archived"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            case.invalidate_recordset()
        notice = case.notice_ids[:1]
        trusted(notice.sudo()).letter = b"JVBERi0xLjQ="
        with patch.object(type(self.env["water.dossier"]), "_content", self._damaged(paper)):
            data = json.loads(self._members(self._sealed(case)[1])["case.json"])
        files = {file["name"]: file for file in data["files"]}
        self.assertFalse(files["账单.pdf"]["intact"])
        self.assertEqual(files["letter"]["of"], {"model": "water.notice", "id": notice.id})

    def _damaged(self, paper):
        def content(dossier, file):
            return b"" if file.id == paper.id else file.raw or b""

        return content

    def test_numbers_by_company_and_year(self):
        numbers = self.env["ir.sequence"]._water_archive_numbers
        other = self.env["res.company"].create({"name": "南河供水"})
        first = numbers(other, 2)
        self.assertEqual(first, ["DA2026-00001", "DA2026-00002"])
        self.assertEqual(len(set(numbers(self.company, 3))), 3)
        with self._later(years=1, days=0):
            self.assertEqual(numbers(other, 1), ["DA2027-00001"])
        self.assertEqual(numbers(other, 1), ["DA2026-00003"])

    def test_later_records_make_another_volume(self):
        """An event after archiving is sealed in a further volume the next day."""
        case = self._archived()
        first, content = self._sealed(case)
        case.sudo()._log_events("contacted", {"note": "50"})
        self._seal_all()
        self.assertEqual(case.archive_ids, first)
        with self._later(years=0, days=1):
            self._seal_all()
        second = case.archive_ids - first
        self.assertEqual((second.volume, second.name), (2, f"{case.archive_number}-2"))
        self.assertEqual(case.archive_digest, second.digest)
        manifest = sealed_file.check(second.sudo()._content(), second.digest)
        self.assertEqual(manifest["previous"], first.digest)
        self.assertEqual(first.sudo()._content(), content)
        self.assertFalse(self._faults(first) + self._faults(second))
        self.assertFalse(case.seal_due_at)

    def test_one_that_cannot_be_sealed(self):
        """A failure is logged on the case and tried again; the others are sealed."""
        bad, good = self._archived(), self._archived()
        archives = type(self.env["water.archive"])
        original = archives._seal

        def seal(archive, case):
            if case.id == bad.id:
                raise UserError(self.env._("x"))
            return original(archive, case)

        quiet = mute_logger("odoo.addons.water_complaints.archive.models.water_archive")
        with patch.object(archives, "_seal", seal), quiet:
            self._seal_all()
        self.assertTrue(good.archive_digest)
        self.assertFalse(bad.archive_digest)
        self.assertIn("UserError", bad.seal_error)
        with self._later(years=0, days=1):
            self._seal_all()
        self.assertTrue(bad.archive_digest)
        self.assertFalse(bad.seal_error)

    def test_verify(self):
        case = self._archived()
        archive, content = self._sealed(case)
        self.assertEqual(self._as("quality", archive).action_verify()["params"]["type"], "success")
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "water.archive"), ("res_field", "=", "file")], order="id desc"
        )[:1]
        trusted(file.sudo()).raw = content[:-30] + b"x" * 30
        answer = self._as("quality", archive).action_verify()["params"]
        self.assertEqual(answer["type"], "danger")
        with self.assertRaises(AccessError):
            self._as("agent", archive).action_verify()

    # -- the checklist --------------------------------------------------------------------------

    def _items(self, case):
        return {row["key"]: row for row in case._checklist()}

    def test_checklist_of_an_ordinary_case(self):
        case = self._archived()
        items = self._items(case)
        done = {key for key, row in items.items() if row["state"] == "done"}
        self.assertEqual(
            done,
            {
                "registration",
                "readback",
                "dispatch",
                "evidence",
                "notice",
                "confirmation",
                "callback",
                "chain",
            },
        )
        for key in items.keys() - done:
            self.assertEqual(items[key]["state"], "absent")
            self.assertTrue(items[key]["note"], key)

    def test_incomplete_is_refused_with_the_list(self):
        """A complex case without a plan is not archived; with it, it is."""
        case = self._complaint_at("callback", severity="complex")
        with self.assertRaisesRegex(UserError, "Plan: a complex case needs a plan"):
            self._step_archived(case, "agent", self.net)
        self.assertEqual(case.state, "callback")
        self.assertFalse(case.archive_number)
        self._as("quality", case).plan = "换表并退费, 营业部, 本周内"
        self._step_archived(case, "agent", self.net)
        self.assertEqual(case.state, "archived")

    def test_other_concerns_join_in(self):
        """Rows that have something open keep the case out of the archive."""
        case = self._complaint_at("callback")
        notices = type(self.env["water.notice"])
        notices._archive_missing = lambda rows: ["赔偿尚未审批"] if rows else []
        self.addCleanup(delattr, notices, "_archive_missing")
        with self.assertRaisesRegex(UserError, "赔偿尚未审批"):
            self._step_archived(case, "agent", self.net)
        self.assertEqual(self._items(case)["water.notice"]["state"], "missing")

    def test_links_of_the_checklist(self):
        case = self._as("quality", self._complaint_at("notified"))
        self.assertEqual(case.action_open_checklist("notice")["res_model"], "water.notice")
        for key in ("registration", "x", "unlink"):
            with self.assertRefused("nothing to open", case):
                case.action_open_checklist(key)
        with self.assertRaises(AccessError):
            self._as("plain", case).action_open_checklist("notice")

    # -- read-only ------------------------------------------------------------------------------

    def _edits(self, case, paper, note, mine):
        """{what: attempt} to change what belongs to an archived case; ``mine`` says as whom."""
        return {
            "case": lambda: mine(case).write({"plan": "x"}),
            "digest": lambda: mine(case).write({"archive_digest": "0" * 64}),
            "number": lambda: mine(case).write({"archive_number": "DA1"}),
            "retention": lambda: mine(case).write({"retain_until": "2026-01-01"}),
            "dispatch": lambda: mine(case.dispatch_ids).write({"result": "x"}),
            "call": lambda: mine(case.callback_ids).write({"remark": "x"}),
            "try": lambda: mine(self.env["water.callback.attempt"]).create(
                {"callback_id": case.callback_ids.id, "result": "busy"}
            ),
            "rings back": lambda: mine(case.callback_ids).action_take_up(),
            "answer": lambda: mine(case.callback_ids.answer_ids).write({"text": "x"}),
            "evidence": lambda: mine(case.evidence_ids).write({"note": "x"}),
            "notice": lambda: mine(case.notice_ids).write({"subject": "x"}),
            "file": lambda: mine(paper).write({"raw": b"x"}),
            "file name": lambda: mine(paper).write({"name": "x"}),
            "file gone": lambda: mine(paper).unlink(),
            "file moved": lambda: mine(paper).write({"res_id": case.id + 1}),
            "new file": lambda: self._paper(mine(case)),
            "new note": lambda: mine(case).message_post(body="x"),
            "new comment": lambda: mine(case).message_post(body="x", message_type="comment"),
            **{
                f"{kind} by hand": lambda kind=kind: mine(self.env["mail.message"]).create(
                    {"model": case._name, "res_id": case.id, "message_type": kind, "body": "x"}
                )
                for kind in ("comment", "email", "notification")
            },
            "note": lambda: mine(note).write({"body": "x"}),
            "note gone": lambda: mine(note).unlink(),
            "sealed": lambda: mine(case.archive_ids).write({"digest": "x"}),
            "sealed gone": lambda: mine(case.archive_ids).unlink(),
        }

    def test_archived_case_cannot_change(self):
        """Neither case nor rows, files or thread; not even code with superuser rights."""
        case = self._archived()
        self._sealed(case)
        paper = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)], limit=1
        )
        note = case.message_ids.filtered(lambda row: "已电话告知" in (row.body or ""))
        digest = case.archive_digest
        roles = {login: self.users[login] for login in ("agent", "supervisor", "manager")}
        whom = {
            login: lambda rows, user=user: rows.with_user(user) for login, user in roles.items()
        }
        whom["superuser"] = lambda rows: rows.sudo()
        for login, mine in list(whom.items())[:-1]:  # only the mail gateway brings mails
            with self.subTest(login=login), self.assertRaises(AccessError):
                mine(case).message_post(body="x", message_type="email")
            with self.subTest(login=login), self.assertRaises(AccessError):
                mine(case).message_notify(body="x", partner_ids=self.customer.ids)
        for login, mine in whom.items():
            for name, attempt in self._edits(case, paper, note, mine).items():
                with self.subTest(login=login, attempt=name), self.assertRefused(CLOSED, case):
                    attempt()
        self.env.invalidate_all()
        self.assertEqual(case.archive_digest, digest)
        self.assertFalse(self._faults(case.archive_ids))
        self.assertEqual(paper.raw, PHOTO)

    def test_open_case_is_not_hindered(self):
        case = self._complaint_at("handling")
        paper = self._paper(self._as("agent", case))
        for words in ("x", "y"):
            self._as("agent", case).message_post(body=words)
        self._as("agent", paper).unlink()
        self.assertIn("file_removed", self._kinds(case))

    def test_mail_of_the_customer_is_not_lost(self):
        """A customer's message to a closed case is stored; staff cannot add anything."""
        case = self._archived()
        case.message_post(body="还有一件事", message_type="email", author_id=self.customer.id)
        self.assertIn("还有一件事", case.message_ids[:1].body)

    # -- legal hold -----------------------------------------------------------------------------

    def test_hold(self):
        """Set and lifted by a privacy officer, with the reason, in the chain."""
        case = self._archived()
        officer = self._as("privacy", case)
        wizard = officer.env["water.hold.wizard"].create(
            {"case_model": case._name, "case_ids": case.ids, "reason": "法院调查令(2026)民初12号"}
        )
        wizard.action_save()
        self.assertTrue(case.legal_hold)
        self.assertEqual(case.hold_by_id, self.users["privacy"])
        self.assertIn("民初12号", case.event_ids[:1].payload["reason"])
        self.assertEqual(case.event_ids[:1].kind, "held")
        with self._later(), self.assertRaisesRegex(UserError, "legal hold"):
            acts.erase(case, "x")
        for login in ("agent", "supervisor", "quality"):
            with self.assertRaises(AccessError):
                acts.hold(self._as(login, case), False, "x")
        with self.assertRaisesRegex(UserError, "reason"):
            acts.hold(officer, False, " ")
        with self.assertRaisesRegex(UserError, "reason"):
            officer.legal_hold = False
        acts.hold(officer, False, "案件终结")
        self.assertFalse(case.legal_hold)
        self.assertWhole(case)

    # -- erasure --------------------------------------------------------------------------------

    def test_erasure_and_sealed_file_agree(self):
        """The sealed files of an erased case go, their digests stay, the rest is sealed anew."""
        case = self._archived()
        first, content = self._sealed(case)
        self.assertIn("张伟".encode(), content)
        with self.assertRaisesRegex(UserError, "kept"):
            acts.erase(case, "客户要求")
        with self._later():
            acts.erase(case, "保存期满")
            self.assertFalse(case.archive_digest)
            self.assertEqual((first.state, first.destroy_reason), ("destroyed", "保存期满"))
            self.assertTrue(first.digest)
            self.assertIsNone(first.sudo()._content())
            second, content = self._sealed(case)
        self.assertNotEqual(second, first)
        sealed_file.check(content, case.archive_digest)
        self.assertNotIn("张伟".encode(), content)
        self.assertNotIn(b"13812345678", content)
        self.assertNotIn("张伟", text_of(self._members(content)["dossier.pdf"]))
        self.assertWhole(case)

    # -- retention ------------------------------------------------------------------------------

    def test_years(self):
        """Set by category, family or company; fixed when it is archived."""
        category = self._category("bl02")
        self.assertEqual(self._archived().retain_until.year, 2031)
        category.parent_id.retention_years = 7
        case = self._archived()
        self.assertEqual(case.retain_until.year, 2033)
        category.retention_years = 10
        self.assertEqual(self._archived().retain_until.year, 2036)
        category.retention_years = category.parent_id.retention_years = 1
        self.assertEqual(case.retain_until.year, 2033)
        with self._later(years=2), self.assertRaisesRegex(UserError, "kept until 2033"):
            acts.erase(case, "x")

    def test_a_promised_measure_still_to_come(self):
        """The checklist names it, and the complaint waits, despite later promises."""
        for kind in ("visit", "other"):
            case = self._complaint_at("callback")
            friday = fields.Datetime.now() + timedelta(days=2)
            clock = acts.promise(self._as("agent", case), "周五上门换表", friday, kind)
            item = self._items(case)["measures"]
            self.assertEqual(item["state"], "missing")
            self.assertIn("周五上门换表", item["note"])
            with self.assertRefused("still to come: 周五上门换表", case):
                self._step_archived(case, "agent", self.net)
            self._as("agent", clock).action_promise_kept()
            self.assertEqual(self._items(case)["measures"]["state"], "absent")
            self._step_archived(case, "agent", self.net)
            self.assertEqual(case.state, "archived")
