"""Evidence is sealed by the server and cannot be altered or removed (S3.1.3, S3.2.2b)."""

import base64
import hashlib

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.tests import upload_samples as samples

from ...complaint.tests import acts
from .common import FactCommon, picture


@tagged("post_install", "-at_install")
class TestEvidence(FactCommon):
    second_company = True

    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating")

    def test_sealed_by_the_server(self):
        """Checksum, size and type come from the content, not from the client."""
        data = picture()
        evidence = self._evidence(self.case, data=data, file_name="..\\夜里\x07漏水.jpg")
        self.assertRecordValues(
            evidence,
            [
                {
                    "checksum": hashlib.sha256(data).hexdigest(),
                    "file_size": len(data),
                    "mimetype": "image/jpeg",
                    "file_name": "夜里漏水.jpg",
                    "number": 1,
                    "author_id": self.users["department"].id,
                    "recorded_at": fields.Datetime.now(),
                    "company_id": self.company.id,
                    "published": False,
                }
            ],
        )
        self.assertEqual(evidence.attachment_id.raw, data)
        self.assertEqual(base64.b64decode(evidence.file), data)
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "evidence_added")
        self.assertEqual(event.payload["items"][0]["checksum"], evidence.checksum)
        self.assertEqual(event.payload["items"][0]["size"], len(data))

    def test_photo_is_kept_as_sent(self):
        """Large photos are not made smaller on the way: they are evidence."""
        data = picture(size=(3000, 2000))
        self.assertEqual(self._evidence(self.case, data=data).attachment_id.raw, data)

    def test_forged_seals(self):
        """Values determined by the server are not accepted from clients."""
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        for forged in (
            {"checksum": "x"},
            {"author_id": self.users["agent"].id},
            {"recorded_at": "2020-01-01 00:00:00"},
            {"number": 7},
            {"mimetype": "image/png"},
            {"file_size": 1},
            {"attachment_id": file.id},
            {"published": True},
            {"struck_at": "2020-01-01 00:00:00"},
        ):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                self._evidence(self.case, **forged)
        mine = self._as("department", self.env["water.evidence"]).with_context(
            default_checksum="x",
            default_author_id=self.users["agent"].id,
            default_strike_reason="x",
        )
        statement = self._statement(self.case)
        copy = mine.create(
            {
                "complaint_id": self.case.id,
                "title": "同上",
                "kind": "lab",
                "reference": "SZ-1",
            }
        )
        self.assertEqual(copy.author_id, self.users["department"])
        self.assertNotEqual(copy.checksum, "x")
        self.assertFalse(copy.strike_reason)
        self.assertEqual((statement.number, copy.number), (1, 2))

    def test_each_kind_says_what_makes_it_evidence(self):
        """The message names the missing parts; the save is complete or refused."""
        now = fields.Datetime.now()
        meter = {"kind": "reading", "meter_number": "QH-1", "taken_at": now}
        for data, values, words in (
            (False, {"kind": "photo"}, "add the photo itself"),
            (samples.PDF, {"kind": "photo", "file_name": "a.pdf"}, "add the photo itself"),
            (False, {"kind": "reading", "reading_found": 21}, "number of the meter"),
            (False, meter, "what the meter showed"),
            (False, {**meter, "reading_found": -1}, "less than 0"),
            (False, {"kind": "statement", "note": "x"}, "who said what, and when"),
            (False, {"kind": "recording"}, "the number under which it is kept"),
            (False, {"kind": "lab"}, "the number under which it is kept"),
            (False, {"kind": "record"}, "the number under which it is kept"),
            (False, {"kind": "document", "reference": "x"}, "add the document itself"),
            (samples.EXE, {"file_name": "a.jpg"}, "of a kind we cannot take"),
            (samples.SVG, {"file_name": "a.svg"}, "of a kind we cannot take"),
            (samples.PNG, {"file_name": "a.jpg"}, "does not fit the file name"),
        ):
            with (
                self.subTest(words=words, values=values),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._evidence(self.case, data=data, **values)
        self.assertFalse(self.case.evidence_ids)
        self.assertNotIn("evidence_added", self._kinds(self.case))
        with self.assertRaisesRegex(UserError, "not arrived whole"):
            self._as("department", self.env["water.evidence"]).create(
                {"complaint_id": self.case.id, "title": "x", "file": "%%%", "file_name": "a.jpg"}
            )

    def test_reading_of_the_corrected_bill(self):
        """S-1: 38 m³ were estimated, 21 m³ are found."""
        reading = self._prove(self._as("department", self.case))
        self.assertEqual(
            (reading.reading_charged, reading.reading_found, reading.reading_difference),
            (38, 21, 17),
        )
        self.assertEqual(len(reading.checksum), 64)
        self.assertEqual(reading.checksum, reading._seal_now())

    def test_exchanged_with_its_seal(self):
        """The chain contains the seals, so that a replaced file is noticed."""
        photo, reading = self._evidence(self.case), self._prove(self._as("department", self.case))
        self.assertWhole(self.case)
        other = hashlib.sha256(b"other").hexdigest()
        for change in (
            SQL("UPDATE water_evidence SET taken_at = '2020-01-01' WHERE id = %s", photo.id),
            SQL("UPDATE water_evidence SET title = 'x' WHERE id = %s", photo.id),
            SQL("UPDATE water_evidence SET number = 7 WHERE id = %s", photo.id),
            SQL("DELETE FROM water_evidence WHERE id = %s", reading.id),
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(change)
                self.env.invalidate_all()
                self.assertIn("vidence", self._chain(self.case))
                savepoint.rollback()
                self.env.invalidate_all()
        trusted(photo.attachment_id.sudo()).raw = b"other"
        trusted(photo.sudo()).write({"checksum": other, "file_size": 5})
        self.assertIn("was altered", self._chain(self.case))

    def test_whole_as_the_browser_reads_it(self):
        """A form is read with the sizes of files in place of the files: no fault of theirs."""
        self._evidence(self.case)
        asked = self.case.with_context(bin_size=True)
        asked.env.invalidate_all()
        chain = {row["key"]: row for row in asked.archive_checklist}["chain"]
        self.assertEqual(chain["state"], "done", chain["note"])

    def test_cannot_be_altered(self):
        """Neither the record nor its file is readable, for any role and method."""
        evidence = self._evidence(self.case)
        file = evidence.attachment_id
        self.users["admin"] = self.env.ref("base.user_admin")
        self.users["root"] = self.env.ref("base.user_root")
        before = (evidence.checksum, file.raw)
        for login in (*self.users, "su"):
            row, bytes_ = self._as(login, evidence), self._as(login, file)
            for name, call in (
                ("write", lambda row=row: row.write({"title": "x"})),
                ("file", lambda row=row: row.write({"file": base64.b64encode(b"x")})),
                ("unlink", row.unlink),
                ("force", row.with_context(_force_unlink=True).unlink),
                ("raw", lambda bytes_=bytes_: bytes_.write({"raw": b"x"})),
                ("datas", lambda bytes_=bytes_: bytes_.write({"datas": base64.b64encode(b"x")})),
                ("name", lambda bytes_=bytes_: bytes_.write({"name": "x"})),
                ("owner", lambda bytes_=bytes_: bytes_.write({"res_model": False, "res_id": 0})),
                ("public", lambda bytes_=bytes_: bytes_.write({"public": True})),
                ("unlink file", bytes_.unlink),
            ):
                with self.subTest(login=login, name=name), self.assertRaises(AccessError):
                    call()
        for context in ({"water_trusted": True}, {"water_trusted": "x"}, {"_force_unlink": True}):
            with self.subTest(context=context), self.assertRaises(AccessError):
                file.sudo().with_context(**context).unlink()
        self.assertEqual((evidence.checksum, file.raw), before)
        self.assertWhole(self.case)

    def test_case_with_evidence_stays(self):
        """Not even by deleting its parent."""
        self._evidence(self.case)
        for login in ("manager", "su"):
            with (
                self.subTest(login=login),
                self.assertRefused("not allowed to delete|never deleted", self.case),
            ):
                self._as(login, self.case).unlink()

    def test_storage_may_move(self):
        """Odoo may put the same bytes elsewhere; other bytes never."""
        file = self._evidence(self.case).attachment_id.sudo()
        file.write({"raw": file.raw, "mimetype": file.mimetype})
        with self.assertRaises(AccessError):
            file.write({"raw": file.raw + b"x", "mimetype": file.mimetype})

    def test_tampering_is_seen(self):
        """Changes in the database are noticed by the seal."""
        evidence = self._evidence(self.case)
        statement = self._statement(self.case)
        trusted(evidence.attachment_id.sudo()).write({"raw": picture((0, 0, 0))})
        [fault] = self._chain(self.case).splitlines()
        self.assertIn("1. 现场", fault)
        self.env.flush_all()
        self.env.cr.execute("UPDATE water_evidence SET note='x' WHERE id=%s", [statement.id])
        self.env.invalidate_all()
        self.assertEqual(len(self._chain(self.case).splitlines()), 2)

    def test_struck_out(self):
        """A supervisor strikes out a mistake; it stays, and counts no more."""
        evidence = self._evidence(self.case)
        self._as("department", self.case).basis_evidence_ids = evidence
        for login in ("department", "agent", "quality"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                acts.strike(self._as(login, evidence), "拍错了表")
        with self.assertRaisesRegex(UserError, "Say why"):
            acts.strike(self._as("supervisor", evidence), " ")
        action = self._as("supervisor", evidence).action_strike()
        wizard = self._as("supervisor", self.env[action["res_model"]])
        wizard = wizard.with_context(**action["context"]).create({"reason": "拍的是邻居的表"})
        wizard.action_strike()
        self.assertRecordValues(
            evidence,
            [
                {
                    "struck_at": fields.Datetime.now(),
                    "struck_by_id": self.users["supervisor"].id,
                    "strike_reason": "拍的是邻居的表",
                }
            ],
        )
        self.assertIn(evidence, self._as("department", self.case).evidence_ids)
        self.assertIn("evidence_struck", self._kinds(self.case))
        self.assertTrue(self.case._need_evidence())
        with self.assertRaisesRegex(UserError, "struck out already"):
            acts.strike(self._as("supervisor", evidence), "x")
        self.assertWhole(self.case)

    def test_published_one_by_one(self):
        """The desk publishes single files to the customer; struck-out ones disappear."""
        shown, hidden = self._evidence(self.case), self._evidence(self.case)
        with self.assertRefused("Only the service desk shows", shown):
            self._as("department", shown).action_publish()
        self._as("agent", shown).action_publish()
        self.assertEqual((shown.published, hidden.published), (True, False))
        self.assertEqual(self.case.published_attachment_ids, shown.attachment_id)
        file = shown.attachment_id
        self.assertEqual(self.case.sudo()._portal_file(file.id), file)
        self.assertFalse(self.case.sudo()._portal_file(hidden.attachment_id.id))
        self.assertIn("file_published", self._kinds(self.case))
        acts.strike(self._as("supervisor", shown), "拍到了邻居")
        self.assertFalse(shown.published)
        strikes = [
            self._as(login, row).can_strike
            for login in ("agent", "supervisor")
            for row in (hidden, shown)
        ]
        self.assertEqual(strikes, [False, False, True, False])  # a supervisor, and only once
        self.assertFalse(self.case.published_attachment_ids)
        self.assertIn("file_hidden", self._kinds(self.case))
        with self.assertRefused("Only the service desk shows", shown):
            self._as("agent", shown).action_publish()
        with self.assertRaisesRegex(UserError, "only files that count"):
            self._as("agent", self._statement(self.case)).action_publish()

    def test_file_of_another_case_is_not_published(self):
        other = self._complaint_at("investigating")
        file = self._evidence(other).attachment_id
        with self.assertRaisesRegex(UserError, "not a file of this case"):
            self._as("agent", self.case).published_attachment_ids = file

    def test_adding_users(self):
        """The leading department, the responsible person and supervisors."""
        for login in ("department", "agent", "supervisor", "manager"):
            with self.subTest(login=login):
                self.assertEqual(self._evidence(self.case, login).author_id, self.users[login])
        for login in ("agent2", "department2", "quality", "integration", "foreign", "plain"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._evidence(self.case, login)
        mine = self._as("department", self.case)
        self.assertTrue(mine.is_investigator)
        self.assertFalse(self._as("agent2", self.case).is_investigator)

    def test_returned_and_filed(self):
        """Nothing can be added by a department after its return, or to an archived complaint."""
        case = self._complaint_at("dispatched")
        with self.assertRaises(AccessError):  # not accepted yet
            self._evidence(case)
        with self.assertRaisesRegex(UserError, "is archived"):
            self._evidence(self._complaint_at("archived"), "supervisor")

    def test_confidential(self):
        """The person complained of sees none of it, nor the department if confidential."""
        case = self._complaint(is_confidential=True, department_complained_id=self.lab.id)
        acts.readback(self._as("agent", case))
        self._as("agent", case).action_handle()
        evidence = self._evidence(case, "agent")
        case.person_complained_id = self.users["agent2"]
        for login in ("department2", "agent2"):
            for record in (evidence, evidence.attachment_id, case.demand_ids):
                with self.subTest(login=login, model=record._name):
                    with self.assertRaises(AccessError):
                        self._as(login, record).read(["display_name"])
            found = self._as(login, self.env["water.evidence"]).search([])
            self.assertNotIn(evidence, found)

    def test_erased_with_the_case(self):
        """Erasing the person removes the files; the seal remains."""
        case = self._complaint_at("archived")
        evidence = case.evidence_ids
        photo = trusted(self.env["water.evidence"].sudo()).create(
            {
                "complaint_id": case.id,
                "title": "门口",
                "file": base64.b64encode(picture()),
                "file_name": "a.jpg",
                "stated_by": "张伟",
            }
        )
        seal = photo.checksum
        trusted(case.sudo())._erase("x")
        self.assertFalse(photo.attachment_id.exists())
        self.assertFalse(photo.stated_by)
        self.assertEqual(photo.checksum, seal)
        self.assertWhole(case)
        self.assertEqual(len(evidence), 1)

    def test_many_at_once(self):
        """A batch is numbered and sealed in one go; the work grows no faster than the batch."""
        values = [
            {"complaint_id": self.case.id, "kind": "lab", "title": f"{n}", "reference": f"S{n}"}
            for n in range(20)
        ]
        model = self._as("department", self.env["water.evidence"])
        self._evidence(self.case)
        self.env.flush_all()
        counts = []
        for batch in (values[:1], values[1:]):
            start = self.env.cr.sql_log_count
            rows = model.create([dict(row) for row in batch])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(rows.mapped("number"), list(range(3, 22)))
        self.assertLessEqual(counts[1], counts[0] + 3)
        self.assertEqual(self._kinds(self.case).count("evidence_added"), 3)
