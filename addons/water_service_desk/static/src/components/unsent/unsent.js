import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** What only serves a step and is forgotten after it: saving one keeps no word of it. */
const isPassing = (resModel) => resModel.endsWith(".wizard");
const keyOf = ({ resModel, resId }) => `${resModel},${resId}`;

/** What does the work of a dialog, beside what closes it. */
const ACTS = ".btn-primary[name], .btn-danger[name], .o_form_button_save";

/** Passing records that somebody has typed into: a preview opens the same record again. */
const typed = new Set();

// A step that is refused has saved its dialog before: what was typed is not sent for all that.
patch(FormController.prototype, {
    setup() {
        super.setup();
        if (this.env.inDialog && this.props.resModel.startsWith("water.")) {
            this.env.dialogData.isUnsent = () => this.isUnsent();
        }
    },

    async onRecordSaved(record) {
        if (record.dirty && isPassing(record.resModel)) {
            typed.add(keyOf(record));
        }
        return super.onRecordSaved(...arguments);
    },

    async isUnsent() {
        const { root } = this.model;
        return Boolean(root) && ((await root.isDirty()) || typed.has(keyOf(root)));
    },
});

// Odoo closes a dialog at the first Escape, with a page of typed words in it.
patch(Dialog.prototype, {
    async dismiss() {
        if (await this.isKept()) {
            return;
        }
        return super.dismiss();
    },

    /** Whether something was typed that whoever closes the dialog wants to keep. */
    async isKept() {
        // a dialog that only shows what became of it has nothing left to send
        const acts = this.modalRef.el?.querySelector(`.modal-footer :is(${ACTS})`);
        if (!acts || !(await this.data.isUnsent?.())) {
            return false;
        }
        return new Promise((resolve) => {
            this.env.services.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Not Sent Yet"),
                    body: _t(
                        "What you have typed here has not been sent. If you close the dialog, it is lost."
                    ),
                    confirmLabel: _t("Keep Typing"),
                    confirm: () => resolve(true),
                    cancelLabel: _t("Discard It"),
                    cancel: () => resolve(false),
                    dismiss: () => resolve(true),
                },
                { onClose: () => resolve(true) }
            );
        });
    },
});
