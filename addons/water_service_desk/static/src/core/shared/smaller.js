/** @odoo-module ignore
 * Photos made smaller before they are sent: shared by customers' pages, which run without Odoo's
 * scripts, and by the phones of staff.
 */
(() => {
    "use strict";
    const ENOUGH_BYTES = 400 * 1024;

    /**
     * The photo with its longest side cut down, upright; what is no photo stays as it is.
     *
     * @param {File} file
     * @param {number} [longestSide] in pixels
     * @returns {Promise<File>}
     */
    globalThis.waterSmaller = async function (file, longestSide = 2000) {
        if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) {
            return file;
        }
        try {
            const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
            const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
            if (scale === 1 && file.size < ENOUGH_BYTES) {
                return file;
            }
            const canvas = document.createElement("canvas");
            canvas.width = Math.round(picture.width * scale);
            canvas.height = Math.round(picture.height * scale);
            canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
            const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
            const name = file.name.replace(/\.\w+$/, "") + ".jpg";
            return blob && blob.size < file.size
                ? new File([blob], name, { type: "image/jpeg" })
                : file;
        } catch {
            return file; // a kind that this browser cannot draw goes as it is
        }
    };
})();
