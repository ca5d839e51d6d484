"""Words of delivered records after an upgrade.

Odoo leaves a record alone that was delivered to be changed (``noupdate``), also where nobody has
changed it; a company would keep the old mails for ever.
"""

import logging
from copy import deepcopy
from pathlib import Path

from lxml import etree

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.modules.module import Manifest
from odoo.tools import SQL
from odoo.tools.convert import ParseError, xml_import

from .trust import trusted

_logger = logging.getLogger(__name__)

WORDS = {"char", "text", "html"}
#: Of these models the words work, and say nothing to anybody: numbers, code, secrets.
NO_WORDS = ("ir.", "res.")


def renew_words(env, module):
    """After the upgrade: bring what records say to what the addon delivers now.

    Only words are brought, never amounts, limits or switches, and only to records that nobody has
    changed since they were delivered. Odoo translates them anew after this. What a rule of its
    own holds, as a key figure that a closed sheet goes by, is left as it is and logged.

    :param env: odoo.api.Environment of the system, without a language
    :param module: name of the addon
    """
    manifest = Manifest.for_addon(module)
    for name in manifest["data"]:
        path = Path(manifest.path, name)
        if path.suffix == ".xml" and b"noupdate" in path.read_bytes():
            _renew_file(env, module, path)


def _renew_file(env, module, path):
    for node in etree.parse(path).xpath("//*[@noupdate='1']//record[@id][not(ancestor::record)]"):
        if node.get("model").startswith(NO_WORDS):
            continue
        record = _unchanged(env, module, node)
        words = _words(record, node)
        if record and len(words):
            _renew(record, module, path, words)


def _renew(record, module, path, words):
    """Bring ``words`` to ``record``, or leave it whole where it refuses them."""
    root = etree.Element("odoo", noupdate="1")
    root.append(words)
    system = trusted(record.browse()).env
    try:
        with record.env.cr.savepoint():
            _forget_chinese(record)
            record.env.invalidate_all()
            xml_import(system, module, {}, "init", xml_filename=str(path)).parse(root)
    except ParseError as error:
        if not isinstance(error.__context__, UserError):
            raise
        _logger.info("%s keeps its words: %s", words.get("id"), error.__context__)


def _unchanged(env, module, node):
    """The record of ``node``, empty when it is gone or somebody has changed it."""
    name = node.get("id") if "." in node.get("id") else f"{module}.{node.get('id')}"
    record = env.ref(name, raise_if_not_found=False) or env[node.get("model")]
    return record.filtered(lambda row: row.write_uid.id == SUPERUSER_ID)


def _words(record, node):
    """``node`` with those of its fields that say something else now."""
    words = deepcopy(node)
    for child in list(words):
        field = record._fields.get(child.get("name")) if child.tag == "field" else None
        if not field or field.type not in WORDS or _is_said(record, child):
            words.remove(child)
    return words


def _is_said(record, child):
    """Whether the field says already what is delivered; what is not plain text is written anew."""
    is_plain = not len(child) and child.keys() == ["name"]
    return is_plain and (record[child.get("name")] or "") == (child.text or "")


def _forget_chinese(record):
    for field in record._fields.values():
        if field.store and field.translate and field.column_type:
            name = SQL.identifier(field.name)
            record.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s - 'zh_CN' WHERE id = %s AND %s ? 'zh_CN'",
                    *(SQL.identifier(record._table), name, name, record.id, name),
                )
            )
