from lxml import html
from markupsafe import Markup

from odoo import models
from odoo.tools import html_sanitize, plaintext2html


def plain(text):
    """``text`` with each blank, also one that does not break, as one space."""
    return " ".join((text or "").split())


class WaterNotice(models.Model):
    """Each letter names only its own customer's compensations."""

    _inherit = "water.notice"

    def _without_own_affairs(self, other, words):
        words = super()._without_own_affairs(other, words)
        localized = self.complaint_id.with_context(lang=self.complaint_id._customer_lang())
        foreign = [plain(text) for text in localized._compensation_sentences()]
        own = other.with_context(lang=other._customer_lang())._compensation_sentences()
        if not words.get("body") or not (foreign or own):
            return words
        codes = [
            self._without(foreign, text, code) for text, code in self._paragraphs(words["body"])
        ]
        codes += map(plaintext2html, own if self.kind == "result" else ())
        return {**words, "body": Markup("").join(codes)}

    def _without(self, foreign, text, code):
        """Return a block of the letter without those sentences."""
        rest = plain(text)
        for sentence in foreign:
            rest = rest.replace(sentence, " ")
        if rest == plain(text):
            return code
        return plaintext2html(plain(rest)) if rest.strip() else Markup("")

    def _paragraphs(self, body):
        rows = html.fragments_fromstring(str(body))
        return [
            (row, Markup.escape(row))
            if isinstance(row, str)
            else (row.text_content(), html_sanitize(html.tostring(row, encoding="unicode")))
            for row in rows
        ]
