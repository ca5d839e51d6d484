"""bin/i18n: the Chinese translation against the terms that Odoo itself finds in the addons."""

import argparse
import ast
import re
from collections import Counter

import polib

from .odoo import ADDONS
from .place import CHECKOUT, Place, Stop, main, say
from .template import TEMPLATE, test_odoo

LANGUAGE = "zh_CN"
#: texts of the list of apps, and where the manifest has them
NAMES = {"shortdesc": "name", "summary": "summary"}
#: Han characters may follow a placeholder without a blank: they are no letters here.
PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +.\d]*[a-z]|%[-#0 +.\d]*[sdfr]\b|\{\{.*?\}\}|\{\w*\}", re.ASCII
)

CHOICE = re.compile(r"selection__(\w+?)__")


def _placeholders(text):
    return Counter(PLACEHOLDER.findall(text))


def export(odoo, addon):
    """Let Odoo write the terms of ``addon``; returns them as a polib file."""
    path = odoo.place.local / f"{addon}.pot"
    odoo.run(
        *("i18n", "export", "-d", TEMPLATE, "-l", "pot", "-o", path, addon),
        failure=f"the terms of {addon} could not be exported",
    )
    return polib.pofile(str(path), wrapwidth=78)


def export_all(odoo):
    """Return {addon: terms}, each value of a field with the addon whose model shows it.

    Odoo counts the choices of a field that a model gets from a mixin to the mixin's addon, and so
    would load them before the other addon's model is there.
    """
    terms = {addon: export(odoo, addon) for addon in ADDONS}
    homes = {}
    for addon in reversed(ADDONS):
        homes |= dict.fromkeys(_models(odoo.place.root / "addons" / addon), addon)
    for addon, found in terms.items():
        for entry in list(found):
            for place in entry.occurrences:
                model = CHOICE.search(place[0])
                home = homes.get(model and model[1], addon)
                if ADDONS.index(home) > ADDONS.index(addon):
                    _add(home, terms[home], entry.msgid, place)
        said = (odoo.place.root / "addons" / addon / "__manifest__.py").read_text()
        _add_names(addon, ast.literal_eval(said), found)
    return terms


def _models(folder):
    """Return the models that an addon adds, as written in XML ids."""
    found = set()
    for path in folder.rglob("*.py"):
        found |= set(re.findall(r'^    _name = "([\w.]+)"', path.read_text(), re.MULTILINE))
    return {name.replace(".", "_") for name in found}


def _add(addon, terms, msgid, place):
    entry = next((entry for entry in terms if entry.msgid == msgid), None)
    if entry is None:
        entry = polib.POEntry(msgid=msgid, comment=f"module: {addon}")
        terms.append(entry)
    if place not in entry.occurrences:
        entry.occurrences.append(place)


def _add_names(addon, manifest, terms):
    for field, key in NAMES.items():
        place = (f"model:ir.module.module,{field}:base.module_{addon}", "")
        _add(addon, terms, manifest[key], place)


def faults(terms, translation):
    """Yield a line for each term that is not, or not rightly, translated."""
    known = {entry.msgid: entry for entry in translation if not entry.obsolete}
    for term in terms:
        entry = known.pop(term.msgid, None)
        if entry is None:
            yield f"missing: {term.msgid!r}"
        elif not entry.msgstr.strip():
            yield f"not translated: {term.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {term.msgid!r}"
        elif _placeholders(term.msgid) != _placeholders(entry.msgstr):
            yield f"other placeholders: {term.msgid!r} -> {entry.msgstr!r}"
    yield from (f"no longer used: {msgid!r}" for msgid in known)
    yield from (f"no longer used: {entry.msgid!r}" for entry in translation.obsolete_entries())


def merged(terms, translation):
    """Return ``terms`` with the translations that are known."""
    known = {entry.msgid: entry.msgstr for entry in translation}
    result = polib.POFile(wrapwidth=78)
    result.metadata = _metadata(terms, LANGUAGE)
    for term in terms:
        fields = ("msgid", "comment", "occurrences", "flags")
        values = {field: getattr(term, field) for field in fields}
        result.append(polib.POEntry(msgstr=known.get(term.msgid, ""), **values))
    return result


def _metadata(terms, language=None):
    """Return the header without the dates, which change each time."""
    kept = ("Project-Id-Version", "MIME-Version", "Content-Type")
    result = {key: terms.metadata.get(key, "") for key in kept}
    result["Content-Transfer-Encoding"] = "8bit"
    if language:
        result |= {"Language": language, "Plural-Forms": "nplurals=1; plural=0;"}
    return result


def _options():
    parser = argparse.ArgumentParser(prog="bin/i18n", description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--check", action="store_true", help="report; exit 1 when a term is wrong")
    group.add_argument("--update", action="store_true", help="write the .pot and the .po files")
    return parser.parse_args()


def _targets():
    """Open the files for writing while this process still has its caller's rights."""
    result = {}
    for addon in ADDONS:
        folder = CHECKOUT / "addons" / addon / "i18n"
        folder.mkdir(exist_ok=True)
        for name in (f"{addon}.pot", f"{LANGUAGE}.po"):
            result[addon, name] = (folder / name).open("a+")
    return result


def _replace(handle, text):
    handle.seek(0)
    handle.truncate()
    handle.write(text)
    handle.close()


def check(odoo):
    """Print the faults and return the exit code."""
    found = 0
    for addon, terms in export_all(odoo).items():
        path = odoo.place.root / "addons" / addon / "i18n" / f"{LANGUAGE}.po"
        template = path.with_name(f"{addon}.pot")
        if not (path.exists() and template.exists()):
            raise Stop(f"{path} or {template.name} is missing: bin/i18n --update makes them")
        lines = list(faults(terms, polib.pofile(str(path))))
        if {term.msgid for term in terms} != {term.msgid for term in polib.pofile(str(template))}:
            lines.append(f"{template.name} is out of date: bin/i18n --update")
        for line in lines:
            say(f"{addon}: {line}")
        say(f"{addon}: {len(terms)} terms, {len(lines)} faults")
        found += len(lines)
    return int(bool(found))


def update(odoo, targets):
    """Bring the files up to date, keeping every translation that is still used."""
    for addon, terms in export_all(odoo).items():
        path = odoo.place.root / "addons" / addon / "i18n" / f"{LANGUAGE}.po"
        old = polib.pofile(str(path)) if path.exists() and path.stat().st_size else polib.POFile()
        new = merged(terms, old)
        terms.metadata = _metadata(terms)
        _replace(targets[addon, f"{addon}.pot"], f"{terms}\n")
        _replace(targets[addon, f"{LANGUAGE}.po"], f"{new}\n")
        untranslated = sum(not entry.msgstr for entry in new)
        say(f"{addon}: {len(new)} terms, {untranslated} of them without a translation")
    return 0


def run():
    """Run the command; returns the exit code."""
    options = _options()
    targets = _targets() if options.update else None
    with test_odoo(Place()) as odoo:
        return update(odoo, targets) if options.update else check(odoo)


if __name__ == "__main__":
    main(run)
