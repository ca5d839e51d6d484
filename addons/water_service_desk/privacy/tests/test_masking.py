import re

from odoo.tests import BaseCase, tagged

from ...base.tests.examples import given, settings, st
from ..masking import mask_address, mask_email, mask_name, mask_phone

SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None)
TEXT = st.text(max_size=40)
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SEPARATED = st.lists(st.sampled_from(["", " ", "-"]), min_size=11, max_size=11)


@tagged("post_install", "-at_install")
class TestMasking(BaseCase):
    """Personal data is masked in any field (S2.2.4)."""

    def test_examples(self):
        """Displayed values."""
        for function, plain, masked in (
            (mask_phone, "13812345678", "138****5678"),
            (mask_phone, "+86 138 1234 5678", "138****5678"),
            (mask_phone, "010-87654321", "010****4321"),
            (mask_phone, "110", "***"),
            (mask_name, "张伟", "张*"),
            (mask_name, "欧阳娜娜", "欧***"),
            (mask_name, "李", "李"),
            (mask_email, "zhang@example.com", "z***@example.com"),
            (mask_email, "a@b@example.com", "a***@example.com"),
            (mask_email, "nonsense", "***"),
            (mask_address, "东城路8号2单元301", "东城路***"),
            (mask_address, "东城路", "东城路"),
        ):
            with self.subTest(plain=plain):
                self.assertEqual(function(plain), masked)

    def test_nothing_is_nothing(self):
        """No value, no mask."""
        for function in (mask_phone, mask_name, mask_email, mask_address):
            for value in (None, False, "", "   "):
                self.assertEqual(function(value), "")

    @SETTINGS
    @given(TEXT)
    def test_phone_shows_seven_digits_at_most(self, number):
        masked = mask_phone(number)
        digits = re.sub(r"\D", "", number)
        self.assertRegex(masked, r"^\d{0,3}\**\d{0,4}$")
        self.assertLessEqual(len(re.sub(r"\D", "", masked)), 7)
        if digits:
            self.assertIn("*", masked)

    @SETTINGS
    @given(MOBILE, SEPARATED, st.sampled_from(["", "86", "+86 ", "0086"]))
    def test_mobile_number(self, number, separators, prefix):
        """However it is written, four digits in the middle are never shown."""
        typed = prefix + "".join(map("".join, zip(number, separators, strict=True)))
        masked = mask_phone(typed)
        self.assertTrue(masked.endswith(number[-4:]))
        self.assertNotIn(number, masked.replace("*", ""))
        if prefix != "0086":
            self.assertEqual(masked, f"{number[:3]}****{number[-4:]}")

    @SETTINGS
    @given(TEXT)
    def test_name_shows_one_character(self, name):
        """One character and stars; the length is not told beyond four."""
        masked, plain = mask_name(name), name.strip()
        self.assertEqual(masked[:1], plain[:1])
        self.assertEqual(set(masked[1:]) - {"*"}, set())
        self.assertLessEqual(len(masked), 4)
        if len(plain) > 1:
            self.assertIn("*", masked)

    @SETTINGS
    @given(TEXT)
    def test_email_hides_the_person(self, address):
        """At most one character before the last @ is shown."""
        masked, plain = mask_email(address), address.strip()
        if "@" in plain:
            local, domain = plain.rsplit("@", 1)
            self.assertEqual(masked, f"{local[:1]}***@{domain}")
        else:
            self.assertEqual(masked, "***" if plain else "")

    @SETTINGS
    @given(TEXT)
    def test_address_shows_no_number(self, address):
        """House, unit and flat are gone, and so is everything after them."""
        masked = mask_address(address)
        self.assertIsNone(re.search(r"\d", masked))
        self.assertTrue(address.strip().startswith(masked.removesuffix("***")))
