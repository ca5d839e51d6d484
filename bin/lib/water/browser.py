"""A plugin of pytest: tests of screens in Odoo take Debian's Chromium without windows.

It is of the same version as the one with windows, which Odoo would take: that one draws its own
windows, tabs and tool bars even where nobody sees them, and takes twice the processor time.
"""

import shutil
from unittest.mock import patch

import pytest

PROGRAM = "chromium-headless-shell"


@pytest.fixture(scope="session", autouse=True)
def without_windows():
    """Have Odoo find that one."""
    program = shutil.which(PROGRAM)
    if not program:
        pytest.fail(f"{PROGRAM} is not installed; bin/test installs it")
    with patch("odoo.tests.common._find_executable", lambda: program):
        yield
