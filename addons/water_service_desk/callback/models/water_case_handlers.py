from odoo import models

from ...base.trust import trusted


class WaterCaseMixin(models.AbstractModel):
    """Who had a case in hand: he asks nobody how it was, and does not get it again (重办)."""

    _inherit = "water.case.mixin"

    def _workers(self):
        """Everybody who had the case in hand; none of them makes the follow-up call."""
        case = self.sudo()
        return (
            case.first_responsible_id
            | case.original_responsible_id
            | case.user_id
            | case.deputy_ids
            | case.dispatch_ids.accepted_by_id
        )

    def _field_workers(self):
        """Whoever did the work for a department; rooms know who went to the customer."""
        return self.sudo().dispatch_ids.accepted_by_id

    def _former_handlers(self):
        """Whoever did what the customer is not satisfied with.

        What no department did in this round the desk has done: who has it, and who stood in.
        """
        case, people = self.sudo(), self._field_workers()
        if self._is_done_outside():
            return people
        return people | (case.user_id or case.first_responsible_id) | case.deputy_ids

    def _is_done_outside(self):
        """Whether people of a department did the work of this round."""
        return bool(self._served_dispatches().accepted_by_id)

    def _barred_handlers(self):
        """People who had it in a round that did not settle it: they do not get it again.

        The chain names them, whatever it was that had the case handled again.
        """
        case = self.sudo()
        rows = case.event_ids.filtered(lambda row: row.kind == "assigned")
        ids = {user for row in rows for user in (row.payload or {}).get("not", ())}
        return case.callback_ids.former_handler_ids | case.env["res.users"].browse(ids)

    def _carry_on(self, before):
        """Go on here with a matter that was handled before: its round, and who stays out.

        :param before: the case in which it was handled
        """
        barred, case = before._barred_handlers(), self.sudo()
        self._carry_query_code(before)
        if before.handling_round > case.handling_round:
            trusted(case).write({"handling_round": before.handling_round})
        if barred:
            trusted(case).write({"user_id": (case.user_id - barred).id})
            self._log_events("assigned", {"to": False, "not": barred.ids})

    def _carry_query_code(self, before):
        """Whoever follows a matter by its code follows what goes on of it by the same one.

        :param before: the case whose code he has
        """
        case, known = self.sudo(), before.sudo()
        if known.query_code_at and case._has_contact_of(known):
            code = {name: known[name] for name in ("query_code_hash", "query_code_at")}
            trusted(case).write(code)

    def _has_contact_of(self, before):
        """Whether whoever had ``before`` has this one as well, by name and by telephone."""
        case, known = self.sudo(), before.sudo()
        names = ("partner_id", "contact_name", "phone_normalized", "is_anonymous")
        return all(case[name] == known[name] for name in names)

    def _served_dispatches(self, role="lead"):
        """Dispatches of this round by which departments have led the work, or supported it."""
        return self.sudo().dispatch_ids.filtered(
            lambda row: (
                row.role == role
                and row.state in ("accepted", "finished")
                and row.handling_round == self.handling_round
            )
        )
