// Filters the failures by words, marks aside; without a script all of them are there.
const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
const failures = [...document.querySelectorAll(".failure")].map((element) => ({
  element,
  text: plain(element.textContent),
}));
const field = document.getElementById("filter");

function filter() {
  const wanted = plain(field.value).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { element, text } of failures) {
    element.hidden = !wanted.every((word) => text.includes(word));
    count += !element.hidden;
  }
  const told = document.querySelector("#words").content.firstElementChild.cloneNode(true);
  for (const part of told.children) {
    part.textContent = part.textContent.replace("[n]", count).replace("[of]", failures.length);
  }
  document.getElementById("shown").replaceChildren(...told.childNodes);
}

if (field) {
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", filter);
  filter();
}
