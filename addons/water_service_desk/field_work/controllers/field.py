from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Controller, request, route


class WaterField(Controller):
    """Acts in the field, sent by telephones at once or later."""

    @route("/water/field/act", type="http", auth="user", methods=["POST"], water_upload=True)
    def field_act(self, key="", kind="", stop="", files=None, **values):
        """Do one act at a stop, once for each key; return the stop or the error."""
        sent = [
            (file.filename or "photo.jpg", file.stream)
            for file in request.httprequest.files.getlist("files")
        ]
        try:
            with request.env.cr.savepoint():
                told = request.env["water.field.act"]._do(key, kind, stop, values, sent)
        except UserError as refusal:
            status = self._field_status(refusal)
            return request.make_json_response({"error": str(refusal)}, status=status)
        return request.make_json_response({"stop": told})

    def _field_status(self, refusal):
        if isinstance(refusal, AccessError):
            return 403
        return 404 if isinstance(refusal, MissingError) else 422
