"""The methods that a remote caller reaches, and what they are called on."""

import inspect

from .access_fixture import AccessFixture

MODULES = ("water_service_desk", "water_complaints", "water_compensation")
MODULES += ("water_quality", "water_quality_compensation")

#: Services without records of their own.
SERVICES = {"water.api", "water.customer", "water.setup"}
#: arguments for methods that take one
GIVEN = {("water.customer", "page"): ("res.partner", 0)}


def is_ours(cls):
    """Whether a class of a model comes from one of our addons."""
    return cls.__module__.startswith(tuple(f"odoo.addons.{name}." for name in MODULES))


def lines_of(found):
    """Lines ``model: what: methods`` of ``{(model, method): what}``, for the approved list."""
    rows = {}
    for (model, method), what in sorted(found.items()):
        rows.setdefault((model, what), []).append(method)
    return [f"{model}: {what}: {' '.join(methods)}" for (model, what), methods in rows.items()]


class PublicRecords(AccessFixture):
    """Records of the fixture, by the models whose methods they have."""

    def _public_methods(self):
        """{model that defines it: names of the public methods that are not Odoo's own}."""
        found = {}
        for model in self.env.registry.values():
            foreign = [cls for cls in model.mro() if not is_ours(cls)]
            inherited = {name for cls in foreign for name in vars(cls) if cls is not model}
            for cls in filter(is_ours, model.mro()):
                names = {
                    name
                    for name, member in vars(cls).items()
                    if inspect.isfunction(member) and not name.startswith("_")
                }
                if names - inherited:
                    owner = getattr(cls, "_name", None) or cls._inherit
                    found.setdefault(owner, set()).update(names - inherited)
        return {model: sorted(names) for model, names in sorted(found.items())}

    def _carriers(self, model):
        for (_name, situation), record in self.records.items():
            parents = {getattr(cls, "_name", None) for cls in type(record).mro()}
            if model in parents and situation in ("own", "other"):
                yield record

    def _stand_ins(self, model):
        if model == "account.move":
            refund = {"move_type": "out_refund", "partner_id": self.customer.id}
            return self.env[model].create(refund)
        if model in ("res.config.settings", "discuss.channel"):
            return self.env[model].create({"name": "x"} if model == "discuss.channel" else {})
        people = {"res.users": self.users["integration"], "res.partner": self.customer}
        return people.get(model) or [self.env[name] for name in SERVICES & {model}]
