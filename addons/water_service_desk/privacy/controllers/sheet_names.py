"""What an exported file of our rows and its sheet are called: others as Odoo calls them."""

from odoo import fields
from odoo.http import request

#: So long may the name of a sheet be, and without these signs.
NAME, NO_NAME = 31, str.maketrans("[]:*?/\\", "       ")


def is_ours(model):
    """Whether rows of ours are exported.

    :param model: name of a model, as the client says it: anything
    """
    return str(model).startswith("water.") and model in request.env


def sheet_name(model):
    """What a sheet of rows of this model is called."""
    return request.env["ir.model"]._get(model).name.translate(NO_NAME)[:NAME].strip()


def file_name(model):
    """What a file of rows of this model is called, without its ending: by its day as well."""
    day = fields.Date.to_string(request.env.company._water_today())
    return f"{request.env['ir.model']._get(model).name} {day}"
