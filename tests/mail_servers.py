"""A mail server and a mailbox server of Debian, run by the user of the tests.

Exim accepts mail by SMTP for two domains: the water company's goes to one mailbox, which Dovecot
serves by IMAP and Odoo fetches; customers' goes to a folder. The address ``nobody`` does not exist:
such mail bounces.
"""

import email
import email.policy
import getpass
import grp
import os
import smtplib
from dataclasses import dataclass
from pathlib import Path

EXIM = """
primary_hostname = mail.customer.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp}
tls_advertise_hosts =
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
deliver_drop_privilege = true
never_users =
trusted_users = {user}
admin_groups = {group}
exim_user = {user}
exim_group = {group}
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 60
smtp_accept_queue_per_connection = 0
check_spool_space = 0
check_log_space = 0
acl_smtp_rcpt = all
acl_smtp_data = all
begin acl
all:
  accept
begin routers
nobody:
  driver = redirect
  domains = customer.example
  local_parts = nobody
  allow_fail
  data = :fail: there is nobody of that name
company:
  driver = accept
  domains = water.example
  transport = company
customers:
  driver = accept
  domains = customer.example
  transport = customers
begin transports
company:
  driver = appendfile
  maildir_format
  directory = {folder}/mail/service/Maildir
  create_directory
  user = {user}
  group = {group}
  return_path_add
customers:
  driver = appendfile
  maildir_format
  directory = {folder}/customers
  create_directory
  user = {user}
  group = {group}
  envelope_to_add
  return_path_add
begin retry
* * F,1h,1m
"""
DOVECOT = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log/dovecot.log
listen = 127.0.0.1
ssl = no
auth_allow_cleartext = yes
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass
class MailServers:
    """Two running servers and the folder they keep mail in."""

    smtp: int
    imap: int
    folder: Path

    def send(self, message, sender=None):
        """Hand a mail to the mail server."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as connection:
            connection.send_message(message, from_addr=sender)

    def delivered(self, to):
        """The mails in a customer's mailbox, oldest first."""
        found = []
        for path in sorted((self.folder / "customers" / "new").glob("*")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["Envelope-To"]):
                found.append(message)
        return found

    def waiting(self):
        """How many mails the company has not fetched yet."""
        return len(list((self.folder / "mail" / "service" / "Maildir" / "new").glob("*")))

    def log(self):
        """The servers' logs, for a failed test."""
        return "\n".join(path.read_text() for path in sorted((self.folder / "log").glob("*")))


def write_settings(folder, smtp, imap):
    """Write the settings of both; returns the commands that start them in the foreground."""
    for name in ("spool", "log", "mail", "run", "customers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    facts = {"folder": folder, "smtp": smtp, "imap": imap, "user": getpass.getuser()}
    facts["group"] = grp.getgrgid(os.getgid()).gr_name
    (folder / "users").write_text("service:{PLAIN}secret\n")
    (folder / "exim.conf").write_text(EXIM.format(**facts))
    (folder / "dovecot.conf").write_text(DOVECOT.format(**facts))
    exim = ["/usr/sbin/exim4", "-C", folder / "exim.conf", "-bdf", "-q1m"]
    return exim, ["/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"]
