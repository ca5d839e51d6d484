from odoo import fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.births import FOREIGN, PART
from ...privacy.scrub import Scrubber
from ..words import joined, sentences

#: Where a sentence or a file belongs.
HERE, THERE, BOTH = "here", "there", "both"
#: the text before the split
BEFORE = ("verbatim_before", "description_before")
#: texts that each half has
SAID = ("subject", "description", "verbatim")


class WaterCaseMixin(models.AbstractModel):
    """Split a case about two matters into two cases, each with its own words and files.

    The clocks of the new case start at the receipt of the whole, by its own category. The clocks
    and promises of the case that is split stay there.
    """

    _inherit = "water.case.mixin"

    _counters = {"split_count": "water.case.split"}

    split_id = fields.Many2one(
        "water.case.split", string="Split off by", readonly=True, copy=False, index="btree_not_null"
    )
    split_from = fields.Char(string="Split off from", compute="_compute_split_from")
    split_count = fields.Integer(string="Number of Splits", compute="_compute_counts")

    def _compute_split_from(self):
        for case in self:
            # sudo: water.case.split - the number alone
            case.split_from = case.sudo().split_id.case_name

    def action_split(self):
        """Open the dialog that splits the case in two."""
        self.ensure_one()
        self._check_splitting()
        return self._dialog("water.split.wizard", self.env._("Split in Two"))

    def action_open_splits(self):
        """Open the cases that were split off."""
        return self._open_children("water.case.split", self.env._("Split off"))

    def action_open_origin(self):
        """Open the case from which this one was split off (its own access rules apply)."""
        self.ensure_one()
        self.check_access("read")
        # sudo: water.case.split - to find the case, whose own rules are asked next
        split = self.sudo().split_id
        if not split:
            raise UserError(self.env._("%s was not split off from another case.", self.name))
        origin = split._case().with_env(self.env)
        origin.check_access("read")
        return windows.form(origin)

    def _check_splitting(self):
        """Allow only the service desk to split, and only open cases.

        :raises UserError: otherwise
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk splits a case."))

    def _split(self, values, shares, reason):
        """Make a new case of a part of this one.

        :param values: subject, description and category of the new case; ``description_here`` is
            the new description of this one; another ``partner_id`` if it concerns another customer
        :param shares: ``{"words": [(sentence, where)], "messages": [(text, where)], "files":
            {attachment id: where}}``, where is ``here``, ``there`` or ``both``
        :param reason: why these are two cases, required
        :raises UserError: with what is missing; nothing is changed then
        :return: the new case
        """
        self.ensure_one()
        self._check_splitting()
        self._check_sharing_out(shares, reason)
        split = self._keep_split(reason)
        here = values.pop("description_here", None) or self.description
        words = {
            side: joined([text for text, where in shares["words"] if where in (side, BOTH)])
            for side in (HERE, THERE)
        }
        added = [text for text, where in shares["messages"] if where in (THERE, BOTH)]
        theirs = "\n".join(filter(None, (words[THERE], *added)))
        part = self._create_part(split, values, theirs or values["description"])
        trusted(self).write(
            {"description": here, **({"verbatim": words[HERE]} if shares["words"] else {})}
        )
        self._share_files(part, shares["files"])
        counts = {"files": len(shares["files"]), "reason": reason}
        part._log_events("split_from", {"number": self.name, **counts})
        self._log_events("split_off", {"number": part.name, **counts})
        trusted(split).part_number = part.name
        return part

    def _check_sharing_out(self, shares, reason):
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why these are two matters."))
        places = {where for __, where in shares["words"]}
        if shares["words"] and not (places & {HERE, BOTH} and places & {THERE, BOTH}):
            raise UserError(self.env._("Each of the two cases needs words of the customer's."))
        if not self._has_parts(shares):
            raise UserError(self.env._("The case has changed meanwhile: open the dialog again."))

    def _has_parts(self, shares):
        """Return whether the shares are parts of this very case.

        The rows come from the browser. Spoken words must be shared out completely and unchanged.
        """
        words = [text for text, __ in shares["words"]]
        return (
            words in ([], sentences(self.verbatim))
            and {text for text, __ in shares["messages"]} <= set(self._customer_words())
            and set(shares["files"]) <= set(self._own_files().ids)
        )

    def _keep_split(self, reason):
        splits = self.env["water.case.split"]
        # sudo: water.case.split - written by this checked service alone
        return trusted(splits.sudo()).create(
            {
                splits._case_field(self._name): self.id,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "reason": reason,
                "verbatim_before": self.verbatim,
                "description_before": self.description,
            }
        )

    def _part_person(self, values):
        """Return who handles the new case: the handler of this one, unless a rule forbids it.

        :param values: of the new case
        """
        return self.first_responsible_id or self.env.user

    def _create_part(self, split, values, words):
        """The new case, as its customer's own: what came in then, under a number of its own.

        :param split: water.case.split
        :param words: the customer's own words about it
        """
        way = FOREIGN if values.keys() & {"partner_id", "contact_name"} else PART
        facts = self._values_along(way, self.browse())
        if values.get("category_id", self.category_id.id) != self.category_id.id:
            facts.pop("severity")  # how grave the other matter is, its own category says
        person = self._part_person({**facts, **values}).id
        people = {"first_responsible_id": person, "user_id": person}
        part = self.create({**facts, **people, "verbatim": words, **values})
        trusted(part).split_id = split.sudo().id
        part._take_along(self, way)
        part._carry_on(self)
        return part

    def _customer_words(self):
        """Return the texts that the customer has added since filing, oldest first."""
        events = self.sudo().event_ids.filtered(lambda row: row.kind == "customer_message")
        texts = (event.payload.get("text") for event in events.sorted("id"))
        return [text for text in texts if text]

    # -- files --------------------------------------------------------------------------------

    def _own_files(self):
        here = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        # sudo: ir.attachment - files of a case that the user may write
        return self.env["ir.attachment"].sudo().search(here, order="id")

    def _share_files(self, part, places):
        """Move or copy files; a file shown to the customer here is shown to the customer there.

        :param places: {attachment id: where}
        """
        for file in self._own_files().filtered(lambda row: places.get(row.id) in (THERE, BOTH)):
            shown = file in self.sudo().published_attachment_ids
            owner = {"res_model": part._name, "res_id": part.id}
            if places[file.id] == BOTH:
                theirs = file.copy(owner)
            else:
                if shown:
                    trusted(self.sudo()).published_attachment_ids -= file
                trusted(file).write(owner)
                theirs = file
            if shown and part._has_contact_of(self):
                part.sudo()._publish(theirs)

    # -- the customer's page ------------------------------------------------------------------

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "split_off": self.env._("We handle a part of it under a number of its own"),
            "split_from": self.env._("We handle this part under a number of its own"),
        }

    # -- erasure -------------------------------------------------------------------------------
    # Erase the person from both halves and from the text before the split.

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for half, split in self._split_halves():
            if not half.legal_hold:
                half._forget_with(self, split, scrubber, reason)

    def _born_of_it(self):
        return [*super()._born_of_it(), *(row._part() for row in self._own_splits())]

    def _own_splits(self):
        splits = self.env["water.case.split"].sudo()
        return splits.search([(splits._case_field(self._name), "=", self.id)])

    def _split_halves(self):
        """Return ``[(other half, split record)]`` as superuser."""
        own = self.sudo().split_id
        pairs = [(own._case().sudo(), own)] if own else []
        return pairs + [(row._part(), row) for row in self._own_splits() if row._part()]

    def _forget_with(self, other, split, scrubber, reason):
        """Erase the other half's person from what both halves share.

        :param other: the half whose person is erased, before it is erased
        :param split: water.case.split
        """
        values = self._scrubbed(split, BEFORE, scrubber)
        if values:
            trusted(split).write(values)
        own = {str(word) for word in self._erasure_words() if word}
        foreign = [word for word in other._erasure_words() if word and str(word) not in own]
        words = Scrubber(foreign)
        if any(words.knows(self[name]) for name in SAID) or words.knows(
            self._later_customer_text()
        ):
            self._forget_words(words, reason)

    def _later_customer_text(self):
        return "\n".join(self._customer_words())

    def _forget_words(self, words, reason):
        """Remove another person's data from the texts of this case.

        :param words: scrubber of data that only that person has
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
