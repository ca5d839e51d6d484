import json

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.base.event_chain import digest, seal
from odoo.addons.water_service_desk.base.trust import trusted

from .. import sealed_file, sealing
from .common import ArchiveCommon
from .test_sealed_file import AT, CASE, build, chain


@tagged("post_install", "-at_install")
class TestArchiveForged(ArchiveCommon):
    def test_another_file_and_its_digest(self):
        """Whoever puts a file of his own making there, and its digest, is told of by the chain."""
        case = self._archived()
        archive, content = self._sealed(case)
        self.assertEqual(archive.sudo()._faults(), [])
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
        answer = self._as("quality", archive).action_verify()["params"]
        self.assertIn("tells of another file", answer["message"])


@tagged("post_install", "-at_install")
class TestErasureForged(BaseCase):
    def assertBad(self, rows, words):
        with self.assertRaisesRegex(sealed_file.BadFile, words):
            sealed_file.check(build(rows))

    def test_chain_with_an_erasure(self):
        """What is left of erased words is sealed by the erasure, which cannot be rewritten."""
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
