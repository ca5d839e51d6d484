from odoo import api, models

from .water_webhook_delivery import EVENTS


class WaterApi(models.AbstractModel):
    """What an app shows besides cases: words for codes, answers and guides."""

    _inherit = "water.api"

    @api.model
    def states(self, kind=None):
        """All states of cases, and all events of webhooks, each with its words.

        :param kind: of case, all by default
        :return: ``states`` (``kind``, ``state``, ``name``, ``is_final``) and ``events``
            (``event``, ``name``)
        """
        self._enter("states")
        kinds = self._kinds()
        if kind is not None:
            kinds = {kind: kinds[self._read_kind({"kind": kind}, None)]}
        labels = dict(
            self.env["water.webhook.delivery"]._fields["event"]._description_selection(self.env)
        )
        return {
            "states": [row for name in kinds for row in self._states_of(name, kinds[name])],
            "events": [{"event": code, "name": labels[code]} for code, _label in EVENTS],
        }

    @api.model
    def _states_of(self, kind, model):
        cases = self.env[model].sudo()
        return [
            {
                "kind": kind,
                "state": state,
                "name": title,
                "is_final": state in cases._final_states,
            }
            for state, title in cases._portal_titles().items()
        ]

    @api.model
    def articles(self, query=None):
        """Published answers, the best for ``query`` first; all of them without one.

        :return: list of ``id``, ``title`` and ``text``
        """
        self._enter("articles")
        found = self.env["water.article"]._public_search(self._query(query), self.env.company)
        cards = [row._public_card() for row in found]
        return [{"id": card["id"], "title": card["name"], "text": card["text"]} for card in cards]

    @api.model
    def guides(self, query=None):
        """Guides in force (办事指南), the best for ``query`` first.

        :return: list of ``id``, ``title``, ``eligibility``, ``promised_days``,
            ``statutory_days``, ``materials`` (``name``, ``kind``, ``copies``, ``mandatory``),
            ``steps`` and ``fees`` (``name``, ``amount``)
        """
        self._enter("guides")
        found = self.env["water.guide"]._public_search(self._query(query), self.env.company)
        return [self._guide(row._public_card()) for row in found]

    @api.model
    def _guide(self, card):
        names = ("name", "kind", "copies", "mandatory")
        return {
            "id": card["id"],
            "title": card["name"],
            "eligibility": card["eligibility"],
            "promised_days": card["promised"],
            "statutory_days": card["statutory"],
            "materials": [dict(zip(names, row, strict=False)) for row in card["materials"]],
            "steps": [row[0] for row in card["steps"]],
            "fees": [{"name": row[0], "amount": row[1]} for row in card["fees"]],
        }

    @api.model
    def _query(self, query):
        return self._read_search(query, "query")
