// The conversation of this tab, so that it is still there after a record was opened. It is gone
// when the tab closes: people share computers at service centres.

const KEY = "motcua.conversation";
const MOST = 30;

const empty = () => ({ id: newId(), turns: [], draft: "" });

let state = load();

export const turns = () => state.turns;
export const draft = () => state.draft;
export const conversation = () => state.id;

export function remember(turn) {
  state.turns = [...state.turns.filter((kept) => kept !== turn), turn].slice(-MOST);
  save();
}

export function keepDraft(text) {
  state.draft = text;
  save();
}

export function forget() {
  state = empty();
  save();
}

// randomUUID needs HTTPS, which an office server on a local network may lack.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function load() {
  try {
    return { ...empty(), ...JSON.parse(sessionStorage.getItem(KEY)) };
  } catch {
    return empty();
  }
}

function save() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // Storage is blocked or full: the page goes on without a memory.
  }
}
