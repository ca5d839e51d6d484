import { _t } from "@web/core/l10n/translation";

/** The columns of the board, the most pressing first: words, icon and colour of each. */
export const COLUMNS = {
    breached: {
        title: _t("Overdue"),
        empty: _t("None overdue."),
        icon: "fa-exclamation-circle",
        colour: "text-danger",
    },
    hour: {
        title: _t("Within an Hour"),
        empty: _t("None due within an hour."),
        icon: "fa-hourglass-half",
        colour: "text-warning-emphasis",
    },
    today: {
        title: _t("Today"),
        empty: _t("No more due today."),
        icon: "fa-clock-o",
        colour: "text-primary-emphasis",
    },
    week: {
        title: _t("This Week"),
        empty: _t("No more due this week."),
        icon: "fa-calendar-o",
        colour: "text-success-emphasis",
    },
};

/**
 * In which column a limit stands.
 *
 * @param {DateTime} due
 * @param {DateTime} now of the server
 * @param {{day: DateTime, week: DateTime}} ends of today and of this week
 * @returns {string|false} false when it is due after this week
 */
export function columnOf(due, now, ends) {
    if (due < now) {
        return "breached";
    }
    if (due < now.plus({ hours: 1 })) {
        return "hour";
    }
    if (due < ends.day) {
        return "today";
    }
    return due < ends.week ? "week" : false;
}

/**
 * The columns as they are at ``now``, which may be some time after the server told them:
 * cards move on with the clock, and the counts with them.
 *
 * @param {Object} board with ``columns`` (cards have a DateTime ``due``) and ``ends``
 * @param {DateTime} now of the server
 */
export function arrange(board, now) {
    const columns = board.columns.map((column) => ({ ...column, cards: [] }));
    const byKey = Object.fromEntries(columns.map((column) => [column.key, column]));
    for (const { key, cards } of board.columns) {
        for (const card of cards) {
            const target = columnOf(card.due, now, board.ends) || key;
            byKey[target].cards.push(card);
            if (target !== key) {
                byKey[target].count++;
                byKey[key].count--;
            }
        }
    }
    for (const column of columns) {
        column.cards.sort((one, other) => one.due - other.due || one.id - other.id);
    }
    return columns;
}
