from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.trust import trusted
from ...base.words import said
from ...case.births import FOREIGN, PART
from ...privacy.scrub import Scrubber
from ..words import joined, sentences

#: Where a sentence, a file or a clock belongs to.
HERE, THERE, BOTH = "here", "there", "both"
#: What is done first of all.
DONE_FIRST = ("accept", "contact", "on_site")
#: Dates that somebody else knows; nobody could do the rest before the new case was there.
KNOWN_DATES = ("close", "guarantee", "external", "promise")
#: What of a clock goes on in the new case.
CLOCK_FACTS = ("label", "promise_kind", "amount", "unit", "started_at", "warn_at", "due_at")
CLOCK_FACTS += ("planned_due_at", "provisional")


class _Part:
    """Says, while a case is made, of which split it is a part; no client can send one."""

    def __init__(self, split):
        self.split = split


#: What was kept of the words before they were shared out.
BEFORE = ("verbatim_before", "description_before")
#: What the customer said, as each half has it.
SAID = ("subject", "description", "verbatim")


class WaterCaseMixin(models.AbstractModel):
    """Two matters in one case become two cases, each with its words, files and clocks.

    The new one keeps the time of receipt, for the words came in then, and the date of the result
    that the customer knows; but what is to be done first begins when it is split off, for nobody
    could do it before, and the result is due no earlier than that. Who splits says what belongs
    where; nothing is decided for him.
    """

    _inherit = "water.case.mixin"

    _counters = {"split_count": "water.case.split"}

    split_id = fields.Many2one(
        "water.case.split", string="Split off by", readonly=True, copy=False, index="btree_not_null"
    )
    split_from = fields.Char(string="Split off from", compute="_compute_split_from")
    split_count = fields.Integer(string="Number of Splits", compute="_compute_counts")

    can_undo_split = fields.Boolean(
        compute="_compute_can_undo_split", export_string_translation=False
    )

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
        """Open what was split off from the case."""
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
        """The desk splits what is still open.

        :raises UserError: for anybody else, and for what is finished
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk splits a case."))

    def _split(self, values, shares, reason):
        """Make a case of its own of a part of this one.

        :param values: subject, description and category of the new case; ``description_here``
            what this one is about from now on; another customer where it is another's matter
        :param shares: ``{"words": [(sentence, where)], "messages": [(text, where)],
            "files": {attachment id: where}, "clocks": {clock id: where}}``, where is ``here``,
            ``there`` or ``both``
        :param reason: why these are two matters, required
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
        moved = self._share_files(part, shares["files"])
        clocks = self._share_clocks(part, shares["clocks"], reason)
        counts = {"files": len(shares["files"]), "reason": reason}
        last = part._log_events("split_from", {"number": self.name, **counts})
        last |= self._log_events("split_off", {"number": part.name, **counts})
        facts = {"files": moved, "clocks": clocks, "last": max(last.ids)}
        trusted(split).write({"facts": facts, "part_number": part.name})
        return part

    def _check_sharing_out(self, shares, reason):
        if not said(reason):
            raise UserError(self.env._("Say why these are two matters."))
        places = {where for __, where in shares["words"]}
        if shares["words"] and not (places & {HERE, BOTH} and places & {THERE, BOTH}):
            raise UserError(self.env._("Each of the two cases needs words of the customer's."))
        if not self._has_parts(shares):
            raise UserError(self.env._("The case has changed meanwhile: open the dialog again."))

    def _has_parts(self, shares):
        """Whether it is parts of this very case that are shared out: the rows of the dialog come
        from the browser, and what was spoken is shared out whole and as it was spoken.
        """
        words = [text for text, __ in shares["words"]]
        return (
            words in ([], sentences(self.verbatim))
            and {text for text, __ in shares["messages"]} <= set(self._customer_words())
            and set(shares["files"]) <= set(self._own_files().ids)
            and set(shares["clocks"]) <= set(self._shareable_clocks().ids)
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
        """Who answers for a part: whoever answers for the whole; rooms know who must not.

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
        made = self.with_context(water_part=_Part(split.sudo()))
        part = made.create({**facts, **people, "verbatim": words, **values}).with_env(self.env)
        trusted(part).split_id = split.sudo().id
        part._take_along(self, way)
        part._carry_on(self)
        return part

    def _customer_words(self):
        """What the customer has added since he filed: texts, oldest first."""
        events = self.sudo().event_ids.filtered(lambda row: row.kind == "customer_message")
        texts = (event.payload.get("text") for event in events.sorted("id"))
        return [text for text in texts if text]

    # -- files --------------------------------------------------------------------------------

    def _own_files(self):
        """The files of the case itself, with superuser rights."""
        here = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        # sudo: ir.attachment - files of a case that the user may write
        return self.env["ir.attachment"].sudo().search(here, order="id")

    def _share_files(self, part, places):
        """Move or copy files; what the customer saw here he sees there, nobody else does.

        :param places: {attachment id: where}
        :return: ids of the files that were moved, and whether they were shown
        """
        moved = {}
        for file in self._own_files().filtered(lambda row: places.get(row.id) in (THERE, BOTH)):
            shown = file in self.sudo().published_attachment_ids
            owner = {"res_model": part._name, "res_id": part.id}
            if places[file.id] == BOTH:
                theirs = file.copy(owner)
            else:
                if shown:
                    trusted(self.sudo()).published_attachment_ids -= file
                trusted(file).write(owner)
                theirs, moved[str(file.id)] = file, shown
            if shown and part._has_contact_of(self):
                part.sudo()._publish(theirs)
        return moved

    # -- clocks -------------------------------------------------------------------------------

    @api.model
    def _stands_for_all(self, clock):
        """Whether the new case has a clock of this kind of its own, by its standard."""
        return clock.kind not in ("promise", "external")

    def _shareable_clocks(self):
        """Return running promises and limits that were kept, without those of merged cases."""
        clocks = self.sudo().deadline_ids.filtered(
            lambda row: (
                row.state in ("running", "met")
                and not row._is_appointment()
                and row._promised_case() == self
            )
        )
        return clocks.filtered(
            lambda row: (
                row.kind == "promise"
                if row.state == "running"
                else self._stands_for_all(row) and row.handling_round == self.handling_round
            )
        )

    def _share_clocks(self, part, places, reason):
        """What was kept for both is kept there as well; a promise goes where it belongs.

        :param places: {clock id: where}
        :return: ids of the clocks that ended here
        """
        ended = self.env["water.deadline"]
        for clock in self._shareable_clocks():
            where = places.get(clock.id, HERE)
            if where == HERE:
                continue
            if clock.state == "met":
                kept = part.sudo()._open_clocks().filtered(lambda row, k=clock.kind: row.kind == k)
                kept._meet(clock.met_at)
                continue
            theirs = self._promise_there(part, clock)
            if where == THERE:
                ended |= clock
                self._call_there(part, clock, theirs)
        ended._drop(reason)
        return ended.ids

    def _start_first_clocks(self):
        """Before anybody is sent, who would have missed what could not be done before."""
        super()._start_first_clocks()
        part = self.env.context.get("water_part")
        if isinstance(part, _Part):
            for case in self.sudo():
                case._begin_at_split(part.split._case())

    def _begin_at_split(self, origin):
        """Clocks of what is done first begin now; the result is due when its customer was told.

        By its own standard, where that is earlier and still to be kept; not before what is done
        first, where both dates are near or over.
        """
        now, office = fields.Datetime.now(), self.company_id._water_calendar()
        received = (row for row in self._standard_lines(office) if row.start_on == "received")
        lines = {row.kind: row for row in received}
        ours = lines.keys() - set(KNOWN_DATES)
        first = self._open_clocks().filtered(lambda row: row.kind in ours)
        for clock in trusted(first):
            clock.write(self._clock_values(lines[clock.kind], now, office))
        earliest = max([now, *(row.due_at for row in first if row.kind in DONE_FIRST)])
        known = origin.promised_at if self._same_customer(origin) else False
        for clock in trusted(self._open_clocks().filtered(lambda row: row.kind == "close")):
            own = min(filter(None, (clock.due_at, known)))
            later = known and known > earliest  # he was told of more time
            due = known if own < earliest and later else max(own, earliest)
            if due != clock.due_at:  # a date of people, by no rule
                clock.write({"amount": 0, "unit": False})
                reason = self.env._("Split off from %s", origin.name)
                clock._replan({clock: (due, clock.provisional)}, reason, is_final=True)

    def _promise_there(self, part, clock):
        link = self.env["water.deadline"]._case_field(part._name)
        facts = {name: clock[name] for name in CLOCK_FACTS}
        return self.env["water.deadline"]._start(
            [
                {
                    **facts,
                    link: part.id,
                    "kind": clock.kind,
                    "calendar_id": clock.calendar_id.id,
                    "next_check_at": fields.Datetime.now(),
                }
            ]
        )

    def _call_there(self, part, clock, theirs):
        """The call that the customer has asked for goes where its promise goes.

        :param clock: its limit here
        :param theirs: its limit in the new case
        """
        calls = self.sudo()._open_calls("requested").filtered(lambda row: row.deadline_id == clock)
        link = calls._case_field(self._name)
        trusted(calls).write({link: part.id, "deadline_id": theirs.id})

    # -- the customer's page ------------------------------------------------------------------

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "split_off": self.env._("We handle a part of it under a number of its own"),
            "split_from": self.env._("We handle this part under a number of its own"),
        }

    # -- undoing -------------------------------------------------------------------------------
    # A split undone, as long as nothing has been built on it: one matter after all.
    #
    # What was one is one again, words, files and clocks; the new number stays and leads to it.

    def _compute_can_undo_split(self):
        for case in self:
            # sudo: water.case.split - whether there is one that was not undone
            split = case.sudo().split_id
            is_open = case.state not in case._final_states
            case.can_undo_split = bool(split and not split.undone_at and is_open)

    def action_undo_split(self):
        """Open the dialog that makes the two cases one again."""
        self.ensure_one()
        return self._dialog("water.unsplit.wizard", self.env._("Undo the Split"))

    def _undo_split(self, reason):
        """Give everything back to the case from which this one was split off.

        :param reason: why it is one matter after all, required
        :raises UserError: without a reason, by anybody but the desk, and when either of the two
            has moved on
        """
        self.ensure_one()
        self._check_splitting()
        # sudo: water.case.split - its case is asked for its own rights
        split = self.sudo().split_id
        if not split:
            raise UserError(self.env._("%s was not split off from another case.", self.name))
        origin = split._case().with_env(self.env)
        origin._check_splitting()
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        split._check_undoable()
        origin._check_unsplitting()
        self._give_back(origin, split, reason)
        split.with_env(self.env)._keep_undone()
        for case, other in ((self, origin), (origin, self)):
            case._log_events("split_undone", {"number": other.name, "reason": reason})
        back = {"duplicate_of_id": origin.id, "end_reason": reason}
        trusted(self.sudo()).write({**back, "is_follow_up": True})  # one matter, which came in once
        # sudo: case - a step that the system takes alone, checked above
        self.sudo()._move_to("merged")

    def _check_unsplitting(self):
        """Hook: refuse to take a part back into this case."""

    def _give_back(self, origin, split, reason):
        """Words, files and clocks are where they were.

        :param origin: the case from which this one was split off
        :param split: water.case.split, with superuser rights
        """
        facts = split.facts
        trusted(origin).write(
            {"verbatim": split.verbatim_before, "description": split.description_before}
        )
        moved = self._own_files().filtered(lambda row: str(row.id) in facts["files"])
        trusted(self.sudo()).published_attachment_ids -= moved
        trusted(moved).write({"res_model": origin._name, "res_id": origin.id})
        shown = moved.filtered(lambda row: facts["files"][str(row.id)])
        origin.sudo()._publish(shown)
        clocks = origin.sudo().deadline_ids.filtered(lambda row: row.id in facts["clocks"])
        now = fields.Datetime.now()
        running = {"state": "running", "is_dropped": False, "next_check_at": now}
        trusted(clocks).write(running)
        clocks._wake_sweep()
        self._give_calls_back(origin, clocks)

    def _give_calls_back(self, origin, clocks):
        """Calls that went along are made from there again.

        :param clocks: the limits that run there again
        """
        for call in trusted(self.sudo()._open_calls("requested")):
            own = clocks.filtered(lambda row, c=call: row.due_at == c.due_at)[:1]
            if own:
                call.write({call._case_field(self._name): origin.id, "deadline_id": own.id})

    # -- erasure -------------------------------------------------------------------------------
    # A person whose case was split is forgotten in both halves, and in what they were before.

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
