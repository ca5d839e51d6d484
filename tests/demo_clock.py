"""Load the demo data as of many moments; run in ``odoo shell`` on a database that has none.

Reads ``[[moment in UTC, time zone], …]`` from the environment variable ``WATER_MOMENTS`` and
prints a line of JSON for each: the moment, the zone and the error, empty where all went well.
"""

import json
import os

from freezegun import freeze_time

from odoo.modules.module import Manifest
from odoo.tools import convert_file

ADDONS = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
COUNTRIES = {"Asia/Shanghai": "cn", "Europe/London": "uk"}
#: Libraries whose threads and caches must see the true clock.
IGNORED = ["weasyprint", "psycopg2"]


class Back(Exception):
    """Roll back the loaded data."""


def set_state(env, addon, state):
    """Set the state that an addon has while its data are loaded: only then it names records."""
    env.cr.execute("UPDATE ir_module_module SET state = %s WHERE name = %s", (state, addon))
    env.registry.clear_all_caches()


def move_company(env, zone):
    """Have the main company work by the clocks of ``zone``."""
    company = env.ref("base.main_company")
    company.country_id = env.ref(f"base.{COUNTRIES[zone]}")
    if zone != "Asia/Shanghai":
        company.water_calendar_id = False
        company.resource_calendar_id.tz = zone


def load(env, moment, zone):
    """Load all demo data as of ``moment``, as an installation does."""
    with freeze_time(moment, ignore=IGNORED):
        move_company(env, zone)
        for addon in ADDONS:
            set_state(env, addon, "to install")
            names = {}
            for file in Manifest.for_addon(addon)["demo"]:
                convert_file(env(su=True), addon, file, names, "init", noupdate=True)
            set_state(env, addon, "installed")
        env.flush_all()


def error_of(env, moment, zone):
    """Return the error in which loading the demo data ends, or an empty text."""
    try:
        with env.cr.savepoint():
            load(env, moment, zone)
            raise Back
    except Back:
        return ""
    except Exception as error:
        return f"{error}\n{error.__cause__}"
    finally:
        env.invalidate_all()
        env.registry.clear_all_caches()


for moment, zone in json.loads(os.environ["WATER_MOMENTS"]):
    answer = {"moment": moment, "zone": zone, "error": error_of(env, moment, zone)}  # noqa: F821
    print("CLOCK", json.dumps(answer), flush=True)
