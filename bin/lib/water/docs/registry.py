"""Runs in ``odoo shell``: menus, states, settings, models and figures from the registry.

The text is the same in every database with the addons and both languages: it depends neither on
demo data nor on order. Changes made here are rolled back.
"""

import json

from .registry_models import models_page, words_page
from .registry_pages import figures_page, menus_page, settings_page
from .registry_standards import standards_page
from .registry_states import states_page

LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
PAGES = {
    "figures.md": figures_page,
    "menus.md": menus_page,
    "models.md": models_page,
    "settings.md": settings_page,
    "standards.md": standards_page,
    "states.md": states_page,
    "words.md": words_page,
}


def pages(env):
    """Return {path below ``doc/site``: text}."""
    return {
        f"{folder}/reference/{name}": write(env(context={"lang": code}), folder)
        for folder, code in LANGUAGES.items()
        for name, write in PAGES.items()
    }


def tell(env):
    """Print ``RESULT`` and the pages as one line of JSON."""
    print("RESULT", json.dumps(pages(env)))
    env.cr.rollback()
