from odoo import models

from ...base.trust import trusted
from ...privacy.scrub import Scrubber

#: What was kept of the words before they were shared out.
BEFORE = ("verbatim_before", "description_before")
#: What the customer said, as each half has it.
SAID = ("subject", "description", "verbatim")


class WaterCaseMixin(models.AbstractModel):
    """A person whose case was split is forgotten in both halves, and in what they were before."""

    _inherit = "water.case.mixin"

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for half, split in self._split_halves():
            if not half.legal_hold:
                half._forget_with(self, split, scrubber, reason)

    def _born_of_it(self):
        return [*super()._born_of_it(), *(row._part() for row in self._own_splits())]

    def _own_splits(self):
        """The rows of what was split off from the case, with superuser rights."""
        splits = self.env["water.case.split"].sudo()
        return splits.search([(splits._case_field(self._name), "=", self.id)])

    def _split_halves(self):
        """``[(other half, row of the split)]``, with superuser rights."""
        own = self.sudo().split_id
        pairs = [(own._case().sudo(), own)] if own else []
        return pairs + [(row._part(), row) for row in self._own_splits() if row._part()]

    def _forget_with(self, other, split, scrubber, reason):
        """The person of the other half goes from what both have; one's own stays until it goes.

        :param other: the half whose person is erased, as it still is
        :param split: water.case.split
        """
        values = self._scrubbed(split, BEFORE, scrubber)
        if values:
            trusted(split).write(values)
        own = {str(word) for word in self._erasure_words() if word}
        foreign = [word for word in other._erasure_words() if word and str(word) not in own]
        words = Scrubber(foreign)
        if any(words.knows(self[name]) for name in SAID) or words.knows(self._told_later()):
            self._forget_words(words, reason)

    def _told_later(self):
        """All that the customer has added, as one text."""
        return "\n".join(self._customer_words())

    def _forget_words(self, words, reason):
        """Take another person out of what this case says.

        :param words: a scrubber of what is his alone
        """
        trusted(self).with_context(tracking_disable=True).write(self._scrubbed(self, SAID, words))
        self._erase_thread_words(words)
        erased = self._erase_events(words)
        self._log_events("erased", {"reason": reason, **erased})

    def _erase_thread_words(self, words):
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "=", self.id)])
        )
        self.env["bus.bus"]._forget(messages)
        for message in messages.filtered(lambda row: words.knows(row.body)):
            message.write(self._scrubbed(message, ("subject", "body"), words))
