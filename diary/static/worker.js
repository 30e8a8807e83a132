// Opens the diary without a network, and sends what waits when the browser says that there is one again.

import { send } from "./sending.js";

const HERE = new URL(".", self.location).pathname;
const FILES = ["style.css", "page.js", "form.js", "queue.js", "sending.js"].map((name) => HERE + name);
const CACHE = `diary ${HERE}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(replaceOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(HERE)) event.respondWith(kept(request));
  else if (url.pathname.startsWith("/diary/")) event.respondWith(newest(request));
});

self.addEventListener("sync", (event) => {
  event.waitUntil(
    send().then(({ left }) => {
      new BroadcastChannel("lorong-diary").postMessage("sent");
      if (left) throw new Error("entries still wait; try again later");
    }),
  );
});

// The pages that another version kept are fetched anew, since its files go with it.
async function replaceOthers() {
  const cache = await caches.open(CACHE);
  for (const name of (await caches.keys()).filter((other) => other.startsWith("diary ") && other !== CACHE)) {
    const requests = await (await caches.open(name)).keys();
    const pages = requests.filter((request) => !new URL(request.url).pathname.startsWith("/diary/static/"));
    await Promise.allSettled(pages.map((page) => cache.add(page.url)));
    await caches.delete(name);
  }
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

// The page from the network; the one that was kept where there is none, or it takes too long.
async function newest(request) {
  const cache = await caches.open(CACHE);
  const found =
    (await cache.match(request, { ignoreVary: true })) ??
    (await cache.match(request, { ignoreVary: true, ignoreSearch: true }));
  const fresh = fetch(request).then((answer) => {
    if (answer.ok) cache.put(request, answer.clone());
    return answer;
  });
  if (!found) return fresh;
  const useful = fresh.then((answer) => (answer.status < 500 ? answer : found)).catch(() => found);
  const tooLong = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, found));
  return Promise.race([useful, tooLong]);
}
