from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...base.moments import CLOCK_SKEW
from ...base.tables import table
from ...base.trust import trusted
from ..births import AGAIN, CONVERTED, FOREIGN, PART, SAME, WAYS

#: What is set by its own people alone, and therefore after the birth.
SET_LATER = frozenset({"legal_hold"})


class WaterCaseMixin(models.AbstractModel):
    """What of a case goes along into one that is born of it, in one table for all ways.

    What a copy takes (``copy``) goes on with the same matter without being named here. Whatever
    is of the one case alone (its number, its people, its clocks, what was found and done) is
    named nowhere.
    """

    _inherit = "water.case.mixin"

    #: {field: ways, of ``case/births.py``}; the tables of all rooms add up
    _goes_along = {
        "subject": (CONVERTED,),
        "description": (CONVERTED,),
        "verbatim": (AGAIN, CONVERTED),
        "household_count": (CONVERTED,),
        **dict.fromkeys(("address", "zone_id", "account_id"), (PART, CONVERTED)),
        "position": SAME,
        "occurred_at": (PART, FOREIGN),
        "severity": (PART, FOREIGN),
        **dict.fromkeys(("received_at", "channel_id", "company_id"), (PART, FOREIGN, CONVERTED)),
        **dict.fromkeys(("recording_ref", "legal_hold"), WAYS),
    }

    _reactions = {"legal_hold": ("_on_hold",)}

    def _values_along(self, way, born):
        """Values with which a case is born of this one, for ``create``.

        :param way: one of ``case/births.py``
        :param born: an empty recordset of the kind of the new case
        """
        # sudo: case - what the same house keeps of the matter goes along, whoever may read it
        case = self.sudo()
        given = [name for name in self._names_along(way, born) if not born._is_set_later(name)]
        return {name: self._fields[name].convert_to_write(case[name], case) for name in given}

    def _take_along(self, before, way):
        """Keep of ``before`` what the system alone writes, once this case has been born of it.

        :param before: the case of which it is born
        :param way: one of ``case/births.py``
        """
        case, known = self.sudo(), before.sudo()
        names = [name for name in before._names_along(way, self) if self._is_set_later(name)]
        values = {name: known._fields[name].convert_to_write(known[name], known) for name in names}
        trusted(case).write({name: values[name] for name in values if values[name]})

    def _names_along(self, way, born):
        """The fields that go along, as far as both kinds of cases have them."""
        rows = table(self, "_goes_along").items()
        both = self._fields.keys() & born._fields.keys()
        return [name for name, ways in rows if way in ways and name in both]

    def _check_has_been(self, moment):
        """Refuse a moment to come, unless it came along from another case.

        When that came in, the system has written: by the clock of another machine, maybe, which is
        ahead of ours.
        """
        if moment <= fields.Datetime.now() + CLOCK_SKEW:
            return
        for model in self.env["water.case.link.mixin"]._case_models().values():
            theirs = Domain("received_at", "=", moment)
            if model == self._name:
                theirs &= Domain("id", "not in", self.ids)
            # sudo: case - whether one came in then, whoever may read it
            if self.env[model].sudo().search_count(theirs, limit=1):
                return
        raise ValidationError(self.env._("What has happened cannot lie in the future."))

    def _is_set_later(self, name):
        given = table(self, "_given_at_birth")
        return name in SET_LATER or (self._fields[name].readonly and name not in given)

    # -- held afterwards ------------------------------------------------------------------------

    def _born_of_it(self):
        """Hook: the cases that were born of this one, with superuser rights: a list of recordsets.

        Called with ``sudo``; rooms that have cases born add theirs.
        """
        return []

    def _on_hold(self, before, vals):
        """What was born of a case before somebody holds that is as much evidence."""
        for case in self.sudo().filtered("legal_hold"):
            if not before[case.id]["legal_hold"]:
                for born in case._born_of_it():
                    for one in born.filtered(lambda row: not row.legal_hold):
                        one._hold_with(case)

    def _hold_with(self, before):
        """Hold this case because the one of which it was born is held; each is lifted by itself.

        :param before: the case that somebody holds
        """
        trusted(self).legal_hold = True
