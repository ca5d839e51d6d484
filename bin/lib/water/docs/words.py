"""The titles and sentences of generated pages, which stand in ``words.toml``."""

import tomllib
from pathlib import Path


def of(page):
    """Return {language: {key: words}} of a page."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text())[page]
