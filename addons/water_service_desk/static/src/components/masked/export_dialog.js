import { patch } from "@web/core/utils/patch";
import { ExportDataDialog } from "@web/views/view_dialogs/export_data_dialog";

patch(ExportDataDialog.prototype, {
    /** Whether what is exported is kept in the privacy log: people are told before. */
    get isWaterData() {
        const model = this.props.root.resModel;
        return model.startsWith("water.") || model === "res.partner";
    },
});
