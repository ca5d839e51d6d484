import { _t } from "@web/core/l10n/translation";

/** A number of minutes in words, the two largest units: 「3 小时 12 分」. */
export function spanText(total) {
    const days = Math.floor(total / 1440);
    const hours = Math.floor((total % 1440) / 60);
    const minutes = total % 60;
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours });
    }
    if (hours) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes });
    }
    return _t("%(minutes)s min", { minutes });
}

/** The time left, or by how much it is over: 「剩 3 小时 12 分」. */
export function leftText(minutes, isLate) {
    const span = spanText(minutes);
    return isLate ? _t("Overdue by %s", span) : _t("%s left", span);
}
