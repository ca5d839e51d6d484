"""How members of staff are told about records."""

from markupsafe import Markup


def tell_staff(records, people, subject, line=None, is_list=False):
    """Tell members of staff about ``records``, each in his own language.

    Nobody's personal data may be in subject and lines (S2.2.4): the message goes by mail as well.

    :param records: what it is about: one, whose thread keeps the message, or a list of them
    :param people: res.users; inactive ones, customers and the sender himself are left out
    :param subject: function of the records that returns the subject
    :param line: function of one record that returns what is said of it, by default its
        ``_staff_line()``
    :param is_list: whether the records are listed, also when there is one, and keep nothing
    """
    # sudo: records - whoever has people told need not see all that they are told
    told = records.sudo()

    def compose(env):
        rows = told.with_env(env).sudo()
        lines = [line(row) if line else row._staff_line() for row in rows]
        if not is_list:
            return subject(rows), Markup("<p>%s</p>") % lines[0]
        items = Markup("").join(Markup("<li>%s</li>") % text for text in lines)
        return subject(rows), Markup("<ul>%s</ul>") % items

    thread = None if is_list else told
    records.env["water.staff.message"]._tell(people, compose, record=thread)
