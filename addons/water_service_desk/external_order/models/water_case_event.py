from odoo import fields, models

from .water_case_external_order import VERDICT

KINDS = [
    ("external_signed", "Order signed"),
    ("external_returned", "Order returned to its body"),
    ("external_answered", "Order answered to its body"),
    ("external_extended", "Limit extended by the body"),
    ("external_judged", "Verdict of the body"),
    ("external_rehandled", "Order to be handled again"),
    ("external_resent", "Order sent again after its return"),
]


class WaterCaseEvent(models.Model):
    """Events of orders of other bodies."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=KINDS, ondelete={kind: "cascade" for kind, _label in KINDS}
    )

    def _room_labels(self, payload):
        labels = super()._room_labels(payload)
        if self.kind == "external_returned":
            labels += [payload.get("right_body"), payload.get("basis")]
        if self.kind == "external_judged":
            labels += self._verdict_labels(payload)
        return labels

    def _verdict_labels(self, payload):
        """Return the body's verdict in words: “Responded: Yes”."""
        fields_ = [self._case()._fields[name] for name in VERDICT]
        found = [(field, payload.get(field.name.removeprefix("external_"))) for field in fields_]
        return [
            self.env._(
                "%(what)s: %(answer)s",
                what=field._description_string(self.env),
                answer=dict(field._description_selection(self.env))[answer],
            )
            for field, answer in found
            if answer
        ]

    def _history_line(self, case):
        """Return one line of the exchange with the body."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(at)s %(kind)s: %(details)s",
            at=case._local_time(self.at),
            kind=kinds[self.kind],
            details=self.details or "",
        )
