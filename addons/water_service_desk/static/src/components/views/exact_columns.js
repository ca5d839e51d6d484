import { patch } from "@web/core/utils/patch";
import { KanbanController } from "@web/views/kanban/kanban_controller";

/**
 * A board of cases asks for its columns and for the colours of their bars at the same time, and the
 * server would count every case for both. The bars add up to the columns: so the columns come with
 * what they show (`water_columns_at_a_glance`), and their numbers are those of the bars.
 */
patch(KanbanController.prototype, {
    setup() {
        super.setup();
        if (this.progressBarState && this.props.resModel.startsWith("water.")) {
            glance(this.model);
            countByBars(this.model, this.progressBarState);
        }
    },
});

function glance(model) {
    const webReadGroup = model._webReadGroup;
    model._webReadGroup = function (config, cache) {
        const context = { ...config.context, water_columns_at_a_glance: true };
        return webReadGroup.call(this, { ...config, context }, cache);
    };
}

/** Bars and columns come in either order: whichever is last sets the numbers. */
function countByBars(model, bars) {
    const { loadProgressBar } = bars;
    bars.loadProgressBar = async function (...asked) {
        await loadProgressBar.apply(this, asked);
        setNumbers(model, bars);
    };
    const { onRootLoaded } = model.hooks;
    model.hooks.onRootLoaded = async (root) => {
        await onRootLoaded(root);
        setNumbers(model, bars);
    };
}

function setNumbers({ root }, bars) {
    for (const group of root?.groups || []) {
        const colours = bars._pbCounts?.[bars._getGroupValue(group)] || {};
        const number = Object.values(colours).reduce((sum, count) => sum + count, 0);
        if (number > group.count) {
            group.count = number;
            group.list.count = number;
        }
    }
}
