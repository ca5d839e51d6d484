from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.tables import table
from ...base.trust import trusted
from ..transitions import Refusal


class WaterCaseMixin(models.AbstractModel):
    """State moves in one place: a literal table says who may move what, and when.

    Heirs bring the selection field ``state`` and the table ``_transitions``.

    Whatever the door (button, kanban drag, RPC, import, portal), a change of ``state`` or
    ``stage_id`` goes through the table of the model.
    """

    _inherit = "water.case.mixin"

    #: {(from state, to state): Move}; literal in each case model
    _transitions = {}
    #: the state in which cases begin
    _initial_state = "registered"
    #: states that no case reaches while somebody waits or works: told, closed, filed
    _closing_states = frozenset({"closed"})

    stage_id = fields.Many2one(
        "water.stage",
        required=True,
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_stage_ids",
        domain=lambda self: [("model", "=", self._name)],
    )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """All columns of the case type, empty ones too."""
        return stages.search([("model", "=", self._name)])

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Count a board's columns without joining them to every case.

        A board shows all its columns, in their own order (``_read_group_stage_ids``), so that
        the order of the counts does not matter; the join takes as long as the counting.
        """
        if order == "stage_id" and self.env.context.get("read_group_expand"):
            order = ""
        return super()._read_group_orderby(order, groupby_terms, query)

    def _check_first_stage(self, stage_id):
        stage = self.env["water.stage"].sudo().browse(stage_id)
        if stage.model != self._name or stage.state != self._initial_state:
            raise UserError(self.env._("A new case cannot begin at “%(stage)s”.", stage=stage.name))

    def _target(self, vals):
        """The ``(state, stage)`` that ``vals`` asks for."""
        stages = self.env["water.stage"].sudo()
        if vals.get("stage_id"):
            stage = stages.browse(vals["stage_id"])
            if stage.model != self._name or vals.get("state", stage.state) != stage.state:
                raise UserError(self.env._("This column belongs to another kind of case."))
            return stage.state, stage
        stage = stages._of_state(self._name, vals.get("state") or "")
        if not stage:
            raise UserError(
                self.env._("“%(state)s” is no state of this case.", state=vals.get("state"))
            )
        return stage.state, stage

    def _stage_words(self):
        """What the customer reads of where the case stands, in the env's language; maybe ""."""
        # sudo: water.stage - public_name is written for the customer
        return self.sudo().stage_id.public_name or ""

    def _move_to(self, state, stage=None):
        """Move the cases to ``state``: check the table, write, tell the heirs.

        :param state: target value of the state field
        :param stage: column to use, by default the first of the state
        :raises UserError: what is missing, in the user's language; nothing is moved then
        """
        stage = stage or self.env["water.stage"]._of_state(self._name, state)
        self.check_access("write")
        movers = self.filtered(lambda case: case.state != state)
        movers._check_transition(state)
        origins = {case.id: case.state for case in movers}
        rest = self - movers
        if rest:
            trusted(rest).write({"stage_id": stage.id})
        if movers:
            values = movers._transition_values(state)
            trusted(movers).write({"state": state, "stage_id": stage.id, **values})
            movers._after_transition(origins, state)

    def _check_transition(self, state):
        for case in self:
            refusals = case._refusals(state)
            if refusals:
                label = self._state_label(state)
                head = self.env._(
                    "%(case)s cannot be moved to “%(state)s” yet:", case=case.name, state=label
                )
                raise Refusal(head, case, refusals)

    def _refusals(self, state):
        """Why this case may not move to ``state`` now; empty when it may."""
        self.ensure_one()
        move = table(self, "_transitions").get((self.state, state))
        if move is None or not (move.groups or self.env.su):
            return [
                self.env._(
                    "there is no step from “%(origin)s” to “%(target)s”",
                    origin=self._state_label(self.state),
                    target=self._state_label(state),
                )
            ]
        if not self._may_take(move):
            return [
                self.env._("this step is for: %(groups)s", groups=self._group_names(move.groups))
            ]
        missing = [message for need in move.needs for message in getattr(self, need)()]
        return missing + (self._who_waits() if state in self._closing_states else [])

    def _who_waits(self):
        """Who is still to come, at work or waiting for an answer: nothing ends meanwhile.

        The one statement of it, asked by all doors for all states in ``_closing_states``; rooms
        add theirs with ``super()``.

        :return: messages, each of which leads to what is open
        """
        return []

    def _may_take(self, move):
        return self.env.su or any(self.env.user.has_group(group) for group in move.groups)

    def _can_move_to(self, state):
        """Whether the table has this step for the present user (requirements left aside)."""
        self.ensure_one()
        move = table(self, "_transitions").get((self.state, state))
        return bool(move) and self._may_take(move)

    def _group_names(self, groups):
        return ", ".join(self.env.ref(group).sudo().name for group in groups)

    @api.model
    def _state_label(self, state):
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    def _transition_values(self, state):
        """Values written together with the new state; heirs add their stamps."""
        return {}

    def _after_transition(self, origins, state):
        """What follows a move; heirs add to it.

        :param origins: {case id: state before the move}
        :param state: the state just reached
        """
        self._log_events(
            "moved", {case.id: {"from": origins[case.id], "to": state} for case in self}
        )

    @api.model
    def _prepare_first_stage(self, vals_list):
        """Cases begin in the initial state, whatever the caller sends."""
        stage = self.env["water.stage"]._of_state(self._name, self._initial_state)
        for vals in vals_list:
            if vals.get("state", self._initial_state) != self._initial_state:
                raise UserError(self.env._("A new case begins at “%(stage)s”.", stage=stage.name))
            if "stage_id" in vals and vals["stage_id"] != stage.id:
                self._check_first_stage(vals["stage_id"])
            vals.update({"state": self._initial_state, "stage_id": vals.get("stage_id", stage.id)})

    def _write_move(self, vals):
        """Write the facts that come along, which count for the requirements, and move."""
        facts = {key: value for key, value in vals.items() if key not in ("state", "stage_id")}
        if facts:
            self.write(facts)
        self._move_to(*self._target(vals))
        return True
