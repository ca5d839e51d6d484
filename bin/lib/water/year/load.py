"""Loads the year into a database of the demonstration; run in ``odoo shell`` by ``bin/serve``.

``WATER_YEAR`` is how many cases, ``WATER_YEAR_DAY`` the last day, today by default.
"""

import json
import os
from datetime import date

from water.year.year import Year

env = globals()["env"]  # given by odoo shell
day = date.fromisoformat(os.environ.get("WATER_YEAR_DAY") or env.company._water_today().isoformat())
found = Year(env, day, int(os.environ["WATER_YEAR"])).load()
env.cr.commit()
print("RESULT " + json.dumps(found), flush=True)
