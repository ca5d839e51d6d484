"""An appointment as a file that any telephone takes into its calendar (RFC 5545)."""

import vobject
from dateutil.tz import UTC  # the zone that vobject knows the name of


def calendar_file(uid, slot, title, name="", place="", text="", stamp=None, cancelled=False):
    """The bytes of a calendar with one appointment.

    :param uid: what the calendar knows the appointment by: the same one replaces it
    :param slot: ``(begin, end)``, naive UTC
    :param title: what stands in the calendar
    :param name: of the calendar, where a telephone makes a new one of the file
    :param place: where it is, or ""
    :param text: what else is to be known
    :param stamp: naive UTC moment at which the appointment was last changed
    :param cancelled: nobody comes: the calendar takes it out
    """
    calendar = vobject.iCalendar()
    calendar.add("method").value = "CANCEL" if cancelled else "PUBLISH"
    if name:
        calendar.add("x-wr-calname").value = name
    event = calendar.add("vevent")
    event.add("uid").value = uid
    event.add("dtstamp").value = (stamp or slot[0]).replace(tzinfo=UTC)
    event.add("dtstart").value = slot[0].replace(tzinfo=UTC)
    event.add("dtend").value = slot[1].replace(tzinfo=UTC)
    event.add("summary").value = title
    if place:
        event.add("location").value = place
    if text:
        event.add("description").value = text
    event.add("status").value = "CANCELLED" if cancelled else "CONFIRMED"
    return calendar.serialize().encode()
