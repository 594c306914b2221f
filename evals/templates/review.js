const { sample, items } = JSON.parse(document.getElementById("data").textContent);
const store = `motcua-review-${sample}`;
const notes = ["wrong_words", "missing", "comment"];
const byId = (id) => document.getElementById(id);
const state = { rater: "", place: 0, ratings: {}, ...JSON.parse(kept(store) ?? "{}") };

function remember() {
  byId("unkept").hidden = keep(store, JSON.stringify(state));
}

// Fixed sentences come from the page in both languages; only their figures are filled in here.
function say(element, word, values = {}) {
  const text = byId("words").content.querySelector(`[data-word=${word}]`).cloneNode(true);
  for (const part of text.children) {
    part.textContent = part.textContent.replace(/\[(\w+)\]/g, (_, name) => values[name]);
  }
  element.replaceChildren(...text.childNodes);
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function link(url) {
  const item = document.createElement("li");
  const anchor = item.appendChild(line("a", url));
  anchor.href = url;
  anchor.rel = "noopener noreferrer";
  return item;
}

function show() {
  const item = items[state.place];
  const rating = state.ratings[item.id] ?? {};
  say(byId("place"), "place", { n: state.place + 1, of: items.length });
  byId("turns").replaceChildren(...item.turns.map((turn) => line("li", turn)));
  byId("text").textContent = item.text;
  byId("reference").textContent = item.reference;
  byId("sources").replaceChildren(...item.sources.map(link));
  byId("help").hidden = !item.reference;
  for (const button of document.querySelectorAll(".verdict")) {
    button.setAttribute("aria-pressed", button.dataset.verdict === rating.verdict);
  }
  for (const name of notes) byId(name).value = rating[name] ?? "";
  progress();
}

function progress() {
  const rated = items.filter((item) => state.ratings[item.id]?.verdict).length;
  say(byId("progress"), "progress", { n: rated, of: items.length });
  byId("done").style.width = `${(100 * rated) / items.length}%`;
}

function note(values) {
  const id = items[state.place].id;
  state.ratings[id] = { ...state.ratings[id], ...values, at: new Date().toISOString() };
  remember();
}

function rate(verdict) {
  note({ verdict });
  show();
}

function go(place) {
  state.place = Math.min(items.length - 1, Math.max(0, place));
  byId("told").replaceChildren();
  byId("help").open = false;
  remember();
  show();
  byId("item").focus({ preventScroll: true });
  byId("item").scrollIntoView({ block: "start" });
}

function nextOpen() {
  const order = [...items.keys()].map((n) => (state.place + 1 + n) % items.length);
  const open = order.find((n) => !state.ratings[items[n].id]?.verdict);
  if (open !== undefined) go(open);
}

function save() {
  const rated = items.filter((item) => state.ratings[item.id]?.verdict);
  const rater = state.rater.trim();
  if (!rater) {
    say(byId("told"), "nobody");
    byId("rater").focus();
    return;
  }
  if (!rated.length) return say(byId("told"), "nothing");
  const lines = rated.map((item) =>
    JSON.stringify({ sample, item: item.id, rater, ...state.ratings[item.id] }),
  );
  const file = new Blob([lines.join("\n") + "\n"], { type: "application/x-ndjson" });
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(file);
  anchor.download = `verdicts-${sample}-${rater.replace(/[^\p{L}\p{N}]+/gu, "-")}.jsonl`;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
  say(byId("told"), "saved", { n: rated.length });
}

byId("rater").value = state.rater;
byId("rater").addEventListener("input", (event) => {
  state.rater = event.target.value;
  remember();
});
for (const name of notes) {
  byId(name).addEventListener("input", (event) => note({ [name]: event.target.value }));
}
for (const button of document.querySelectorAll(".verdict")) {
  button.addEventListener("click", () => rate(button.dataset.verdict));
}
byId("back").addEventListener("click", () => go(state.place - 1));
byId("next").addEventListener("click", () => go(state.place + 1));
byId("todo").addEventListener("click", nextOpen);
byId("save").addEventListener("click", save);
document.addEventListener("keydown", (event) => {
  const choosing = event.target.matches("[type=radio]"); // the arrows are its own there
  const typing = !choosing && event.target.matches("input, textarea");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const verdict = ["right", "partial", "wrong", "harmful"][Number(event.key) - 1];
  if (verdict) rate(verdict);
  else if (choosing) return;
  else if (event.key === "ArrowRight") go(state.place + 1);
  else if (event.key === "ArrowLeft") go(state.place - 1);
  else return;
  event.preventDefault();
});
remember();
show();
