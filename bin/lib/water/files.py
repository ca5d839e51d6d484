"""A plugin of pytest: keeps the test processes from removing each other's files.

pytest-odoo gives every process a database of its own but one folder of files for all, and Odoo
tidies that folder up after each test class: what another process has just written would go.
"""

import pytest


@pytest.fixture(scope="session", autouse=True)
def keep_files():
    """Leave the folder alone while tests run; it goes with the template database."""
    from odoo.tests.common import TransactionCase  # only there once pytest-odoo has set Odoo up

    TransactionCase._gc_filestore = classmethod(lambda cls: None)
