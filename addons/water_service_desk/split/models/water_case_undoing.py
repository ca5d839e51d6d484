from odoo import fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted
from ...base.words import said


class WaterCaseMixin(models.AbstractModel):
    """A split undone, as long as nothing has been built on it: one matter after all.

    What was one is one again, words, files and clocks; the new number stays and leads to it.
    """

    _inherit = "water.case.mixin"

    can_undo_split = fields.Boolean(
        compute="_compute_can_undo_split", export_string_translation=False
    )

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
