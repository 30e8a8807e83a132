// What this phone has entered and the lanes' codes, in IndexedDB: the page and its service worker share it.

const NAME = "lorong-diary";
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("entries", { keyPath: "key" });
      asked.result.createObjectStore("codes", { keyPath: "lane" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One request in one transaction; done when it is on the disk, not when it was asked for.
async function ask(store, mode, make) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = make(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const keep = (record) => ask("entries", "readwrite", (store) => store.put(record));
export const forget = (key) => ask("entries", "readwrite", (store) => store.delete(key));
export const codeOf = (lane) => ask("codes", "readonly", (store) => store.get(lane));
export const keepCode = (lane, code, isWrong = false) =>
  ask("codes", "readwrite", (store) => store.put({ lane, code, isWrong }));
export const forgetCode = (lane) => ask("codes", "readwrite", (store) => store.delete(lane));

// Everything, in the order it was entered.
export async function all() {
  const found = await ask("entries", "readonly", (store) => store.getAll());
  return found.sort((a, b) => a.queued - b.queued || a.document.version - b.document.version);
}

// An id that nobody else draws; randomUUID is only there over HTTPS.
export function drawId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const recordOf = (lane, document) => ({
  key: `${lane}/${document.entry}/${document.version}`,
  lane,
  document,
  state: "waiting",
  queued: Date.now(),
});
