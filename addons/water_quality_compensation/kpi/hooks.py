"""What is done to a database when the figures about money come and go."""

ADDON, OWED = "water_quality_compensation", [("denominator_model", "=", "water.compensation")]


def take_up_counted(env):
    """Take up a figure that an earlier installation left to the sheets that had counted it."""
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
    """Archive what a sheet has counted, and leave it there: the sheet shows it as it was."""
    figures = env["water.kpi"].with_context(active_test=False).search(OWED)
    counted = env["water.kpi.line"].search([("kpi_id", "in", figures.ids)]).kpi_id
    counted.active = False
    named = [("module", "=", ADDON), ("model", "=", counted._name), ("res_id", "in", counted.ids)]
    env["ir.model.data"].search(named).unlink()
