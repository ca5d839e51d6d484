import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { ActionHelper } from "@web/views/action_helper";

const GROUPING = ["groupBy", "dateGroupBy"];

/**
 * What an empty list says is true of the list as its menu opens it (“No compensations yet”). Where
 * the reader has searched, filtered or chosen a part at the side himself, only that finds nothing.
 */
patch(ActionHelper.prototype, {
    get isNarrowed() {
        const search = this.env.searchModel;
        if (!search?.resModel?.startsWith("water.")) {
            return false;
        }
        const items = search.query.map((active) => search.searchItems[active.searchItemId]);
        return (
            items.some((item) => !item.isDefault && !GROUPING.includes(item.type)) ||
            search.categories.some((part) => part.activeValueId)
        );
    },

    get showDefaultHelper() {
        return this.isNarrowed || super.showDefaultHelper;
    },

    get title() {
        return this.isNarrowed ? _t("No results.") : super.title;
    },

    get description() {
        return this.isNarrowed
            ? _t("Search for something else, or take a filter out of the search bar.")
            : super.description;
    },
});
