// Solves a challenge of the public page beside the page, so that typing stays smooth: which number
// after the nonce gives the derived key? Plain script of a worker, in no bundle; nothing leaves the
// browser but the answer.
const BATCH = 8;

function bytes(hex) {
    return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function hex(buffer) {
    return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function derive(counter, { nonce, salt, cost, keyLength }) {
    const password = new Uint8Array(nonce.length / 2 + 4);
    password.set(bytes(nonce));
    new DataView(password.buffer).setUint32(nonce.length / 2, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    return hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
}

async function solve(parameters) {
    const { tries } = parameters.data;
    for (let first = 0; first < tries; first += BATCH) {
        const numbers = [...Array(Math.min(BATCH, tries - first)).keys()];
        const keys = await Promise.all(numbers.map((offset) => derive(first + offset, parameters)));
        const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
        if (found >= 0) {
            return { counter: first + found, derivedKey: keys[found] };
        }
    }
    return null;
}

globalThis.onmessage = async ({ data }) => {
    try {
        globalThis.postMessage(await solve(data.parameters));
    } catch {
        globalThis.postMessage(null); // no WebCrypto, such as without TLS
    }
};
