"""Names of exported files and sheets of our rows; others keep Odoo's."""

from odoo import fields
from odoo.http import request

#: Longest name of a sheet, and forbidden characters.
NAME, NO_NAME = 31, str.maketrans("[]:*?/\\", "       ")


def is_ours(model):
    """Whether rows of ours are exported.

    :param model: name of a model, as the client says it: anything
    """
    return str(model).startswith("water.") and model in request.env


def sheet_name(model):
    """Return the name of a sheet with rows of this model."""
    return request.env["ir.model"]._get(model).name.translate(NO_NAME)[:NAME].strip()


def file_name(model):
    """Return the name of a file with rows of this model and its day, without extension."""
    day = fields.Date.to_string(request.env.company._water_today())
    return f"{request.env['ir.model']._get(model).name} {day}"
