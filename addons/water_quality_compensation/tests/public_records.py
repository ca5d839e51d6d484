"""What the methods that a remote caller reaches are called on."""

from .access_fixture import AccessFixture

#: Services without records of their own.
SERVICES = {"water.api", "water.customer", "water.setup"}
#: What a method is called with that takes something.
GIVEN = {("water.customer", "page"): ("res.partner", 0)}


class PublicRecords(AccessFixture):
    """Records of the fixture, by the models whose methods they have."""

    def _carriers(self, model):
        """Records of the fixture that have the methods of ``model``."""
        for (_name, situation), record in self.records.items():
            parents = {getattr(cls, "_name", None) for cls in type(record).mro()}
            if model in parents and situation in ("own", "other"):
                yield record

    def _stand_ins(self, model):
        """What has the methods of ``model`` and is not in the fixture."""
        if model == "account.move":
            refund = {"move_type": "out_refund", "partner_id": self.customer.id}
            return self.env[model].create(refund)
        if model in ("res.config.settings", "discuss.channel"):
            return self.env[model].create({"name": "x"} if model == "discuss.channel" else {})
        people = {"res.users": self.users["integration"], "res.partner": self.customer}
        return people.get(model) or [self.env[name] for name in SERVICES & {model}]
