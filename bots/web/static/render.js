// Draws turns with DOM calls, never from markup in texts. templates/_answer.html is its twin on
// the server; tests/browser/test_twins.py compares what the two draw.

const t = JSON.parse(document.body.dataset.strings);
const language = document.documentElement.lang;

export const words = t;

/** A turn in the log: its question, then blocks as they come, then the rest of the answer. */
export class TurnView {
  constructor(log, prefix, question) {
    this.prefix = prefix;
    this.question = question;
    this.heading = make("h2", { class: "question", id: `${prefix}-q`, tabindex: "-1", dir: "auto" }, [
      make("span", { class: "sr", dir: "ltr" }, [`${t.you_asked} `]),
      question.text,
    ]);
    this.article = make("article", { class: "answer", "aria-label": t.answer_label });
    this.root = make("div", { class: "turn" }, [this.heading, chosen(question), this.article]);
    log.append(this.root);
  }

  showWaiting() {
    this.article.dataset.status = "waiting";
    this.blocks = make("div", { class: "blocks" });
    this.waiting = make("p", { class: "waiting" }, [t.looking_up]);
    this.article.replaceChildren(this.waiting, this.blocks);
  }

  showBlock(block) {
    this.waiting.remove();
    this.blocks.append(blockOf(block, this.prefix));
  }

  /** Blocks already shown stay as they are, so that a screen reader does not hear them twice. */
  showAnswer(answer) {
    this.waiting?.remove();
    this.article.dataset.status = answer.status;
    this.article.lang = answer.language;
    if (this.blocks?.children.length !== answer.blocks.length || !answer.blocks.length) {
      this.blocks = make("div", { class: "blocks" }, blocksOf(answer, this.prefix));
    }
    this.article.replaceChildren();
    if (answer.urgent) {
      this.article.append(this.blocks);
      return;
    }
    this.article.append(
      ...present([about(answer), assumed(answer), this.blocks, toDossier(answer)]),
      ...present([choices(answer, this.question), followUps(answer)]),
      ...answer.citations.map((citation) => quoteOf(citation, this.prefix)),
    );
  }

  showProblem(sentence, retry) {
    const button = make("button", { class: "button", type: "button" }, [t.retry]);
    button.addEventListener("click", retry);
    this.article.dataset.status = "failed";
    this.article.replaceChildren(make("p", { class: "problem" }, [sentence]), button);
  }
}

function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...present(children));
  return element;
}

const present = (items) => items.filter((item) => item !== null && item !== undefined);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function chosen(question) {
  return question.chosen ? make("p", { class: "chosen", lang: "vi" }, [question.chosen]) : null;
}

function about({ procedure, assumed }) {
  if (!procedure || assumed) return null;
  const href = recordLink(procedure.code);
  return make("p", { class: "about" }, [
    make("a", { href, lang: "vi" }, [procedure.name]),
    " ",
    make("span", { class: "code" }, [procedure.code]),
  ]);
}

function assumed(answer) {
  if (!answer.assumed) return null;
  const { code } = answer.procedure ?? {};
  const text = code && fill(t.record_of, answer.procedure);
  const link = code && make("a", { href: recordLink(code), lang: language }, [text]);
  return make("p", { class: "assumed" }, [answer.assumed, ...(link ? [" ", link] : [])]);
}

function toDossier({ procedure, facets }) {
  if (!procedure || !facets?.includes("documents")) return null;
  const query = language === "en" ? "?lang=en" : "";
  const href = `/ho-so/${encodeURIComponent(procedure.code)}${query}`;
  const link = make("a", { class: "button", href, lang: language }, [t.check_dossier]);
  return make("p", { class: "to-dossier" }, [link]);
}

function blocksOf(answer, prefix) {
  const bare = { kind: "text", facet: null, title: null, lines: [{ text: answer.text }] };
  const blocks = answer.blocks.length ? answer.blocks : [bare];
  return blocks.map((block) => blockOf(block, prefix));
}

function blockOf(block, prefix) {
  const uncited = block.facet && !block.lines.some(hasSource);
  const title = block.title ? make("h3", {}, [block.title]) : null;
  const { kind, facet } = block;
  const marks = { "data-kind": kind, "data-facet": facet, "data-uncited": uncited ? "" : null };
  const lines = block.lines.map((line) => lineOf(line, prefix));
  const list = { list: "ul", steps: "ol" }[block.kind];
  const body = list ? [make(list, {}, lines.map((line) => make("li", {}, [line])))] : lines;
  return make("section", { class: "block", ...marks }, [title, ...body]);
}

const hasSource = (line) => line.citations?.length > 0;

function lineOf(line, prefix) {
  const buttons = (line.citations ?? []).map((n) =>
    make(
      "button",
      {
        class: "cite",
        type: "button",
        popovertarget: `${prefix}-c${n}`,
        "aria-label": fill(t.citation, { n }),
      },
      [make("span", {}, [n])],
    ),
  );
  return make("div", { class: "line", dir: "auto" }, [line.text, ...buttons]);
}

function hidden(name, value) {
  return value ? make("input", { type: "hidden", name, value }) : null;
}

const langField = () => hidden("lang", language === "en" ? "en" : null);

function choices(answer, question) {
  if (!answer.options.length) return null;
  const buttons = answer.options.map((option) =>
    make("button", { class: "choice", name: "code", value: option.code, lang: answer.language }, [
      make("span", { class: "choice-label" }, [option.label]),
      " ",
      make("span", { class: "code" }, [option.code]),
    ]),
  );
  const title = answer.procedure ? t.other_options_title : t.options_title;
  const shown = { class: "label", "aria-hidden": "true" };
  const label = answer.procedure ? make("p", shown, [title]) : null; // else the answer says it
  const fields = [label, hidden("q", question.text), langField()];
  return askForm("ask choices", { "aria-label": title, lang: language }, [...fields, ...buttons]);
}

function followUps(answer) {
  if (!answer.follow_ups.length) return null;
  const chips = answer.follow_ups.map(({ label, text, code, case: only }) =>
    askForm("ask", {}, [
      hidden("q", text),
      hidden("code", code),
      hidden("case", only),
      langField(),
      make("button", { class: "chip", lang: answer.language }, [label]),
    ]),
  );
  const attributes = { class: "follow-ups", role: "group", "aria-label": t.follow_up_title };
  return make("div", { ...attributes, lang: language }, [
    make("p", { class: "label", "aria-hidden": "true" }, [t.follow_up_title]),
    make("div", { class: "chips" }, chips),
  ]);
}

function askForm(kind, attributes, children) {
  return make("form", { class: kind, method: "get", action: "/", ...attributes }, children);
}

function quoteOf(citation, prefix) {
  const id = `${prefix}-c${citation.n}`;
  const label = fill(t.citation, { n: citation.n });
  const close = { class: "tool", type: "button", popovertarget: id, popovertargetaction: "hide" };
  const links = [
    make("a", { class: "button", href: recordLink(citation.code, citation.field) }, [t.open_record]),
    make("button", close, [t.close]),
  ];
  const box = { class: "quote", id, popover: "auto", role: "dialog", "aria-label": label };
  return make("div", { ...box, lang: language }, [
    make("p", { class: "label" }, [`${label} · ${t.quote_title}`]),
    make("blockquote", { lang: "vi" }, [citation.quote]),
    make("p", { class: "origin" }, [origin(citation)]),
    make("p", { class: "quote-links" }, links),
  ]);
}

function origin(citation) {
  const record = fill(t.record_of, citation);
  if (!citation.retrieved_at) return record;
  return `${record}, ${fill(t.retrieved, { day: dayOf(citation.retrieved_at) })}`;
}

function dayOf(iso) {
  const [year, month, day] = iso.split("-");
  if (language !== "en") return `${day}/${month}/${year}`;
  const name = new Date(iso).toLocaleString("en", { month: "long", timeZone: "UTC" });
  return `${Number(day)} ${name} ${year}`;
}

function recordLink(code, field) {
  const query = language === "en" ? "?lang=en" : "";
  const anchor = field ? `#${encodeURIComponent(field)}` : "";
  return `/thu-tuc/${encodeURIComponent(code)}${query}${anchor}`;
}
