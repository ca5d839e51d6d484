import { _t } from "@web/core/l10n/translation";

/**
 * Words of Odoo's own screens that its Chinese lacks (19.0). The client looks a word up in
 * every module when the one that says it has none: named here, they stand in our translation.
 */
export const odooTerms = () => [
    _t("Are you sure you want to delete the %(nbSelected)s selected records?"),
    _t("Are you sure you want to delete the selected record?"),
    _t("Are you sure you want to update %(count)s records?"),
    _t("Among the %(total)s selected records, %(valid_count)s are valid for this update."),
    _t("Caps Lock is on!"),
    _t("Custom range"),
    _t("Discard editing"),
    _t("Insert image, icon or video"),
    _t("Missing required fields"),
    _t("Month to date"),
    _t("My Preferences"),
    _t("No data to export"),
    _t("No settings found"),
    _t("Open in new tab"),
    _t("Search conversations"),
    _t("Select one or several criteria"),
    _t("Shortcuts"),
    _t("Starred messages"),
    _t("The file is not an image, resizing is not possible"),
    _t("Tracked Changes"),
    _t("Try searching for another keyword"),
    _t("Year to date"),
    _t("between"),
    _t("empty"),
    _t("greater or equal to"),
    _t("lower or equal to"),
    _t("lower than"),
    _t("not %(operator_label)s"),
];
