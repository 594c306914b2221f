// The chat page: sends what people ask, shows what comes back, remembers it for this tab.

import * as memory from "./memory.js";
import { TurnView, words } from "./render.js";
import { ask, NoAnswer } from "./stream.js";

const LONGEST = 4000;
const byId = (id) => document.getElementById(id);
const [log, empty, composer, box, sendButton] = ["log", "empty", "composer", "q", "send"].map(byId);
const [newButton, tooLong] = [byId("new"), byId("too-long")];
const interfaceLanguage = document.documentElement.lang;

let busy = false;
let count = 0;

function start() {
  document.documentElement.classList.add("js");
  document.querySelector(".keys").hidden = false;
  box.removeAttribute("maxlength"); // it would cut a pasted text without a word
  restore();
  box.value ||= memory.draft();
  document.addEventListener("submit", onSubmit);
  box.addEventListener("keydown", onKey);
  box.addEventListener("input", checkLength);
  newButton.addEventListener("click", startAgain);
  document.addEventListener("toggle", placeQuote, true);
  addEventListener("pagehide", () => memory.keepDraft(box.value));
}

/** Puts back this tab's turns, then takes over the one that the server drew for `?q=`. */
function restore() {
  const drawn = log.querySelector(".turn[data-answer]");
  if (drawn) adopt(drawn);
  log.querySelector(".turn")?.remove();
  log.setAttribute("aria-busy", "true"); // old turns are not news
  for (const turn of memory.turns()) show(turn);
  log.removeAttribute("aria-busy");
  reveal();
  if (drawn) log.querySelector(".turn:last-child .question")?.scrollIntoView();
}

function adopt(drawn) {
  const { q, code } = Object.fromEntries(new URLSearchParams(location.search));
  memory.remember({ text: q, code: code || null, answer: JSON.parse(drawn.dataset.answer) });
  // The question leaves the address: reloading must not ask it again.
  history.replaceState(null, "", interfaceLanguage === "en" ? "/?lang=en" : "/");
}

function show(turn) {
  const view = new TurnView(log, `t${++count}`, turn);
  if (turn.answer) view.showAnswer(turn.answer);
  else view.showProblem(words.offline, () => answer(turn, view));
  return view;
}

function reveal() {
  const started = log.childElementCount > 0;
  empty.hidden = started;
  byId("title").hidden = !started;
  newButton.hidden = !started;
}

function onSubmit(event) {
  const form = event.target;
  if (form !== composer && !form.matches("form.ask")) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  const text = fields.get("q").trim();
  if (busy || !text || (form === composer && !checkLength())) return;
  const chosen = event.submitter?.querySelector(".choice-label")?.textContent ?? null;
  if (form === composer) clearBox();
  askInTurn({ text, code: fields.get("code"), only: fields.get("case"), chosen, answer: null }, form === composer);
}

function onKey(event) {
  // Vietnamese keyboards compose letters: Enter then ends a word, not the question.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  composer.requestSubmit();
}

function checkLength() {
  const fits = box.value.length <= LONGEST;
  tooLong.hidden = fits;
  if (!fits) tooLong.textContent = words.too_long.replace("{n}", box.value.length);
  return fits;
}

function clearBox() {
  box.value = "";
  memory.keepDraft("");
}

async function askInTurn(turn, typed) {
  memory.remember(turn);
  const view = new TurnView(log, `t${++count}`, turn);
  reveal();
  focusOn(view, typed);
  await answer(turn, view);
}

/** Who typed goes on typing; on a phone the keyboard would hide the answer. */
function focusOn(view, typed) {
  const keepTyping = typed && !matchMedia("(pointer: coarse)").matches;
  (keepTyping ? box : view.heading).focus({ preventScroll: true });
  view.heading.scrollIntoView({ block: "start" });
}

async function answer(turn, view) {
  if (busy) return;
  setBusy(true);
  view.showWaiting();
  try {
    turn.answer = await ask(questionOf(turn), (block) => view.showBlock(block));
    view.showAnswer(turn.answer);
    memory.remember(turn);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    view.showProblem(error.sentence || words[error.reason], () => answer(turn, view));
  } finally {
    setBusy(false);
  }
}

function questionOf({ text, code, only }) {
  const language = interfaceLanguage === "en" ? "en" : null; // else the words decide
  const chosen = { code: code || null, case: only || null };
  return { text, ...chosen, language, conversation: memory.conversation() };
}

function setBusy(state) {
  busy = state;
  // aria-disabled, not disabled: the button keeps the keyboard's focus.
  sendButton.setAttribute("aria-disabled", String(state));
  log.classList.toggle("busy", state);
}

function startAgain() {
  memory.forget();
  log.replaceChildren();
  reveal();
  box.focus();
}

/** On a wide screen the quote opens beside its number; on a phone it stays at the bottom. */
function placeQuote(event) {
  const quote = event.target;
  if (event.newState !== "open" || !quote.matches?.(".quote") || innerWidth < 640) return;
  const button = document.querySelector(`.cite[popovertarget="${quote.id}"]:focus`);
  const anchor = (button ?? document.querySelector(`[popovertarget="${quote.id}"]`)).getBoundingClientRect();
  const left = Math.min(Math.max(16, anchor.left - 24), innerWidth - quote.offsetWidth - 16);
  const below = anchor.bottom + 4 + quote.offsetHeight < innerHeight;
  const top = below ? anchor.bottom + 4 : Math.max(16, anchor.top - quote.offsetHeight - 4);
  Object.assign(quote.style, { left: `${left}px`, top: `${top}px`, bottom: "auto", right: "auto" });
}

start();
