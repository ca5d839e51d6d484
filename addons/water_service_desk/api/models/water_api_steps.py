from odoo import api, models
from odoo.exceptions import MissingError

from ...intake.filing import FilingError, WrongStateError, parse_id
from .water_case_mixin import iso

#: What an integration calls it → what the customer's gateway calls it.
VISIT_STEPS = {"confirm": "visit_confirm", "move": "visit_move", "cancel": "visit_cancel"}


class WaterApi(models.AbstractModel):
    """What the customer does with a case in an app: appointments, materials, files."""

    _inherit = "water.api"

    # -- appointments ------------------------------------------------------------------------

    @api.model
    def appointments(self, external_id=None, channel=None):
        """The visits of a case, and the windows to which each may be moved.

        :return: list of ``id``, ``begin``, ``end``, ``purpose``, ``state``, ``status``,
            ``can_confirm``, ``can_change`` and ``windows`` (``begin``, ``end``)
        """
        case = self._find(self._enter("appointments"), external_id, channel)
        return self._appointments(case)

    @api.model
    def appointment(
        self, external_id=None, appointment=None, step=None, values=None, step_id=None, channel=None
    ):
        """Confirm, move or cancel a visit.

        :param appointment: ``id`` of :meth:`appointments`
        :param step: ``confirm``, ``move`` or ``cancel``
        :param values: ``window`` (its ``begin``) to move it, ``reason`` to move or cancel it
        :param step_id: the step's own number; the same twice does it once
        """
        channels = self._enter("appointment")
        case = self._find(channels, external_id, channel)
        name = VISIT_STEPS.get(step) if isinstance(step, str) else None
        if not name:
            text = self.env._("Choose one of: %s.", ", ".join(VISIT_STEPS))
            raise FilingError({"step": text})
        known = case._portal_visits()
        typed = {**self._texts(values), "visit_id": self._listed(known, "appointment", appointment)}
        typed["window"] = typed.get("window", "").removesuffix("Z")
        self._step(case, name, typed, None, step_id, (channels, channel))
        return self._appointments(case)

    @api.model
    def _appointments(self, case):
        rows = {row["id"]: row for row in case._portal_visits()}
        return [
            {
                **{name: rows[visit.id][name] for name in ("id", "purpose", "can_confirm")},
                "can_change": rows[visit.id]["can_change"],
                "begin": iso(visit.slot_from),
                "end": iso(visit.slot_to),
                "state": visit.state,
                "status": rows[visit.id]["state"],
                "windows": self._windows(visit, rows[visit.id]["can_change"]),
            }
            for visit in case.visit_ids.sorted("slot_from")
        ]

    @api.model
    def _windows(self, visit, may_move):
        windows = visit._windows() if may_move else ()
        return [{"begin": iso(begin), "end": iso(end)} for begin, end in windows]

    # -- materials ---------------------------------------------------------------------------

    @api.model
    def materials(self, external_id=None, channel=None):
        """The checklist of an application, as its customer reads it.

        :return: list of ``id``, ``name``, ``kind``, ``copies``, ``mandatory``, ``state``,
            ``status``, ``reason`` (why it was refused) and ``can`` (whether it is still taken)
        """
        case = self._find(self._enter("materials"), external_id, channel)
        return self._materials(case)

    @api.model
    def material(self, external_id=None, material=None, files=None, step_id=None, channel=None):
        """Hand in one of the materials.

        :param material: ``id`` of :meth:`materials`
        :param step_id: the step's own number; the same twice hands it in once
        """
        channels = self._enter("material")
        case = self._find(channels, external_id, channel)
        known = case._portal_page().get("materials")
        values = {"material_id": self._listed(known, "material", material)}
        self._step(case, "material", values, files, step_id, (channels, channel))
        return self._materials(case)

    @api.model
    def _materials(self, case):
        names = ("id", "name", "kind", "copies", "mandatory", "state", "reason", "can")
        rows = case._portal_page().get("materials") or []
        return [{**{name: row[name] for name in names}, "status": row["label"]} for row in rows]

    # -- files -------------------------------------------------------------------------------

    @api.model
    def files(self, external_id=None, channel=None):
        """The files of a case that its customer may open.

        :return: list of ``id``, ``name``, ``mimetype`` and ``size`` in bytes
        """
        case = self._find(self._enter("files"), external_id, channel)
        return [
            {"id": row.id, "name": row.name, "mimetype": row.mimetype, "size": row.file_size}
            for row in case.published_attachment_ids.sorted("id")
        ]

    @api.model
    def file(self, external_id=None, file=None, channel=None):
        """One of them.

        :param file: ``id`` of :meth:`files`
        :return: ``name``, ``mimetype`` and ``content`` in base64
        :raises MissingError: for any other file
        """
        case = self._find(self._enter("file"), external_id, channel)
        found = case._portal_file(file) if parse_id(file) else None
        if not found:
            raise MissingError(self.env._("The case has no such file."))
        content = found.datas.decode()
        return {"name": found.name, "mimetype": found.mimetype, "content": content}

    # -- what they share ---------------------------------------------------------------------

    @api.model
    def _listed(self, rows, name, value):
        """The id, as a text, of one of the rows that the caller was given; none are a state.

        :raises FilingError: for what stands in none of them
        """
        number = None if isinstance(value, bool) else parse_id(value)
        if rows and number not in [row["id"] for row in rows]:
            text = self.env._("Give the id of one that “%s” lists.", f"{name}s")
            raise FilingError({name: text})
        return str(number)

    @api.model
    def _texts(self, values):
        """The object of named texts that a step takes.

        :raises FilingError: for anything else
        """
        values = {} if values is None else values
        if not isinstance(values, dict):
            raise FilingError({"values": self.env._("Send an object with named fields.")})
        errors = {}
        texts = {name: self._read_text(values, name, errors) for name in values}
        if errors:
            raise FilingError(errors)
        return texts

    @api.model
    def _step(self, case, name, values, files, step_id, where):
        """Do what the customer's gateway calls ``name``, once under a number of its own.

        :param where: (channels of the caller, code of the one that is meant)
        """
        key = step_id if step_id is None else self._read_id(step_id, "step_id")
        self._once(lambda: self._step_once(case, name, values, files, key, where))

    @api.model
    def _step_once(self, case, name, values, files, key, where):
        channel, entries = self._channel(*where), self.env["water.api.entry"]
        content = [name, values, files]
        if key and entries._is_repeated(case, channel, key, content):
            return
        if name not in case._portal_actions():
            raise WrongStateError(self.env._("Cases of this kind have no such step."))
        errors = {}
        streams = self._read_files(files, errors)
        if errors:
            raise FilingError(errors)
        case._portal_do(name, values, streams)
        if key:
            entries._keep(case, channel, key, "message", content)
