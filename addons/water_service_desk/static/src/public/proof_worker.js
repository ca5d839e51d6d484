// Solves a challenge of the public page beside the page, so that typing stays smooth: which number
// after the salt gives the hash? Plain script of a worker, in no bundle; nothing leaves the browser.
const BATCH = 256;

function hex(buffer) {
    return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve({ salt, challenge, maxNumber }) {
    const encoder = new TextEncoder();
    for (let first = 0; first <= maxNumber; first += BATCH) {
        const numbers = [...Array(Math.min(BATCH, maxNumber - first + 1)).keys()];
        const hashes = await Promise.all(
            numbers.map((offset) => crypto.subtle.digest("SHA-256", encoder.encode(salt + (first + offset))))
        );
        const found = hashes.findIndex((hash) => hex(hash) === challenge);
        if (found >= 0) {
            return first + found;
        }
    }
    return null;
}

self.onmessage = async ({ data }) => {
    try {
        self.postMessage({ number: await solve(data) });
    } catch {
        self.postMessage({ number: null }); // no WebCrypto, such as without TLS
    }
};
