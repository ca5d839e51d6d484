"""A file of a record as the answer to a request: one way for every door that hands one out."""

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


def sent_file(record, build, mimetype, refused=409):
    """Return the response with a file; forbidden and missing files look alike.

    :param record: owner of the file; may be empty, as for the number 0
    :param build: function that checks access and returns ``(name, bytes)``
    :param mimetype: of the file
    :param refused: the status for a file that is not available in the record's state
    :raises NotFound: if it is missing or forbidden
    """
    if not record.exists():
        raise request.not_found()
    try:
        name, content = build()
    except (AccessError, MissingError):
        raise request.not_found() from None
    except UserError as error:
        return request.make_response(str(error), status=refused)
    headers = [
        ("Content-Type", mimetype),
        ("Content-Length", str(len(content))),
        ("Content-Disposition", content_disposition(name)),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    return request.make_response(content, headers)
