"""Keep counted figures about money when the addon is uninstalled and installed again."""

ADDON, OWED = "water_quality_compensation", [("denominator_model", "=", "water.compensation")]


def take_up_counted(env):
    """Activate the figures again that an earlier installation archived."""
    figures = env["water.kpi"].with_context(active_test=False)
    left = figures.search([*OWED, ("version", "=", 1), ("company_id", "=", False)])
    left.active = True
    names = [
        {
            "module": ADDON,
            "name": f"kpi_{figure.code.lower()}",
            "model": figure._name,
            "res_id": figure.id,
        }
        for figure in left
    ]
    env["ir.model.data"].create(names)


def leave_counted(env):
    """Archive each figure that a sheet has counted, so that the sheet still shows it."""
    figures = env["water.kpi"].with_context(active_test=False).search(OWED)
    counted = env["water.kpi.line"].search([("kpi_id", "in", figures.ids)]).kpi_id
    counted.active = False
    named = [("module", "=", ADDON), ("model", "=", counted._name), ("res_id", "in", counted.ids)]
    env["ir.model.data"].search(named).unlink()
