import contextlib
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.anchor import anchor_file
from odoo.addons.water_service_desk.base.event_chain import digest, seal
from odoo.addons.water_service_desk.base.tests.examples import given, settings, st

from .. import sealed_file, sealing

CASE = "TS202603-00042"
AT = datetime(2026, 3, 11, 2, 0, 0)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
PAYLOADS = st.dictionaries(WORDS, st.one_of(WORDS, st.integers(), st.lists(WORDS, max_size=3)))


def chain(payloads, case=CASE):
    """Lines of a sound chain, made with the arithmetic of the event log."""
    rows, previous = [], None
    for number, payload in enumerate(payloads, 1):
        new = digest(previous, case, "contacted", AT, 7, payload)
        rows.append(
            {
                "id": number,
                "kind": "contacted",
                "at": "2026-03-11T02:00:00Z",
                "user_id": 7,
                "payload": payload,
                "payload_seal": None,
                "previous_digest": previous,
                "digest": new,
            }
        )
        previous = new
    return rows


def lines(rows):
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def build(rows=None, members=(("attachments/0001-照片.png", b"\x89PNG"),), **facts):
    """The bytes of a sealed file, sound unless a part is given that is not."""
    rows = chain([{"note": "已联系"}, {}, {"note": "x\u2028y"}]) if rows is None else rows
    facts = {
        "archive_number": "DA2026-00001",
        "case": CASE,
        "event_head": rows[-1]["digest"] if rows else None,
        "event_count": len(rows),
        **facts,
    }
    parts = [("case.json", sealing.dump({"number": CASE})), ("events.jsonl", lines(rows))]
    return sealing.seal([*parts, *members], facts)[0]


def repack(content, **changes):
    """The file with some members replaced (None: left out, new names: added)."""
    members = dict(sealed_file._unpack(content)) | changes
    return sealed_file.pack([pair for pair in members.items() if pair[1] is not None])


@tagged("post_install", "-at_install")
class TestSealedFile(BaseCase):
    """What a third party can verify with the file alone."""

    def assertBad(self, content, words, expected=None):
        with self.assertRaisesRegex(sealed_file.BadFile, words):
            sealed_file.check(content, expected)

    def test_sound(self):
        content = build()
        manifest = sealed_file.check(content, sealed_file.sha256(content))
        self.assertEqual((manifest["case"], len(manifest["members"])), (CASE, 3))
        self.assertEqual(content, build())

    def test_any_byte(self):
        """Whichever byte is altered, it is noticed without a database."""
        content = build()
        for place in range(len(content)):
            for bits in (0x01, 0x80, 0xFF):
                broken = bytearray(content)
                broken[place] ^= bits
                with self.subTest(place=place, bits=bits), self.assertRaises(sealed_file.BadFile):
                    sealed_file.check(bytes(broken))

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_any_damage(self, data):
        """Cut, lengthened or overwritten anywhere: refused in words, never a crash."""
        content = build()
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, len(content)))
        broken = content[:start] + data.draw(st.binary(max_size=30)) + content[end:]
        if broken != content:
            with self.assertRaises(sealed_file.BadFile):
                sealed_file.check(broken)

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=400))
    def test_anything_else(self, content):
        with self.assertRaises(sealed_file.BadFile):
            sealed_file.check(content)

    @settings(max_examples=300, deadline=None)
    @given(PAYLOADS, WORDS.filter(bool), st.booleans(), st.integers(0, 10**6))
    def test_same_arithmetic_as_the_log(self, payload, case, erased, user):
        """The copy of the digest in the checker is the one of the event log."""
        words = seal(payload) if erased else None
        event = {
            "kind": "moved",
            "at": "2026-03-11T02:00:00Z",
            "user_id": user,
            "payload": payload,
            "payload_seal": words,
            "previous_digest": "ab",
        }
        expected = digest("ab", case, "moved", AT, user, payload, words)
        self.assertEqual(sealed_file.event_digest(case, event), expected)

    @settings(max_examples=300, deadline=None)
    @given(WORDS)
    def test_safe_names(self, name):
        """Names in the ZIP are safe, whatever the file was called, and reversible."""
        member = sealing.safe_name("attachments", 7, name)
        self.assertTrue(sealed_file.SAFE_NAME.fullmatch(member), member)
        self.assertLessEqual(len(member), sealed_file.LONGEST_NAME)
        sealed_file.check(build(members=[(member, b"x")]))

    # -- tampering of each kind -------------------------------------------------------------

    def test_members(self):
        content, photo = build(), "attachments/0001-照片.png"
        self.assertBad(repack(content, **{photo: b"other"}), "照片.png was altered")
        self.assertBad(repack(content, **{photo: None}), "照片.png is missing")
        self.assertBad(repack(content, **{"attachments/9.png": b"x"}), "9.png was added")
        self.assertBad(repack(content, **{"case.json": b"{}"}), "case.json was altered")
        self.assertBad(repack(content, **{"manifest.json": None}), "no manifest")
        self.assertBad(repack(content, **{"manifest.json": b"{}"}), "manifest was altered")

    def test_digest_of_the_database(self):
        """A file doctored throughout is sound by itself; the database's digest tells."""
        doctored = build(chain([{"note": "从未联系"}]))
        sealed_file.check(doctored)
        self.assertBad(doctored, "SHA-256 differs", sealed_file.sha256(build()))

    def test_chain(self):
        """Events altered, left out, exchanged or cut off, with every checksum made to fit."""
        rows = chain([{"n": number} for number in range(4)])
        self.assertBad(build([rows[0], rows[2], rows[3]]), "before no. 2 is missing")
        self.assertBad(build([rows[1], rows[0]]), "missing")
        altered = [{**row, "payload": {"n": 9}} if row is rows[1] else row for row in rows]
        self.assertBad(build(altered), "no. 2 was altered")
        self.assertBad(build(rows[:2], event_head=rows[3]["digest"]), "newest events are missing")
        self.assertBad(build(rows, event_count=5), "newest events are missing")
        self.assertBad(build(rows, case="TS202603-00043"), "another case")
        sealed = [{**rows[0], "payload": {}, "payload_seal": seal({"n": 0})}, *rows[1:]]
        self.assertBad(build(sealed), "no erasure is on record")

    def test_nonsense_in_place_of_events(self):
        for line in (
            b"null\n",
            b"[1]\n",
            b"{\n",
            b'{"kind": [], "at": 7}\n',
            b'{"kind": "erased", "payload": {"events": 7}}\n',
            b'{"kind": "x", "payload": %s}\n' % (b"[" * 20000 + b"]" * 20000),
            b"\xff\n",
            b"1" * 9000,
        ):
            parts = [("case.json", sealing.dump({"number": CASE})), ("events.jsonl", line)]
            facts = {"archive_number": "x", "case": CASE, "event_head": "x", "event_count": 1}
            with self.subTest(line=line):
                self.assertBad(sealing.seal(parts, facts)[0], "vent")

    def test_nonsense_in_place_of_a_manifest(self):
        for text in (
            b"[]",
            b"{",
            b'{"members": 7}',
            b'{"members": [7, {"name": []}]}',
            b"[" * 9000,
        ):
            seal_ = f"{sealed_file.sha256(text)}  manifest.json\n".encode()
            changes = {"manifest.json": text, "manifest.sha256": seal_}
            with self.subTest(text=text[:30]):
                self.assertBad(repack(build(), **changes), "manifest")

    # -- files that want to do harm -----------------------------------------------------------

    def _zip(self, *members, compression=zipfile.ZIP_STORED):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", compression) as archive:
            for name, content in members:
                archive.writestr(zipfile.ZipInfo(name), content, compression)
        return stream.getvalue()

    def test_bomb(self):
        """Oversized archives are refused before unpacking."""
        bomb = self._zip(("case.json", b"0" * 10**8), compression=zipfile.ZIP_DEFLATED)
        self.assertBad(bomb, "compressed")

    def test_lying_size(self):
        """A stored member that claims four gigabytes."""
        content = bytearray(self._zip(("case.json", b"{}")))
        place = content.index(b"PK\x01\x02")
        content[place + 20 : place + 28] = struct.pack("<II", 2**31, 2**31)
        self.assertBad(bytes(content), "larger than the file|cannot be read")

    def test_names_that_lead_elsewhere(self):
        for name in (
            "../x",
            "/etc/passwd",
            "a/../../x",
            "C:\\x",
            "attachments/.hidden",
            "attachments/",
            "x" * 300,
            "a\nb",
            "",
        ):
            with self.subTest(name=name), contextlib.suppress(ValueError):
                self.assertBad(self._zip((name, b"x")), "a name|cannot be read")

    def test_twice_the_same_name(self):
        with self.assertWarns(UserWarning):
            content = self._zip(("case.json", b"1"), ("case.json", b"2"))
        self.assertBad(content, "same name")

    def test_too_many_members(self):
        members = [(f"x{number}", b"") for number in range(sealed_file.MAX_MEMBERS + 1)]
        self.assertBad(self._zip(*members), "members")

    # -- the command ----------------------------------------------------------------------------

    def _run(self, *arguments):
        program = [sys.executable, "-I", sealed_file.__file__, *arguments]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_console_without_chinese(self):
        """Findings print on a Windows console too, regardless of the member's name."""
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder, "bad.zip")
            bad.write_bytes(repack(build(), **{"attachments/0001-照片.png": b"x"}))
            done = subprocess.run(
                [sys.executable, sealed_file.__file__, bad],
                env={**os.environ, "PYTHONIOENCODING": "cp1252"},
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn(r"0001-\u7167\u7247.png was altered", done.stdout)

    def test_command(self):
        """Plain Python, without Odoo: names each fault in words, and by its exit code."""
        with tempfile.TemporaryDirectory() as folder:
            good, bad = Path(folder, "good.zip"), Path(folder, "bad.zip")
            good.write_bytes(build())
            bad.write_bytes(repack(build(), **{"attachments/0001-照片.png": b"x"}))
            self.assertEqual(self._run(good)[0], 0)
            self.assertIn(sealed_file.sha256(build()), self._run(good)[1])
            self.assertEqual(self._run(good, "--digest", sealed_file.sha256(build()))[0], 0)
            code, text = self._run(good, "--digest", "0" * 64)
            self.assertEqual(code, 1)
            self.assertIn("SHA-256 differs", text)
            code, text = self._run(bad)
            self.assertEqual(code, 1)
            self.assertIn("0001-照片.png was altered", text)
            self.assertNotIn("Traceback", text)
            self.assertEqual(self._run(Path(folder, "none.zip"))[0], 2)
            self.assertEqual(self._run(good, bad)[0], 1)

    def test_not_a_file(self):
        """A folder, a pipe, a device without end, a link that leads nowhere: said at once."""
        with tempfile.TemporaryDirectory() as folder:
            pipe, link = Path(folder, "pipe"), Path(folder, "link")
            os.mkfifo(pipe)
            link.symlink_to(link)
            for path in (folder, pipe, link, "/dev/zero"):
                for anchors in ((), ("--anchor", path)):
                    good = Path(folder, "good.zip")
                    good.write_bytes(build())
                    code, said = self._run(good if anchors else path, *anchors)
                    self.assertIn(code, (1, 2))
                    self.assertNotIn("Traceback", said)
                    self.assertLess(said.count("\n"), 3, said)

    def test_signs_for_the_terminal(self):
        """Texts of a file cannot move the cursor or forge lines."""
        content = build(archive_number="DA\x1b[2J\n/x.zip: sound\u202e")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.zip")
            path.write_bytes(content)
            said = self._run(path)[1]
        self.assertIn(r"DA\x1b[2J\n/x.zip: sound\u202e", said)
        self.assertNotIn("\x1b", said)


@tagged("post_install", "-at_install")
class TestAnchoredFile(BaseCase):
    """A sealed file beside anchors that were kept elsewhere, without a database."""

    def setUp(self):
        super().setUp()
        self.rows = chain([{"note": "已联系"}, {}, {"note": "x"}])
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        first = self._anchor(1, None, 2)
        own = sealed_file.sha256(build(self.rows))
        self.anchors = [first, self._anchor(2, anchor_file.digest([first]), 3, own)]

    def _anchor(self, number, previous, count, *files):
        key = anchor_file.chain_key("water.complaint", CASE)
        head = self.rows[count - 1]["digest"]
        rows = sorted([(key, count, head), *(("f" * 64, 1, own) for own in files)])
        return b"".join(anchor_file.pieces("db", number, AT, previous, rows))

    def _run(self, content, anchors):
        """The exit code of the command, and what it says."""
        paths = []
        for number, text in enumerate([content, *anchors]):
            paths.append(os.path.join(self.folder, str(number)))
            Path(paths[-1]).write_bytes(text)
        command = [sys.executable, sealed_file.__file__, paths[0], "--anchor", *paths[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_sound(self):
        code, said = self._run(build(self.rows), self.anchors)
        self.assertEqual(code, 0, said)

    def test_worked_out_anew(self):
        """Sound in itself, and not the chain that was anchored."""
        forged = build(chain([{"note": "未联系"}, {}, {"note": "x"}]))
        self.assertTrue(sealed_file.check(forged))
        code, said = self._run(forged, self.anchors)
        self.assertEqual(code, 1)
        self.assertIn("not the chain of anchor no. 1", said)
        self.assertIn("not the chain of anchor no. 2", said)

    def test_shortened(self):
        code, said = self._run(build(self.rows[:2]), self.anchors)
        self.assertEqual((code, said.count("names this file")), (1, 1), said)

    def test_altered_anchors(self):
        altered = self.anchors[0].replace(b'"db"', b'"dc"')
        code, said = self._run(build(self.rows), [altered, self.anchors[1]])
        self.assertEqual(code, 2)
        self.assertIn("no. 2 does not follow", said)
        for other in (b"{}", b"[" * 9000, b'{"format": "water-anchor", "version": 1, "number": 1}'):
            code, said = self._run(build(self.rows), [other])
            self.assertEqual((code, said.count("\n")), (2, 1), said)

    def test_anchors_that_are_none(self):
        """Cut anywhere, lengthened, two of one number, in another order: told in one line."""
        first, second = self.anchors
        for cut in (0, 1, 20, 100, len(first) // 2, len(first) - 1):
            code, said = self._run(build(self.rows), [first[:cut], second])
            self.assertEqual((code, said.count("\n")), (2, 1), said)
        for wrong in (first + b"x", first.replace(b'"number": 1', b'"number": true'), b"x" * 9999):
            self.assertEqual(self._run(build(self.rows), [wrong, second])[0], 2)
        code, said = self._run(build(self.rows), [first, self._anchor(1, None, 3)])
        self.assertEqual((code, said.count("\n")), (2, 1), said)
        self.assertIn("Two different files", said)
        self.assertEqual(self._run(build(self.rows), [second, first])[0], 0)

    def test_anchor_of_a_million_cases(self):
        """The file is read line by line, with little memory."""
        row = ("0" * 64, 3, "1" * 64)
        path = Path(self.folder, "large")
        with path.open("wb") as file:
            file.writelines(anchor_file.pieces("db", 1, AT, None, [row] * 50000))
        self.addCleanup(tracemalloc.stop)
        tracemalloc.start()
        self.assertEqual(sealed_file.read_anchors([path], CASE, "2" * 64), [])
        self.assertLess(tracemalloc.get_traced_memory()[1], path.stat().st_size // 10)

    def test_no_anchor_names_it(self):
        other = b"".join(anchor_file.pieces("db", 1, AT, None, []))
        code, said = self._run(build(self.rows), [other])
        self.assertIn("None of these anchors names", said)
        self.assertEqual(code, 1)
