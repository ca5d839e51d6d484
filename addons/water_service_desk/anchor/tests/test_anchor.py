"""The heads of all chains, kept outside: a recalculated chain in the database is found."""

import base64
import hashlib
import json
import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools import SQL, mute_logger

from ...base.event_chain import digest
from ...base.tests import acts
from ...base.tests.common import WaterCommon, WaterPeople
from ...base.trust import trusted
from ..anchor_file import BadAnchor, chain_key, pieces, read, read_rows
from ..anchor_file import digest as file_digest
from ..models import water_anchor, water_anchor_line
from ..models import water_anchor as keeping
from ..wizard import water_anchor_wizard

LOG = "odoo.addons.water_service_desk.anchor.models.water_anchor"


@tagged("post_install", "-at_install")
class TestAnchor(WaterCommon):
    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anchors = cls.env["water.anchor"]
        cls._set(keeping.MAIL, False)
        cls.case = cls.env["water.inquiry"].create(cls._inquiry_values())
        with freeze_time("2026-03-10 20:00:00"):
            cls.first = cls.anchors._draw()

    @classmethod
    def _set(cls, key, value):
        cls.env["ir.config_parameter"].set_param(key, value)

    def _drawn(self):
        """The anchor that the scheduled action draws, and keeps outside with those before it."""
        with mute_logger(LOG):
            self._trigger("water_service_desk.ir_cron_anchor")
        return self.anchors.search([], limit=1)

    def _rewrite(self):
        """As a database administrator would: another payload, and every digest anew."""
        self.env.flush_all()
        head = None
        for event in self.case.event_ids.sorted("id"):
            new = digest(head, self.case.name, event.kind, event.at, event.user_id.id, {"x": 1})
            self._sql(
                "UPDATE water_case_event SET payload = %s, digest = %s, previous_digest = %s"
                " WHERE id = %s",
                json.dumps({"x": 1}),
                new,
                head,
                event.id,
            )
            head = new
        self._sql("UPDATE water_inquiry SET event_head = %s WHERE id = %s", head, self.case.id)
        self.env.invalidate_all()
        return head

    def _sql(self, query, *values):
        self.env.cr.execute(SQL(query, *values))

    def _file(self, anchor):
        """The bytes that are kept outside."""
        return b"".join(anchor._pieces())

    def test_a_chain_worked_out_anew_is_found(self):
        """Without anchors it is whole; with them it is another chain."""
        self._rewrite()
        with patch.object(water_anchor_line.WaterAnchorLine, "_marks", lambda self, record: {}):
            self.assertWhole(self.case)
        [fault] = self._chain(self.case).splitlines()
        self.assertIn(self.case.name, fault)
        self.assertIn(f"anchor no. {self.first.number}", fault)
        self.assertEqual(self.first.action_check()["params"]["type"], "danger")

    def test_only_the_file_outside_tells_when_anchors_are_altered_as_well(self):
        """Altering the anchors in the database does not alter those elsewhere."""
        kept = self._file(self.first)
        head = self._rewrite()
        self._sql("UPDATE water_anchor_line SET head = %s WHERE key = %s", head, self._key())
        self.env.invalidate_all()
        self._sql(
            "UPDATE water_anchor SET digest = %s WHERE id = %s",
            file_digest(self.first._pieces()),
            self.first.id,
        )
        self.env.invalidate_all()
        self.assertWhole(self.case)
        self.assertEqual(self._shown(self.first), "success")
        found = "\n".join(self._checked(kept))
        self.assertIn("has another anchor", found)
        self.assertIn(self.case.name, found)

    def test_no_number_without_read_access(self):
        self._rewrite()
        anchors = self.anchors.with_user(self.users["foreign"])
        faults = anchors._file_faults(BytesIO(self._file(self.first)))
        self.assertNotIn(self.case.name, str(faults))
        self.assertIn("may not read", str(faults))

    def _shown(self, anchor):
        params = anchor.action_check()["params"]
        return params["message"] if params["type"] == "danger" else params["type"]

    def _key(self):
        return chain_key("water.inquiry", self.case.name)

    def _checked(self, content):
        wizard = self.env["water.anchor.wizard"].with_user(self.users["quality"])
        action = wizard.create({"file": base64.b64encode(content)}).action_check()
        return action["params"]["message"].split("\n")

    def test_unchanged_is_complete(self):
        """Later events do no harm, and words that were erased against their seal neither."""
        acts.contact(self._as("agent", self.case), "later")
        self.assertEqual(self._shown(self.first), "success")
        self.assertNotIn(self.case.name, str(self._checked(self._file(self.first))))
        self.assertWhole(self.case)

    def test_a_chain_that_is_gone_is_missed(self):
        """The file outside names the event regardless of the database."""
        first = self.first
        rows = [(row.key, row.events, row.head) for row in first.line_ids]
        facts = ("db", first.number, first.sealed_at, None)
        content = b"".join(pieces(*facts, sorted([*rows, ("0" * 64, 1, "1" * 64)])))
        self.assertIn("1 chains of the anchor are gone", str(self._checked(content)))

    def test_only_what_has_moved(self):
        """Each anchor names the chains that moved since the last, and binds it."""
        with freeze_time("2026-03-11 20:00:00"):
            second = self._drawn()
        self.assertEqual(second.chain_count, 0)
        self.assertEqual(second.previous_digest, self.first.digest)
        other = self.env["water.inquiry"].create(self._inquiry_values())
        with freeze_time("2026-03-12 20:00:00"):
            third = self._drawn()
        self.assertEqual(third.line_ids.mapped("chain"), [f"water.inquiry,{other.id}"])
        self.assertEqual(self._shown(third), "success")
        self._sql("UPDATE water_anchor SET chain_count = 1, digest = 'x' WHERE id = %s", second.id)
        self.env.invalidate_all()
        self.assertIn("was altered", self._shown(third))

    def test_anchoring_cannot_be_claimed(self):
        """Moving the mark of the next anchor is noticed and hides nothing: otherwise that day
        would be in no anchor and could be altered.
        """
        other = self.env["water.inquiry"].create(self._inquiry_values())
        upto = json.dumps(dict.fromkeys(self.first.upto, 10**9))
        self._sql("UPDATE water_anchor SET upto = %s WHERE id = %s", upto, self.first.id)
        self.env.invalidate_all()
        self.assertIn("was altered", self._shown(self.first))
        with freeze_time("2026-03-11 20:00:00"):
            second = self._drawn()
        self.assertEqual(second.line_ids.mapped("chain"), [f"water.inquiry,{other.id}"])

    def test_queries_do_not_grow_with_the_chains(self):
        self.env["water.inquiry"].create([self._inquiry_values() for _case in range(30)])
        self.env.flush_all()
        models = len(self.anchors._chain_models())
        with self.assertQueryCount(10 + 9 * models):
            self.anchors._draw()

    def test_part_by_part(self):
        """However many chains: so many heads are in memory as go into a part, and not one more."""
        self.env["water.inquiry"].create([self._inquiry_values() for _case in range(5)])
        self.env.flush_all()
        heads, seen = water_anchor.WaterAnchor._heads, []

        def counted(self, chains):
            seen.append(len(chains))
            return heads(self, chains)

        fetch, rows = water_anchor.WaterAnchor._read_on, []

        def watched(self, *arguments):
            for part in fetch(self, *arguments):
                rows.append(len(part))
                yield part

        with (
            patch.object(water_anchor, "BATCH", 2),
            patch.object(water_anchor.WaterAnchor, "_heads", counted),
            patch.object(water_anchor.WaterAnchor, "_read_on", watched),
        ):
            anchor = self._drawn()
            self.assertEqual(self._shown(anchor), "success")
        self.assertGreaterEqual(anchor.chain_count, 5)
        self.assertEqual((max(seen), max(rows)), (2, 2))

    def test_the_file_is_one_object(self):
        """Written piece by piece, it is the JSON that it always was, with chains and without."""
        anchor = self.first
        lines = [[row.key, row.events, row.head] for row in anchor.line_ids]
        facts = {
            "format": "water-anchor",
            "version": 1,
            "database": self.env["ir.config_parameter"].get_param("database.uuid"),
            "number": anchor.number,
            "sealed_at": f"{anchor.sealed_at.isoformat()}Z",
            "previous": anchor.previous_digest or None,
            "upto": hashlib.sha256(json.dumps(anchor.upto, sort_keys=True).encode()).hexdigest(),
        }
        for chains in (sorted(lines), []):
            whole = json.dumps({**facts, "chains": chains}, sort_keys=True, indent=0) + "\n"
            parts = pieces(
                facts["database"],
                anchor.number,
                anchor.sealed_at,
                facts["previous"],
                chains,
                anchor.upto,
            )
            self.assertEqual(b"".join(parts).decode(), whole)
        self.assertTrue(lines)
        self.assertEqual(len(json.loads(self._file(anchor))["chains"]), len(lines))

    def test_number_is_not_readable_outside(self):
        content = self._file(self.first).decode()
        self.assertNotIn(self.case.name, content)
        self.assertIn(self._key(), content)

    def test_cannot_be_written(self):
        for login in ("agent", "manager", "quality"):
            anchor = self.first.with_user(self.users[login])
            for call in (
                lambda a=anchor: a.write({"digest": "x"}),
                lambda a=anchor: a.unlink(),
                lambda a=anchor: a.create({"number": 99, "sealed_at": "2026-03-10 20:00:00"}),
                lambda a=anchor: a.sudo().write({"kept_at": "2026-03-10 20:00:00"}),
            ):
                with self.subTest(login), self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            self.first.with_user(self.users["agent"]).action_check()

    # -- places outside -------------------------------------------------------------------

    def test_folder(self):
        """Written once, never over; missing files come when the folder is back."""
        with TemporaryDirectory() as folder:
            self._set(keeping.FOLDER, f"{folder}/gone")
            self._drawn()
            self.assertIn("The folder", self.first.fault)
            self.assertFalse(self.first.kept_at)
            self._set(keeping.FOLDER, folder)
            self._drawn()
            self.assertTrue(self.first.kept_at)
            self.assertFalse(self.first.fault)
            path = Path(folder, self.first.file_name)
            self.assertEqual(path.read_bytes(), self._file(self.first))
            path.write_bytes(b"other")
            with self.assertRaises(FileExistsError):
                self.first._write_file(path, self.first._pieces(), self.first.digest)
            self.assertEqual(path.read_bytes(), b"other")

    def test_killed_while_it_is_written(self):
        """The rest of the file follows; other content is left."""
        first = trusted(self.first)
        whole = self._file(first)
        with TemporaryDirectory() as folder:
            path = Path(folder, first.file_name)
            self._set(keeping.FOLDER, folder)
            for there in (b"x", whole[:50] + b"x", whole + b"x"):
                path.write_bytes(there)
                with mute_logger(LOG):
                    first._keep_outside()
                self.assertTrue(first.fault)
                self.assertEqual(path.read_bytes()[: len(there)], there)
            for size in (0, 50, len(whole) - 1):
                path.write_bytes(whole[:size])
                first.write({"is_filed": False})
                first._keep_outside()
                self.assertFalse(first.fault)
                self.assertEqual(path.read_bytes(), whole)

    def test_nothing_is_outside_that_may_be_rolled_back(self):
        """Killed after the file was written: the next one has another number."""
        done = []
        crons, anchors = type(self.env["ir.cron"]), type(self.anchors)
        commit = patch.object(crons, "_commit_progress", lambda *_rows: done.append("commit"))
        keep = patch.object(anchors, "_keep_outside", lambda row: done.append(row.number))
        with commit, keep:
            self.anchors._cron_anchor()
        number = self.first.number
        self.assertEqual(done, ["commit", number, number + 1])

    def test_mail(self):
        """Quality gets the file; who has no address is no place."""
        self._set(keeping.MAIL, True)
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self._drawn()
        self.assertTrue(self.first.is_mailed)
        mails = self.env["mail.mail"].search([("id", ">", last)])
        mine = mails.filtered(lambda mail: "w.w@example.com" in (mail.email_to or ""))
        self.assertIn(self.first.digest, mine[-1:].body_html)
        self.assertEqual(mine[-1:].attachment_ids.raw, self._file(self.first))

    def test_mail_of_a_large_one(self):
        """The digest proves as much as the file does."""
        self._set(keeping.MAIL, True)
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        with patch.object(keeping, "MAIL_MOST", 10):
            self._drawn()
        mail = self.env["mail.mail"].search([("id", ">", last)])[-1:]
        self.assertRegex(mail.body_html, "too large|文件过大")
        self.assertIn(self.first.digest, mail.body_html)
        self.assertFalse(mail.attachment_ids)

    def test_an_altered_one_is_not_kept(self):
        """Altered data is not sent outside, and quality is notified."""
        with TemporaryDirectory() as folder:
            self._set(keeping.FOLDER, folder)
            self._sql("UPDATE water_anchor_line SET head = 'x' WHERE key = %s", self._key())
            self._drawn()
            self.assertFalse(Path(folder, self.first.file_name).exists())
        self.assertIn("was altered", self.first.fault)
        self.assertFalse(self.first.kept_at)

    def test_no_place(self):
        """A daily notice."""
        self._drawn()
        self.assertIn("No place", self.first.fault)
        told = self.env["mail.message"].search([("subject", "like", "not kept outside")])
        self.assertIn(self.users["quality"].partner_id, told.notified_partner_ids)

    def test_settings(self):
        settings = self.env["res.config.settings"]
        for values in (
            {"water_anchor_folder": "/nowhere/at/all"},
            {"water_anchor_folder": "relative"},
            {"water_anchor_authority": "file:///etc/passwd"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                settings.create(values)

    def test_another_file(self):
        whole = self._file(self.first)
        for content in (
            *(b"x", b"{}", b"[]", b"\xff", b"[" * 5000, b"{\n" + b"\n" * 5000),
            *(whole[:-1], whole + b" ", whole.replace(b"\n", b"")),
            whole.replace(b'"chains"', b'"chain"'),
            whole.replace(b'"version": 1', b'"version": 2'),
            re.sub(rb'"number": \d+', b'"number": 2147483648', whole),
            re.sub(rb'"number": \d+', b'"number": true', whole),
            re.sub(rb'"number": \d+', b'"number": ' + b"[" * 900, whole),
            re.sub(rb"\n(\d+),\n", rb"\n\g<1>0000000000,\n", whole),
        ):
            self.assertNotEqual(content, whole)
            with self.subTest(content[-40:]), self.assertRefused("no anchor of event chains"):
                self._checked(content)
        with patch.object(water_anchor_wizard, "LARGEST", 100), self.assertRefused("larger than"):
            self._checked(whole)

    def test_read_line_by_line(self):
        """However large and deep a file: it is refused where it is wrong, and not loaded before."""
        for content in (
            b'{\n"chains": ' + b"[" * 500_000,
            b'{\n"chains": [\n' + b"[\n" * 200_000,
            b'{\n"chains": [],\n"format": ' + b'"x' * 200_000,
        ):
            stream = BytesIO(content)
            with self.subTest(content[:20]), self.assertRaises(BadAnchor):
                read(stream)
            self.assertLess(stream.tell(), 2000)
        row = b'[\n"%064x",\n1,\n"%064x"\n]'
        many = b",\n".join(row % (n, n) for n in range(5000))
        stream = BytesIO(b'{\n"chains": [\n' + many + b'\n],\n"format": "other"\n}\n')
        self.assertEqual(next(read_rows(stream)), ("0" * 64, (1, "0" * 64)))
        self.assertLess(stream.tell(), 200)
        with self.assertRaises(BadAnchor):
            read(stream)


@tagged("post_install", "-at_install")
class TestAnchorFile(WaterPeople, HttpCase):
    def test_fetched(self):
        """Readers of anchors can fetch the file; others get “not found”."""
        self._make_people()
        anchor = self.env["water.anchor"]._draw()
        url = anchor.with_user(self.users["quality"]).action_download()["url"]
        for login, status in (("agent", 404), ("quality", 200)):
            name = self.users[login].login
            self.authenticate(name, name)
            self.assertEqual(self.url_open(url).status_code, status)
        answer = self.url_open(url)
        self.assertEqual(answer.content, b"".join(anchor._pieces()))
        self.assertIn(anchor.file_name, answer.headers["Content-Disposition"])
        self.assertEqual(self.url_open("/water/anchor/2147483647").status_code, 404)
