// The smallest client of the interface in JavaScript: any runtime with fetch, without packages.
//
//     const service = new WaterService("https://service.water.example", "water", key);
//     const filed = await service.call("submit", { case: { external_id: "wx-1", kind: "inquiry", … } });
//     const { status } = await service.call("status", { external_id: "wx-1" });

// Too many calls, or the service is away for a moment: the same call once more, a little later.
const AGAIN = new Set([429, 502, 503, 504]);

export class WaterError extends Error {
    constructor(status, message) {
        super(`${status}: ${message}`);
        this.status = status;
    }
}

export class WaterService {
    constructor(url, database, key, { lang = "zh-CN", tries = 5 } = {}) {
        this.url = url.replace(/\/$/, "");
        this.tries = tries;
        this.headers = {
            Authorization: `bearer ${key}`,
            "X-Odoo-Database": database,
            "Content-Type": "application/json",
            "Accept-Language": lang,
        };
    }

    // Calls `method` of the interface with named values; repeating is safe.
    async call(method, values = {}) {
        for (let left = this.tries - 1; ; left--) {
            const answer = await fetch(`${this.url}/json/2/water.api/${method}`, {
                method: "POST",
                headers: this.headers,
                body: JSON.stringify(values),
            });
            if (answer.ok) {
                return answer.json();
            }
            if (!AGAIN.has(answer.status) || !left) {
                const told = await answer.json().catch(() => ({}));
                throw new WaterError(answer.status, told.message ?? answer.statusText);
            }
            const wait = Number(answer.headers.get("Retry-After")) || 2;
            await new Promise((done) => setTimeout(done, wait * 1000));
        }
    }
}
