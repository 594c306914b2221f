// The dossier page with JavaScript: files go one by one with their progress, and the checklist
// fills after each; nothing is called missing before the last is read. The server draws everything;
// without this script the same forms do the work.

import { events } from "./stream.js";

const words = JSON.parse(document.body.dataset.strings);
const code = document.body.dataset.code;
const language = document.documentElement.lang;
const byId = (id) => document.getElementById(id);
const [form, drop, progress, waiting, problem] = ["upload", "drop", "progress", "waiting", "problem"].map(byId);
const pickers = [...form.querySelectorAll("input[type=file]")];
const query = `?lang=${language}`;

let queue = Promise.resolve();
let left = 0;

function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const files = pickers.flatMap((picker) => [...picker.files]);
    if (files.length) send(files);
    else complain(words.dossier_no_file);
  });
  for (const picker of pickers) picker.addEventListener("change", () => send([...picker.files]));
  document.addEventListener("submit", onChange);
  document.addEventListener("paste", (event) => send([...event.clipboardData.files]));
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, onDrag);
  }
}

function onDrag(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.toggle("over", event.type === "dragenter" || event.type === "dragover");
  if (event.type === "drop") send([...event.dataTransfer.files]);
}

/** Puts files in line; each is uploaded, read and checked before the next. */
function send(files) {
  problem.hidden = true;
  expect(files.length);
  for (const file of files) {
    const row = rowOf(file.name);
    queue = queue
      .then(() => upload(file, row))
      .catch((error) => fail(row, error))
      .then(() => expect(-1));
  }
  queue = queue.then(() => {
    for (const picker of pickers) picker.value = "";
  });
}

/** Counts the files not yet read; while there are any, the page draws no conclusion. */
function expect(count) {
  left += count;
  waiting.hidden = left === 0;
  waiting.textContent = words.dossier_waiting.replace("{n}", left);
  byId("ket-qua").toggleAttribute("data-reading", left > 0);
}

async function upload(file, row) {
  const dossier = byId("ket-qua").dataset.dossier || (await open());
  const body = new FormData();
  body.append("files", file);
  const response = await fetch(`/api/v1/dossiers/${dossier}/files${query}`, { method: "POST", body });
  if (!response.ok) throw new Error(await sentenceOf(response));
  for await (const { event, data } of events(response.body)) {
    const told = JSON.parse(data);
    if (event === "progress") show(row, told.stage, told.page);
    if (event === "error") throw new Error(told.text);
    if (event === "report") {
      const refusal = told.unread.find((one) => one.file === file.name && !one.page);
      if (refusal) show(row, "refused", 0, refusal.sentence);
      else show(row, "done", 0);
    }
  }
  await refresh();
}

async function open() {
  const body = new FormData();
  body.append("procedure", code);
  const response = await fetch(`/api/v1/dossiers${query}`, { method: "POST", body });
  if (!response.ok) throw new Error(await sentenceOf(response));
  const { id } = await response.json();
  byId("ket-qua").dataset.dossier = id;
  return id;
}

async function sentenceOf(response) {
  const refusal = await response.json().catch(() => ({}));
  return refusal.error ?? refusal.text ?? words.dossier_failed;
}

function rowOf(name) {
  const row = document.createElement("li");
  const [file, state] = [document.createElement("span"), document.createElement("span")];
  file.textContent = name;
  state.className = "state";
  row.append(file, state);
  progress.append(row);
  show(row, "sending", 0);
  return row;
}

function show(row, stage, page, sentence) {
  const text = words[`dossier_${stage}`] ?? words.dossier_reading;
  row.dataset.stage = stage;
  row.querySelector(".state").textContent = sentence ?? text.replace("{page}", page);
}

function fail(row, error) {
  show(row, "failed", 0, error instanceof TypeError ? words.offline : error.message);
}

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = false;
}

/** Forms of the checklist: the answer to them is the page again, of which the result is taken. */
function onChange(event) {
  const changed = event.target;
  if (!changed.classList.contains("change")) return;
  event.preventDefault();
  const body = new FormData(changed, event.submitter);
  const erases = event.submitter?.name === "erase";
  queue = queue
    .then(() => redraw(changed.action, { method: "POST", body }))
    .then(() => (erases ? progress.replaceChildren() : null))
    .then(() => byId("ket-qua").querySelector("h2")?.focus())
    .catch(() => complain(words.offline));
}

const refresh = () => redraw(location.pathname + query, {});

/** Fetches the page as the server draws it and puts its result in place of ours. */
async function redraw(address, options) {
  const response = await fetch(address, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [now, next] = [byId("ket-qua"), page.getElementById("ket-qua")];
  if (!next) return complain(words.dossier_failed);
  const open = new Set([...now.querySelectorAll("details[open]")].map((one) => one.dataset.place));
  next.toggleAttribute("data-reading", left > 0);
  now.replaceWith(next);
  for (const one of next.querySelectorAll("details")) one.open = open.has(one.dataset.place);
}

start();
