// The diary on a phone: entries go into a queue first, and from there to the server whenever it can be reached.

import { documentOf, fillIn, quicken } from "./form.js";
import { all, codeOf, drawId, forget, forgetCode, keep, keepCode, recordOf } from "./queue.js";
import { send } from "./sending.js";

const DAY_MS = 86_400_000;
const REMEMBERED_DAYS = 31;
const TREMBLE_MS = 800;
const SHORTEST_MS = 5_000;
const LONGEST_MS = 600_000;

const facts = JSON.parse(document.getElementById("facts").textContent);
const { lane, words } = facts;
const byId = (id) => document.getElementById(id);
let timer;
let pause = SHORTEST_MS;
let notBefore = 0;
let records = [];
let registration;
let isSending = false;
let isAsked = false;
let isLocked = true;
let shown = "";

const make = (tag, text = "", more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);

async function start() {
  try {
    records = await all();
  } catch {
    notice(words.no_queue); // the forms work as they are, with the code typed each time
    return;
  }
  await forgetOld();
  for (const form of document.querySelectorAll("#forms form")) prepare(form);
  if (facts.isOpen) addLock();
  byId("open")?.addEventListener("submit", openDiary);
  addEventListener("online", () => hurry());
  addEventListener("visibilitychange", () => document.hidden || hurry());
  new BroadcastChannel("lorong-diary").addEventListener("message", draw);
  await draw();
  hurry();
  await goOffline();
}

function addLock() {
  const lock = make("button", words.lock, { type: "button", className: "small" });
  lock.addEventListener("click", () => forgetCode(lane).then(draw));
  byId("lock").append(`${words.opened} `, lock);
}

function prepare(form) {
  form.querySelector(".code").remove(); // it is kept by the browser, and typed once
  quicken(form, facts, lastOf);
  form.noValidate = true; // it is asked below, and says in the page's language what is missing
  for (const radio of form.querySelectorAll("[type=radio]")) radio.required = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { entry, version, at, saved = 0 } = form.dataset;
    if (Date.now() - saved < TREMBLE_MS || !isEnough(form)) return;
    const changed = entry ? { entry, version: Number(version), at: Number(at) } : null;
    const typed = documentOf(form);
    leave(form); // at once: whoever taps again finds an empty form
    form.dataset.saved = Date.now();
    try {
      await enter({ ...typed, ...(changed ?? { entry: drawId(), version: 1, at: Date.now() }) });
    } catch {
      fillIn(form, typed);
      notice(words.no_room);
    }
  });
}

// Whether all is there: a food, one of the fields of which any is enough, and what is required.
function isEnough(form) {
  const lacking = (found, has) => found[0]?.setCustomValidity([...found].some(has) ? "" : words.one_is_enough);
  lacking(form.querySelectorAll("[name=commodity]"), (field) => field.checked); // a food brings its unit
  lacking(form.querySelectorAll(".one-of input"), (field) => field.value);
  return form.reportValidity();
}

// A newer form takes the place of one that was refused.
async function enter(entry) {
  await keep(recordOf(lane, entry));
  const older = records.filter((record) => record.state === "refused" && record.document.entry === entry.entry);
  await Promise.all(older.map((record) => forget(record.key)));
  await draw();
  hurry();
  registration?.sync?.register("send").catch(() => {}); // Background Sync, where the browser has it and allows it
}

function hurry() {
  pause = SHORTEST_MS;
  attempt();
}

// One attempt at a time; the next is made later and later while nothing gets through.
async function attempt() {
  clearTimeout(timer);
  isAsked = isSending;
  if (isSending) return;
  const early = notBefore - Date.now();
  if (early > 0 || !navigator.onLine) {
    timer = setTimeout(attempt, Math.max(early, pause));
    return;
  }
  isSending = true;
  const { left, pause: asked } = await send().finally(() => (isSending = false));
  await draw();
  if (isAsked) return void attempt();
  if (!left) return;
  notBefore = Date.now() + asked;
  pause = Math.min(LONGEST_MS, pause * 2);
  timer = setTimeout(attempt, Math.max(asked, pause * (0.75 + Math.random() / 2)));
}

async function openDiary(event) {
  event.preventDefault();
  const field = event.target.elements.code;
  await keepCode(lane, field.value);
  field.value = "";
  await draw();
  hurry();
}

async function draw() {
  records = (await all()).filter((record) => record.lane === lane);
  const code = await codeOf(lane);
  isLocked = !code || code.isWrong;
  if (facts.isOpen) {
    byId("open").hidden = !isLocked;
    byId("forms").hidden = isLocked;
    byId("lock").hidden = isLocked;
  }
  drawState(code);
  drawMine();
}

function drawState(code) {
  const count = (state) => records.filter((record) => record.state === state).length;
  const [waiting, refused] = [count("waiting"), count("refused")];
  const some = (n, key) => (n === 1 ? words[`${key}_one`] : words[key].replace("{n}", n));
  const said = [];
  if (waiting) said.push(some(waiting, "waiting"));
  if (refused) said.push(some(refused, "refused"));
  if (code?.isWrong) said.push(facts.refusals[403]);
  else if (waiting) said.push(registration?.sync ? words.will_send : words.will_send_open);
  if (!said.length && records.length) said.push(words.all_sent);
  const state = byId("state");
  state.className = refused || code?.isWrong ? "refused" : waiting ? "waiting" : "";
  if (state.textContent !== said.join(" ")) state.textContent = said.join(" ");
}

// Of each entry of the last day, and of what is not sent, the form that holds, with what can be done about it.
function drawMine() {
  if (shown === (shown = JSON.stringify([isLocked, records]))) return; // what is the same keeps its focus
  const newest = new Map();
  for (const record of records) if (record.state !== "sent" || age(record) < 1) newest.set(record.document.entry, record);
  const items = [...newest.values()].reverse().map(itemOf);
  byId("mine").hidden = !items.length;
  byId("mine").querySelector("ul").replaceChildren(...items);
}

function itemOf(record) {
  const { document: entry, state } = record;
  const item = make("li", "", { className: state });
  const isVoid = Boolean(entry.void);
  item.append(make("span", described(entry)), " ", make("b", `${isVoid ? `${words.void}, ` : ""}${words[`state_${state}`]}`));
  if (state === "refused") item.append(make("p", `${facts.refusals[record.status] ?? facts.refusals.other} ${record.said}`));
  const row = make("div", "", { className: "row" });
  const button = (text, act) => {
    const made = make("button", text, { type: "button", className: "small" });
    made.addEventListener("click", act);
    row.append(made);
  };
  if (!isVoid && facts.isOpen && !isLocked) {
    if (!entry.nothing) button(words.edit, () => change(record));
    if (state !== "refused") button(words.undo, () => enter(next(record, { void: true })));
  }
  if (state === "refused") {
    button(words.again, () => keep({ ...record, state: "waiting" }).then(draw).then(hurry));
    button(words.discard, () => forget(record.key).then(draw));
  }
  item.append(row);
  return item;
}

const next = ({ document: entry }, more) => ({ ...entry, version: entry.version + 1, ...more });

function change(record) {
  const { document: entry } = record;
  const form = [...document.querySelectorAll("#forms form.entry")].find((found) => found.dataset.kind === entry.kind);
  leave(form);
  fillIn(form, entry);
  const at = record.state === "refused" ? Date.now() : entry.at; // it may have been refused for its time
  Object.assign(form.dataset, { entry: entry.entry, version: entry.version + 1, at });
  form.querySelector(".save").textContent = words.save_change;
  const giveUp = make("button", words.give_up, { type: "button", className: "small give-up" });
  giveUp.addEventListener("click", () => leave(form));
  form.append(giveUp);
  form.closest("details").open = true;
  form.scrollIntoView();
}

function leave(form) {
  form.reset();
  form.querySelector(".give-up")?.remove();
  for (const name of ["entry", "version", "at", "saved"]) delete form.dataset[name];
  form.querySelector(".save").textContent = form.classList.contains("nothing") ? words.nothing : words.save;
  form.dispatchEvent(new Event("change"));
}

function described(entry) {
  if (entry.nothing) return words.nothing;
  const parts = [facts.kinds[entry.kind], facts.foods[entry.commodity] ?? ""];
  if (entry.amount) parts.push(`${entry.amount} ${facts.unitNames[entry.unit] ?? entry.unit}`);
  for (const [name, label] of Object.entries(facts.fields)) if (entry[name]) parts.push(`${entry[name]} ${label}`);
  if (entry.bed) parts.push(`(${facts.beds[entry.bed] ?? entry.bed})`);
  return parts.filter(Boolean).join(" ");
}

const age = (record) => (Date.now() - record.queued) / DAY_MS;

const lastOf = (kind, food) =>
  records.map((record) => record.document).findLast((entry) => entry.kind === kind && entry.commodity === food && !entry.void);

// What was sent is remembered for a month, to offer the same again; what was not is never thrown away by itself.
async function forgetOld() {
  const old = records.filter((record) => record.state === "sent" && age(record) > REMEMBERED_DAYS);
  await Promise.all(old.map((record) => forget(record.key)));
}

// Keeps the page for when there is no network, and lets the browser send when this page is closed.
async function goOffline() {
  if (!("serviceWorker" in navigator)) {
    if (!isSecureContext) notice(words.insecure);
    return;
  }
  try {
    await navigator.serviceWorker.register(facts.worker, { scope: facts.scope, type: "module" });
    registration = await navigator.serviceWorker.ready;
    const cache = await caches.open(`diary ${new URL(".", new URL(facts.worker, location)).pathname}`);
    await cache.add(location.pathname + location.search);
    document.documentElement.dataset.offline = "ready";
    await draw();
  } catch {
    document.documentElement.dataset.offline = "none"; // it works online; what waits is in the queue
  }
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

start();
