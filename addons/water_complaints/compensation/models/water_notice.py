from lxml import html
from markupsafe import Markup

from odoo import models
from odoo.tools import html_sanitize, plaintext2html


def _plain(text):
    return " ".join((text or "").split())  # spaces that do not break are spaces


class WaterNotice(models.Model):
    """What a customer is paid stands in his own letter, and in nobody else's."""

    _inherit = "water.notice"

    def _without_own_affairs(self, other, words):
        words = super()._without_own_affairs(other, words)
        told = self.complaint_id.with_context(lang=self.complaint_id._customer_lang())
        foreign = {_plain(text) for text in told._compensation_sentences()}
        if not words.get("body") or not foreign:
            return words
        own = other.with_context(lang=other._customer_lang())._compensation_sentences()
        parts = [part for part in self._paragraphs(words["body"]) if _plain(part[0]) not in foreign]
        body = Markup("").join([*(code for _text, code in parts), *map(plaintext2html, own)])
        return {**words, "body": body}

    def _paragraphs(self, body):
        """``[(text, HTML)]`` of the blocks of a letter."""
        rows = html.fragments_fromstring(str(body))
        return [
            (row, Markup.escape(row))
            if isinstance(row, str)
            else (row.text_content(), html_sanitize(html.tostring(row, encoding="unicode")))
            for row in rows
        ]
