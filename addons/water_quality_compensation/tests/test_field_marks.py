"""Which fields are kept, needed, not copied, sealed, masked and handed out: as approved."""

from collections import defaultdict

from odoo.models import MAGIC_COLUMNS
from odoo.tests import TransactionCase, tagged

from odoo.addons.water_service_desk.base.marks import marked_of
from odoo.addons.water_service_desk.base.tables import table_of
from odoo.addons.water_service_desk.case.births import AGAIN, WAYS

from .approved import Approved
from .test_module import MODULES

#: {mark: table of a model that names its fields}: sealed, exported and masked fields.
TABLES = {"sealed": "_dossier", "handed out": "_package", "personal": "_personal"}
KINDS = tuple | set | frozenset
TABLES |= {"given at birth": "_settable_on_create", "written by workers": "_worker_fields"}
TABLES |= {"makes facts": "_made_facts", "counted": "_counted_lists"}
#: the same for a model's own attributes, regardless of its parents
OWN = {"with a history": "_watched", "needed of a case": "_required_facts"}
OWN |= {"needed to hand in": "_needed", "files": "_file_fields"}
OWN |= {"told": "_told_fields", "spoken": "_spoken_fields"}
#: The same of attributes of the fields themselves; ``True`` stands for none.
MARKS = {"handed out": "water_package", "open": "water_open", "erased": "water_erased"}
MARKS |= {"filed": "water_filed", "on the customer's page": "water_portal"}
#: which fields of a case go to one made from it
CASES = ("water.complaint", "water.inquiry", "water.request")
#: fields with their own rule and test: filer, query code, proved contact, number of handlings,
#: first receipt
RULED = ("delegation_id", "query_code_at", "query_code_hash", "is_of_unproved", "handling_round")
RULED += ("is_follow_up",)


def ways_of(model):
    """{stored field of ours: ways in which it goes along} of a model of cases."""
    along = marked_of(model._fields, "water_born")
    return {
        name: {*along.get(name, ()), *([AGAIN] if field.copy else [])}
        for name, field in sorted(model._fields.items())
        if field._module in MODULES and field.store
        if field.type != "one2many" and name not in MAGIC_COLUMNS
    }


def rows_of(model, table, kinds=KINDS):
    """The names of fields in a table of ``model``; none where it has no such table."""
    if table in OWN.values():
        rows = getattr(model, table, ())
    else:
        is_there = any(table in vars(part) for part in model.__mro__)
        rows = table_of(model, table) if is_there else ()
    return rows if isinstance(rows, kinds) else ()


@tagged("post_install", "-at_install")
class TestFieldMarks(Approved, TransactionCase):
    def _marks(self):
        """Lines ``model: mark: fields`` of ours: read-only fields, and fields that lead to one."""
        found = defaultdict(list)
        for name, model in sorted(self.env.registry.items()):
            if model._abstract:
                continue
            for field in sorted(model._fields.values(), key=lambda field: field.name):
                if field._module not in MODULES:
                    continue
                marks = {
                    "kept": field.store and field.readonly,
                    "needed": field.required,
                    "not copied": field.store and not field.copy,
                    "written through": not (field.store or field.readonly),
                }
                for mark in (mark for mark, is_so in marks.items() if is_so):
                    found[name, mark].append(field.name)
            for mark, attribute in MARKS.items():
                for row, value in marked_of(model._fields, attribute).items():
                    found[name, mark].append(row if value is True else f"{row}={value}")
            if hasattr(model, "_export_masks"):
                masks = self.env[name]._export_masks().items()
                found[name, "masked"] = sorted(f"{row}={mask.__name__}" for row, mask in masks)
            for mark, table in {**TABLES, **OWN}.items():
                rows = rows_of(model, table)
                found[name, mark] += rows if isinstance(rows, tuple) else sorted(rows)
            for event, kinds in dict(rows_of(model, "_clock_events", dict)).items():
                found[name, "clock events"].append(f"{event}={'+'.join(kinds)}")
            for row, known in (ways_of(model) if name in CASES else {}).items():
                ways = " ".join(way for way in WAYS if way in known) or "not"
                ways = "by a rule of its own" if row in RULED else ways
                found[name, f"goes along {ways}"].append(row)
        lines = [(name, mark, " ".join(names)) for (name, mark), names in found.items() if names]
        return [f"{name}: {mark}: {names}" for name, mark, names in lines]

    def test_marks(self):
        """A changed mark of a field changes rights or data, so it is approved."""
        self.assertApproved("fields", self._marks())

    def test_ways_are_known(self):
        """A way that is none would leave something out in silence."""
        for model in CASES:
            for name, ways in marked_of(self.env[model]._fields, "water_born").items():
                with self.subTest(model=model, name=name):
                    self.assertLessEqual(set(ways), set(WAYS))

    def test_tables_name_fields(self):
        """A name that is none leaves something out in silence."""
        for name, model in self.env.registry.items():
            for table in (*TABLES.values(), *OWN.values()):
                rows = () if model._abstract else rows_of(model, table)
                with self.subTest(model=name, table=table):
                    self.assertLessEqual(set(rows), set(model._fields))

    def test_dialogs_propose_what_their_user_may_read(self):
        """A dialog's computed case data uses the rights of its user."""
        found = [
            f"{name}.{field.name}"
            for name, model in sorted(self.env.registry.items())
            if name.startswith("water.") and model._transient
            for field in model._fields.values()
            if field.compute and field.compute_sudo
        ]
        self.assertEqual(found, [])

    def test_labels_differ(self):
        """Two fields of one name cannot be told apart, and each installation would warn of it."""
        twins = []
        for name, model in self.env.registry.items():
            known = {}
            for field in model._fields.values():
                other = known.setdefault(field.string, field)
                if other != field and {other._module, field._module} & {*MODULES}:
                    twins.append(f"{name}: {other.name}, {field.name}: {field.string}")
        self.assertFalse(twins)
