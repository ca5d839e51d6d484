from odoo.tests import BaseCase, tagged

from ..scrub import GONE, Scrubber

NAME, PLACE = "欧阳水清", "东城路8号2单元301"


@tagged("post_install", "-at_install")
class TestScrub(BaseCase):
    """Texts without the person."""

    def test_words(self):
        """Known words, and anyone's numbers and addresses; the rest stays."""
        scrub = Scrubber([NAME, "李", False, PLACE])
        for text, clean in (
            (f"{NAME}说水黄", f"{GONE}说水黄"),
            ("李子红了", "李子红了"),
            ("拨 13812345678 即可", f"拨 {GONE} 即可"),
            ("拨 +86 138 1234 5678 即可", f"拨 {GONE} 即可"),
            ("座机 010-87654321", f"座机 {GONE}"),
            ("证件 11010519491231002x", f"证件 {GONE}"),
            ("写信 a.b@c.example.com 来", f"写信 {GONE} 来"),
            ("水表 12345678 读数 2026", "水表 12345678 读数 2026"),
            ("TS202603-00042", "TS202603-00042"),
            (f"{PLACE}无水", f"{GONE}无水"),
        ):
            with self.subTest(text=text):
                self.assertEqual(scrub(text), clean)

    def test_tree(self):
        """Any JSON value; keys and numbers are unchanged."""
        scrub = Scrubber([NAME])
        value = {NAME: [NAME, 1, {"x": f"{NAME}!"}], "y": None}
        self.assertEqual(scrub.tree(value), {NAME: [GONE, 1, {"x": f"{GONE}!"}], "y": None})

    def test_knows(self):
        """The person is scrubbed among other numbers."""
        scrub = Scrubber([NAME, "李"])
        self.assertTrue(scrub.knows(f"给{NAME}回电"))
        for text in ("13812345678", "李子", "", False):
            self.assertFalse(scrub.knows(text))
        self.assertFalse(Scrubber([]).knows(NAME))
