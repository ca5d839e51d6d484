"""A file of a record as the answer to a request: one way for every door that hands one out."""

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


def sent_file(record, build, mimetype, refused=409):
    """The answer with a file; what one may not see and what is not there look alike.

    :param record: whose file it is; an address may name none, as with the number 0
    :param build: function that asks for the rights and returns ``(name, bytes)``
    :param mimetype: of the file
    :param refused: the status for a file that cannot be had in this state of the record
    :raises NotFound: for what is not there, and for whoever may not have it
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
