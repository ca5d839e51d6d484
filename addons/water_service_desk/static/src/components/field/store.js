/**
 * What the telephone keeps of the day in the field. Odoo's own IndexedDB class is made for copies
 * of what the server has: it swallows errors, and says "kept" before the disk has it. An act that
 * is kept here is nowhere else.
 */
const TABLES = { acts: { keyPath: "order", autoIncrement: true }, drafts: {}, day: {} };

export class FieldStore {
    constructor(name) {
        this.name = name;
    }

    open() {
        this.opening ??= new Promise((resolve, reject) => {
            const request = indexedDB.open(this.name, 1);
            request.onupgradeneeded = () => {
                for (const [table, options] of Object.entries(TABLES)) {
                    request.result.createObjectStore(table, options);
                }
            };
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        return this.opening;
    }

    /** Do something with a table; resolves when the disk has it. */
    async run(table, mode, work) {
        const db = await this.open();
        return new Promise((resolve, reject) => {
            const transaction = db.transaction(table, mode, { durability: "strict" });
            const request = work(transaction.objectStore(table));
            transaction.oncomplete = () => resolve(request.result);
            transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
    }

    get(table, key) {
        return this.run(table, "readonly", (rows) => rows.get(key));
    }

    all(table) {
        return this.run(table, "readonly", (rows) => rows.getAll());
    }

    put(table, value, key) {
        return this.run(table, "readwrite", (rows) => rows.put(value, key));
    }

    remove(table, key) {
        return this.run(table, "readwrite", (rows) => rows.delete(key));
    }

    clear(table) {
        return this.run(table, "readwrite", (rows) => rows.clear());
    }
}
