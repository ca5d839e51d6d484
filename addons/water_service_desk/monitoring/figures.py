"""Figures of the running system, and their alarm limits.

A figure is a literal: rooms add theirs in ``water.alarm._figures``. Each is one query answered by
an index, so that it takes milliseconds at a million cases. ``%(now)s`` is the present moment.
"""

from collections.abc import Callable
from typing import NamedTuple

from odoo.tools import LazyTranslate

from .disks import disks

_lt = LazyTranslate(__name__)

#: Between two calls of Prometheus, in minutes; later it counts as gone, and alarms are mailed.
SILENT = 10
SCRAPED = "water_service_desk.scraped_at"


class Alarm(NamedTuple):
    """The alarm of a figure that is too high.

    :param code: the name of the rule in ``config/prometheus/alerts.yml``
    :param limit: the alarm is on above it
    :param title: the figure's name, for administrators
    :param unit: ``seconds``, ``count`` or ``percent``
    :param todo: the first step; details in ``doc/monitoring.md``
    :param look: a warning is shown from here on; by default half the limit
    """

    code: str
    limit: float
    title: str
    unit: str
    todo: str
    look: float = None


class Figure(NamedTuple):
    """A figure for Prometheus.

    :param name: in Prometheus
    :param about: its description, in English like all of Prometheus
    :param sql: returns rows of the labels and one number
    :param labels: their names
    :param alarm: or None
    :param read: for figures without a query: a function of the environment that returns such rows
    """

    name: str
    about: str
    sql: str = None
    labels: tuple = ()
    alarm: Alarm = None
    read: Callable = None


#: Our scheduled actions, and those of Odoo that send mails and messages.
JOBS = """
    FROM ir_cron AS job JOIN ir_model_data AS known
      ON known.model = 'ir.cron' AND known.res_id = job.id
     AND (known.module LIKE 'water\\_%%'
          OR known.name IN ('ir_cron_mail_scheduler_action', 'ir_cron_mail_gateway_action'))
"""
FIGURES = (
    Figure(
        "water_sweep_lag_seconds",
        "How long the oldest clock waits for the sweep",
        # a clock that was put off shows by its own limit; a provisional one may move yet, and so
        # may the work that is bound to it
        "SELECT coalesce(extract(epoch FROM %(now)s - min(since)), 0) FROM ("
        "SELECT next_check_at AS since FROM water_deadline WHERE next_check_at <= %(now)s"
        " UNION ALL SELECT due_at FROM water_deadline AS late WHERE next_check_at > %(now)s"
        " AND state = 'running' AND met_at IS NULL AND due_at < %(now)s AND NOT EXISTS (SELECT 1"
        " FROM water_deadline AS known WHERE known.provisional AND known.due_at = late.due_at)"
        ") AS waiting",
        alarm=Alarm(
            "SweepStuck",
            900,
            _lt("Time limits that fell due and were not looked at"),
            "seconds",
            _lt("Look whether the service of scheduled actions runs (water-jobs)."),
        ),
    ),
    Figure(
        "water_sweep_due",
        "Clocks that wait for the sweep",
        "SELECT count(*) FROM water_deadline WHERE next_check_at <= %(now)s",
    ),
    Figure(
        "water_mail_oldest_seconds",
        "How long the oldest mail that may go waits",
        # a server that did not take it is offered it again later: since then it has been waiting
        "SELECT coalesce(extract(epoch FROM %(now)s - min(since)), 0) FROM (SELECT"
        " CASE WHEN failure_type = 'mail_smtp' THEN create_date"
        " ELSE coalesce(scheduled_date, create_date) END AS since"
        " FROM mail_mail WHERE state = 'outgoing') AS mail WHERE since <= %(now)s",
        alarm=Alarm(
            "MailsWait",
            1800,
            _lt("Mails that wait to be sent"),
            "seconds",
            _lt("Look whether the mail server answers: Settings › Technical, Outgoing Mail."),
        ),
    ),
    Figure(
        "water_mails",
        "Mails by state",
        "SELECT state, count(*) FROM mail_mail WHERE state IN ('outgoing', 'exception') GROUP BY 1",
        ("state",),
    ),
    Figure(
        "water_mails_failed_today",
        "Mails that failed within a day",
        "SELECT count(*) FROM mail_mail WHERE write_date > %(now)s - interval '1 day' AND"
        " (state = 'exception' OR state = 'outgoing' AND failure_type IS NOT NULL)",
        alarm=Alarm(
            "MailsFail",
            20,
            _lt("Mails that could not be sent, within a day"),
            "count",
            _lt("Read why in one of them: Settings › Technical › Emails, those that failed."),
        ),
    ),
    Figure(
        "water_job_failures",
        "Failures of a scheduled action in a row",
        f"SELECT job.cron_name, max(job.failure_count) {JOBS} WHERE job.active GROUP BY 1",
        ("job",),
        alarm=Alarm(
            "JobFails",
            2,
            _lt("Failures in a row of a scheduled action"),
            "count",
            _lt("Look for its name in Odoo's log, and mend what it says."),
        ),
    ),
    Figure(
        "water_job_late_seconds",
        "How late the latest scheduled action is",
        " ".join(
            (
                "SELECT coalesce(max(extract(epoch FROM %(now)s - job.nextcall)), 0)",
                JOBS,
                "WHERE job.active AND job.nextcall <= %(now)s",
            )
        ),
        alarm=Alarm(
            "JobsStuck",
            1800,
            _lt("Scheduled actions that should have run"),
            "seconds",
            _lt("Look whether the service of scheduled actions runs (water-jobs)."),
        ),
    ),
    Figure(
        "water_jobs_off",
        "Scheduled actions that are switched off",
        " ".join(
            ("SELECT count(*)", JOBS, "WHERE NOT job.active AND known.module LIKE 'water\\_%%'")
        ),
        alarm=Alarm(
            "JobOff",
            0,
            _lt("Scheduled actions that are switched off"),
            "count",
            _lt("Odoo switches off what fails for a week: switch it on again when it is mended."),
        ),
    ),
    Figure(
        "water_job_far_seconds",
        "How much later than after its interval a scheduled action is due",
        " ".join(
            (
                "SELECT coalesce(max(extract(epoch FROM job.nextcall - %(now)s"
                " - (job.interval_number || ' ' || job.interval_type)::interval)), 0)",
                JOBS,
                "WHERE job.active AND job.nextcall > %(now)s",
            )
        ),
        alarm=Alarm(
            "JobsFar",
            86400,
            _lt("Scheduled actions that are due later than after their interval"),
            "seconds",
            _lt("The clock was wrong when they ran: set their next execution back to now."),
        ),
    ),
    Figure(
        "water_disk_used_percent",
        "How full the disks are that this process sees",
        labels=("disk",),
        alarm=Alarm(
            "DiskFull",
            90,
            _lt("How full the fullest disk is"),
            "percent",
            _lt("Free up space before it is full, or no more cases can be filed."),
            look=80,
        ),
        read=disks,
    ),
    Figure(
        "water_transaction_seconds",
        "Age of the oldest transaction",
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
        " FROM pg_stat_activity WHERE datname = current_database()",
        alarm=Alarm(
            "LongTransaction",
            3600,
            _lt("The longest transaction of the database"),
            "seconds",
            _lt("Find it in pg_stat_activity; while it lasts, tables grow."),
        ),
    ),
    Figure(
        "water_database_bytes",
        "Size of the database",
        "SELECT pg_database_size(current_database())",
    ),
    Figure(
        "water_backup_age_seconds",
        "How old the last backup is; missing where bin/backup has never run",
        "SELECT extract(epoch FROM %(now)s - value::timestamp) FROM ir_config_parameter"
        " WHERE key = 'water_service_desk.backup_made_at'",
        alarm=Alarm(
            "BackupOld",
            26 * 3600,
            _lt("Age of the last backup"),
            "seconds",
            _lt("Look why the timer did not run: journalctl -u water-backup."),
        ),
    ),
    Figure(
        "water_drill_age_seconds",
        "When a backup was restored for trial; missing where it never was",
        "SELECT extract(epoch FROM %(now)s - value::timestamp) FROM ir_config_parameter"
        " WHERE key = 'water_service_desk.backup_drilled_at'",
        alarm=Alarm(
            "DrillOld",
            40 * 86400,
            _lt("Since a backup was restored for trial"),
            "seconds",
            _lt("Run bin/restore --drill, and read what it finds."),
        ),
    ),
)


def text(measured):
    """The text that Prometheus reads.

    :param measured: [(figure, rows of its labels and a number)]
    """
    lines = []
    for figure, rows in measured:
        lines += [f"# HELP {figure.name} {figure.about}", f"# TYPE {figure.name} gauge"]
        for *values, number in rows:
            pairs = zip(figure.labels, values, strict=True)
            labels = ",".join(f'{label}="{_escaped(value)}"' for label, value in pairs)
            lines.append(f"{figure.name}{{{labels}}} {float(number or 0):.15g}")
    return "\n".join(lines) + "\n"


def _escaped(value):
    return str(value).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
