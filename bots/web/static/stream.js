// Asks a question and reads the server-sent events that come back.

const TIMEOUT = 90_000; // a language model on an office PC may need a minute

/** Why there is no answer: "offline", "timed_out", "failed" or a sentence from the server. */
export class NoAnswer extends Error {
  constructor(reason, sentence = "") {
    super(sentence || reason);
    this.reason = reason;
    this.sentence = sentence;
  }
}

/** Sends the question; calls onBlock for every block and returns the whole answer. */
export async function ask(question, onBlock) {
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await send(question, signal);
    for await (const { event, data } of events(response.body)) {
      if (event === "block") onBlock(JSON.parse(data));
      if (event === "answer") return JSON.parse(data);
      if (event === "error") throw new NoAnswer("failed", JSON.parse(data).text);
    }
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(signal.aborted ? "timed_out" : "offline");
  }
  throw new NoAnswer("offline"); // the stream was cut before its answer
}

async function send(question, signal) {
  const address = `/api/v1/ask/stream?lang=${document.documentElement.lang}`;
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({}));
  throw new NoAnswer("failed", refusal.error ?? refusal.text);
}

/** Yields {event, data}; a line break may be split between two chunks. */
export async function* events(stream) {
  let rest = "";
  let current = { event: "message", data: [] };
  for await (const chunk of chunks(stream)) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (current.data.length) yield { ...current, data: current.data.join("\n") };
        current = { event: "message", data: [] };
      } else {
        read(line, current);
      }
    }
  }
}

function read(line, current) {
  const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
  if (name === "event") current.event = value;
  if (name === "data") current.data.push(value);
}

async function* chunks(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}
