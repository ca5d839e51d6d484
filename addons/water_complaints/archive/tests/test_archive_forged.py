import json
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.base.event_chain import digest, seal
from odoo.addons.water_service_desk.base.trust import trusted

from .. import sealed_file, sealing
from .common import ArchiveCommon
from .test_sealed_file import AT, CASE, build, chain


@tagged("post_install", "-at_install")
class TestArchiveForged(ArchiveCommon):
    def test_another_file_and_its_digest(self):
        """A forged file with a matching digest is found by the chain."""
        case = self._archived()
        archive, content = self._sealed(case)
        self.assertEqual(self._faults(archive), [])
        self._exchange(archive, content)
        answer = self._as("quality", archive).action_verify()["params"]
        self.assertIn("tells of another file", answer["message"])

    def _exchange(self, archive, content):
        """Put another file there, and its digest; return its bytes."""
        manifest = json.loads(self._members(content)["manifest.json"])
        parts = [
            (name, b"%PDF-1.7 nothing happened" if name == sealed_file.DOSSIER else data)
            for name, data in sealed_file._unpack(content)
            if name not in (sealed_file.MANIFEST, sealed_file.SEAL)
        ]
        forged, _manifest = sealing.seal(
            parts, {key: manifest[key] for key in sealed_file.FACTS[2:]}
        )
        sealed_file.check(forged)
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "water.archive"), ("res_field", "=", "file")], order="id desc"
        )[:1]
        trusted(file.sudo()).raw = forged
        trusted(archive.sudo()).digest = sealed_file.sha256(forged)
        self.env.flush_all()
        return forged

    def _anchor(self):
        """An anchor as it lies outside."""
        anchor = self.env["water.anchor"]._draw()
        path = Path(self.enterContext(TemporaryDirectory()), anchor.file_name)
        path.write_bytes(b"".join(anchor._pieces()))
        return path

    def _outside(self, case, content, *anchors):
        """Findings of the program without a database."""
        own = sealed_file.sha256(content)
        marks = sealed_file.read_anchors(anchors, case.name, own)
        return sealed_file.anchor_faults(content, marks)

    def test_file_and_anchors_of_its_night(self):
        """The chain goes on with the event that it was sealed: the file is whole all the same."""
        case = self._archived()
        before = self._anchor()
        archive, content = self._sealed(case)
        (fault,) = self._outside(case, content, before)
        self.assertIn("None of these anchors names this file", fault)
        after = self._anchor()
        self.assertEqual(self._outside(case, content, before, after), [])
        self.assertEqual(self._outside(case, content, after), [])
        self.assertEqual(self._faults(archive), [])
        case.sudo()._log_events("contacted", {"note": "later"})
        self.assertEqual(self._outside(case, content, before, after, self._anchor()), [])

    def test_file_taken_away_and_declared_destroyed(self):
        """Only an erasure or a protocol takes it, and the chain of the case tells of either."""
        archive, _content = self._sealed(self._archived())
        trusted(archive.sudo())._destroy("x")
        (fault,) = self._faults(archive)
        self.assertIn("the file is missing", fault)

    def test_another_file_and_all_that_tells_of_it(self):
        """With its digest, the event and the chain worked out anew it is found by an anchor."""
        case = self._archived()
        archive, content = self._sealed(case)
        outside = self._anchor()
        forged = self._exchange(archive, content)
        told = case.event_ids.sorted("id")[-1:]
        self.assertEqual(told.kind, "sealed")
        payload = {**told.payload, "digest": archive.digest}
        head = digest(told.previous_digest, case.name, told.kind, told.at, told.user_id.id, payload)
        query = "UPDATE water_case_event SET payload = %s, digest = %s WHERE id = %s"
        self.env.cr.execute(query, (json.dumps(payload), head, told.id))
        query = "UPDATE water_complaint SET event_head = %s WHERE id = %s"
        self.env.cr.execute(query, (head, case.id))
        self.env.invalidate_all()
        (fault,) = self._faults(archive)
        self.assertIn("not the file of anchor", fault)
        (fault,) = self._outside(case, forged, outside)
        self.assertIn("None of these anchors names this file", fault)
        message = outside and self.env["water.anchor"].search([], limit=1).action_check()
        self.assertIn("not the file of anchor", message["params"]["message"])


@tagged("post_install", "-at_install")
class TestErasureForged(BaseCase):
    def assertBad(self, rows, words):
        with self.assertRaisesRegex(sealed_file.BadFile, words):
            sealed_file.check(build(rows))

    def test_chain_with_an_erasure(self):
        """Remains of erased words are sealed by the erasure and cannot be rewritten."""
        rows = chain([{"note": "张伟"}, {"note": "x"}])
        rows[0].update(payload={"note": "***"}, payload_seal=seal(rows[0]["payload"]))
        told = {"events": [1], "left": {"1": seal({"note": "***"})}}
        previous = rows[1]["digest"]
        last = {**rows[1], "id": 3, "kind": "erased", "payload": told}
        last |= {"previous_digest": previous}
        last |= {"digest": digest(previous, CASE, "erased", AT, 7, told)}
        sealed_file.check(build([*rows, last]))
        other = {**rows[0], "payload": {"note": "满意"}}
        self.assertBad([other, rows[1], last], "no erasure is on record")
        hidden = {**rows[1], "payload": {}, "payload_seal": seal({"note": "x"})}
        more = {**last, "payload": {"events": [1, 2, 3]}, "payload_seal": seal(told)}
        self.assertBad([rows[0], hidden, more], "no erasure is on record")
        for left in (7, {"1": []}):
            odd = {**last, "payload": {**told, "left": left}, "payload_seal": seal(told)}
            self.assertBad([*rows, odd], "no erasure is on record")
