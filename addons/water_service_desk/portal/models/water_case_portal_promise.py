from odoo import fields, models

from ...base.moments import is_late

#: Clocks a customer is told of.
PUBLIC_CLOCKS = ("contact", "on_site", "news", "close", "promise", "callback")


class WaterCaseMixin(models.AbstractModel):
    """Show customers the promises about a case: rows of plain values."""

    _inherit = "water.case.mixin"

    def _told_clocks(self):
        """The clocks of which the customer is told."""
        return self.deadline_ids.filtered(
            lambda clock: (
                clock.kind in PUBLIC_CLOCKS
                and clock.state != "void"
                and not clock._is_appointment()
            )
        )

    def _public_clocks(self):
        """{kind: clock}, the newest of each; of promises the first that is still to be kept.

        None of a case whose customer is told the promise that it shares with others.
        """
        if not self._has_own_promise():
            return {}
        clocks = self._told_clocks()
        if not self._crew_is_awaited():
            clocks = clocks.filtered(lambda clock: clock.kind != "on_site")
        newest = {clock.kind: clock for clock in clocks.sorted("id")}
        promises = clocks.filtered(lambda clock: clock.kind == "promise" and not clock.met_at)
        return newest | {clock.kind: clock for clock in promises.sorted("due_at")[:1]}

    def _portal_promises(self):
        """What was promised: that which the case shares with others, then its own limits.

        A limit has one row per clock, what comes first at first.
        """
        shared = [
            {"kind": "shared", "title": title, "until": text, "text": text, "why": "", "state": ""}
            for title, text in self._shared_promises()
        ]
        titles, newest = self._portal_clock_titles(), self._public_clocks()
        if not (self.sudo().phone or self.sudo().email_from):
            newest.pop("contact", None)  # whoever has left no way is not promised a call
        kinds = [kind for kind in PUBLIC_CLOCKS if kind in newest]
        kinds.sort(key=lambda kind: newest[kind].due_at)
        return shared + [self._portal_promise(newest[kind], titles[kind]) for kind in kinds]

    def _portal_promise(self, clock, title):
        words = {"what": title, "due": self._portal_time(clock.due_at)}
        state = self._portal_clock_state(clock)
        texts = {
            "paused": self.env._("%(what)s: the time is paused for the moment"),
            "overdue": self.env._(
                "%(what)s: promised by %(due)s. We are late and apologise for it; we are on it."
            ),
            "missed": self.env._(
                "%(what)s: promised by %(due)s. We did not keep it, and apologise for it."
            ),
        }
        text = texts.get(state, self.env._("%(what)s by %(due)s")) % words
        if clock.kind == "on_site" and state == "running":
            # in the words of mail, text message and telephone
            text = self.env._("Our staff will be with you by %s.", words["due"])
        return {
            "kind": clock.kind,
            "title": title,
            "until": self.env._("by %s", words["due"]),
            "text": text,
            "why": clock._explain(),
            "state": state,
            **self._portal_countdown(clock, state),
        }

    def _portal_countdown(self, clock, state):
        """What the page counts down by; nothing for what is done or paused."""
        if state not in ("running", "overdue"):
            return {}
        moments = {"due_at": clock.due_at, "now": fields.Datetime.now()}
        iso = {name: f"{moment.isoformat()}Z" for name, moment in moments.items()}
        return {**iso, "left": clock.time_left}

    def _portal_clock_state(self, clock):
        if clock.met_at:
            return "late" if clock._is_missed(clock.met_at) else "kept"
        overdue = clock.state != "paused" and is_late(clock.due_at, fields.Datetime.now())
        if overdue and not clock.is_pending:  # the matter is over: nobody is on it any more
            return "missed"
        return "overdue" if overdue else clock.state
