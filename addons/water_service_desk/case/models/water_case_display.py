from collections import Counter
from itertools import chain

from odoo import api, fields, models

from ...base import windows
from ...base.tables import table


class WaterCaseMixin(models.AbstractModel):
    """What the screens of a case show and the rules do not need: counters and notes."""

    _inherit = "water.case.mixin"

    #: counter of the form's buttons → what it counts; the tables of all rooms add up
    _counters = {"deadline_count": "water.deadline", "dispatch_count": "water.dispatch"}
    #: lists whose counters are worked out anew when the list changes; of all rooms
    _counted_lists = ()

    is_final = fields.Boolean(compute="_compute_is_final", export_string_translation=False)
    can_edit = fields.Boolean(compute="_compute_can_edit", export_string_translation=False)
    verbatim_kept = fields.Boolean(
        compute="_compute_verbatim_kept", export_string_translation=False
    )
    return_note = fields.Char(string="Latest Return", compute="_compute_return_note")
    deadline_count = fields.Integer(string="Number of Limits", compute="_compute_counts")
    dispatch_count = fields.Integer(string="Number of Dispatches", compute="_compute_counts")

    @api.depends("state")
    def _compute_is_final(self):
        for case in self:
            case.is_final = case.state in case._final_states

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        """Whether the user may change the facts: the desk may, until the case is finished."""
        is_desk = self._is_desk()
        for case in self:
            case.can_edit = is_desk and case.state not in case._final_states

    def _compute_verbatim_kept(self):
        """Whether the customer's words are on record; no dependency, so typing is free."""
        for case in self:
            case.verbatim_kept = bool(case._origin.verbatim)

    @api.depends("dispatch_ids.state")
    def _compute_return_note(self):
        for case in self:
            # sudo: water.dispatch - whoever has the case is told why it came back
            rows = case.sudo().dispatch_ids
            latest = rows.filtered(lambda row: row.state == "rejected").sorted("rejected_at")[-1:]
            # sent to somebody else since: it is known where it belongs
            later = rows.filtered(
                lambda row, last=latest: (
                    row.role == last.role
                    and row.state in ("sent", "accepted", "finished")
                    and row.id > last.id
                )
            )
            case.return_note = "" if later else latest._return_note()

    @api.depends(lambda self: table(self, "_counted_lists"))
    @api.depends_context("uid")
    def _compute_counts(self):
        counted = {
            counter: links
            for counter, links in self._counted_links().items()
            if not self._is_known(counter)
        }
        used = self._origin._pointed_at_by(chain.from_iterable(counted.values()))
        for counter, links in counted.items():
            counts = Counter()
            for link in used & set(links):
                counts.update(self._count_by(link.model_name, link.name))
            for case in self:
                case[counter] = counts[case._origin.id]

    @api.model
    def _counted_links(self):
        """Counter → the fields by which what it counts points at cases of this kind."""
        counters = table(self, "_counters")
        return {counter: [self._child_link(model)] for counter, model in counters.items()}

    def _is_known(self, name):
        """Whether the field has been worked out for all of these, by what a form has read."""
        known = self._fields[name]._get_cache(self.env)
        return all(number in known for number in self._ids)

    @api.model
    def _child_link(self, model):
        """The field by which rows of ``model`` point at cases of this kind."""
        children = self.env[model]
        return children._fields[children._case_field(self._name)]

    def _count_by(self, model, link):
        """Case id → number of rows of ``model`` the user may see, none where he sees none."""
        if not self.env[model].has_access("read"):
            return {}
        rows = self.env[model]._read_group([(link, "in", self._origin.ids)], [link], ["__count"])
        return {case.id: count for case, count in rows}

    def action_more_steps(self):
        """Open the steps that are too rare for the page, as far as they apply."""
        self.ensure_one()
        # sudo: ir.ui.view - which form shows them
        views = self.env["ir.ui.view"].sudo()
        found = views.search([("name", "=", f"{self._name}.form.steps")], limit=1)
        title = self.env._("More Steps")
        return windows.dialog(self._name, title, record_id=self.id, view_id=found.id)
