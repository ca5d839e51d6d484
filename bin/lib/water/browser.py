"""Plugin of pytest: browser tests of Odoo use Debian's headless Chromium.

Odoo would take the full browser of the same version, which draws its own windows, tabs and tool
bars and takes twice the processor time.
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
