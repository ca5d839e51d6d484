"""Resolve URLs inside a report; all others are refused.

Nothing is read here and no access checked: the caller does that with the result.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

LARGEST_ID = 2**31 - 1
STATIC_TYPES = {
    "css": "text/css",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "otf": "font/otf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
}


class RefusedUrl(ValueError):
    """A URL in a report that points to no allowed resource."""


@dataclass(frozen=True)
class StaticFile:
    """A file below the ``static`` folder of an addon."""

    module: str
    path: str
    mimetype: str


@dataclass(frozen=True)
class Bundle:
    """A compiled stylesheet, by the file name its link has."""

    filename: str


@dataclass(frozen=True)
class Barcode:
    """A barcode or QR code to draw."""

    kind: str
    value: str
    options: tuple = ()


@dataclass(frozen=True)
class Binary:
    """A binary field of a record, ``size`` being (width, height) in pixels, 0 for any."""

    model: str = "ir.attachment"
    res_id: int = 0
    field: str = "raw"
    xmlid: str = ""
    token: str = ""
    size: tuple = (0, 0)


def locate(url, origins):
    """Resolve a URL inside a report.

    :param str url: absolute, as WeasyPrint requests it.
    :param set[str] origins: the addresses (``scheme://host:port``) of this server.
    :return: one of StaticFile | Bundle | Barcode | Binary
    :raises RefusedUrl: for another server, another scheme, or a path that isn't one of these four.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise RefusedUrl("malformed URL") from error
    if f"{parts.scheme}://{parts.netloc}".lower() not in origins:
        raise RefusedUrl("not this server")
    path = unquote(parts.path)
    steps = path.split("/")[1:]
    if "\\" in path or not path.isprintable() or {".", ".."} & set(steps):
        raise RefusedUrl("malformed path")
    query = dict(parse_qsl(parts.query))
    return _locate_steps(steps, query)


def _locate_steps(steps, query):
    match steps:
        case [module, "static", _, *_]:
            return _locate_static(module, steps[2:])
        case ["web", "assets", *_, filename] if filename.endswith(".css"):
            return Bundle(filename)
        case ["report", "barcode", *rest]:
            return _locate_barcode([step for step in rest if step], query)
        case ["web", "image" | "content", *rest]:
            return _locate_binary([step for step in rest if step], query)
    raise RefusedUrl("not a resource of a report")


def _locate_static(module, steps):
    mimetype = STATIC_TYPES.get(steps[-1].rpartition(".")[2].lower())
    if not mimetype or not re.fullmatch(r"[a-z][a-z0-9_]*", module) or "" in steps:
        raise RefusedUrl("not a static file")
    return StaticFile(module, "/".join(steps), mimetype)


def _locate_barcode(steps, query):
    kind = steps[0] if steps else query.pop("barcode_type", "")
    value = "/".join(steps[1:]) or query.pop("value", "")
    if not kind or not value:
        raise RefusedUrl("barcode without a value")
    return Barcode(kind, value, tuple(sorted(query.items())))


def _locate_binary(steps, query):
    token = query.get("access_token", "")
    size = _size(steps[1:], query)
    match steps:
        case []:
            model, res_id = query.get("model", "ir.attachment"), query.get("id")
            if query.get("xmlid"):
                return Binary("", 0, query.get("field", "raw"), query["xmlid"], token, size)
            return Binary(model, _number(res_id), query.get("field", "raw"), "", token, size)
        case [model, res_id, name, *_] if res_id.isdecimal() and not model[0].isdigit():
            return Binary(model, _number(res_id), name, "", token, size)
        case [first, *_] if first[0].isdigit():
            return Binary(res_id=_number(first.partition("-")[0]), token=token, size=size)
    return Binary("", 0, query.get("field", "raw"), steps[0], token, size)


def _number(text):
    # A number PostgreSQL has no room for would break the user's transaction.
    if not re.fullmatch(r"[0-9]{1,10}", text or "") or not 0 < int(text) <= LARGEST_ID:
        raise RefusedUrl("not an id")
    return int(text)


def _size(steps, query):
    for step in steps:
        if match := re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", step):
            return int(match[1]), int(match[2])
    values = [query.get("width", ""), query.get("height", "")]
    return tuple(int(v) if re.fullmatch(r"[0-9]{1,4}", v) else 0 for v in values)
