from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ..models.water_archive import MANY, SEAL_BATCH, SEALERS_BESIDE
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestSealers(ArchiveCommon):
    """Several scheduled actions seal a large backlog in parallel (S3.2.4b)."""

    def _waiting(self, count):
        cases = trusted(self.env["water.complaint"])
        cases.search([("seal_due_at", "!=", False)]).write({"seal_due_at": False})
        waiting = cases.create([{"subject": "水费"} for _number in range(count)])
        waiting.write({"seal_due_at": fields.Datetime.now()})
        return waiting

    def _woken(self):
        """Names of the scheduled actions that are called."""
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([("id", "!=", False)]).unlink()
        self.env["water.archive"]._wake_sealers()
        found = triggers.search([("id", "!=", False)]).cron_id
        return {name.partition(".")[2] for name in found.get_external_id().values()}

    def test_few_wake_one(self):
        """One scheduled action does for what an ordinary day archives."""
        self._waiting(MANY - 1)
        self.assertEqual(self._woken(), {"ir_cron_archive"})

    def test_many_wake_helpers(self):
        """An incident's cases are sealed by all of them."""
        self._waiting(MANY)
        self.assertEqual(self._woken(), {"ir_cron_archive", *SEALERS_BESIDE})

    def test_foreign_seals_are_left(self):
        """A batch is unlocked rows; if others took them, a new one is chosen."""
        waiting = self._waiting(SEAL_BATCH + 2)
        rows, asked = type(waiting), []

        def locked_by_others(cases, **options):
            asked.append(options["limit"])
            if len(asked) == 1:
                raise SerializationFailure
            return cases[2:][: options["limit"]]

        with (
            patch.object(rows, "try_lock_for_update", locked_by_others),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            batch = self.env["water.archive"]._claim_cases(waiting.browse())
        self.assertEqual(batch, waiting[2:])
        self.assertEqual(asked, [SEAL_BATCH, SEAL_BATCH])
