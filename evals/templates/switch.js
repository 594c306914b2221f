// The style does the switching; this only remembers the choice and tells it to screen readers.
for (const choice of document.querySelectorAll("[name=language]")) {
  choice.addEventListener("change", () => speak(choice.value));
}

function speak(language) {
  document.documentElement.lang = language;
  document.title = document.documentElement.dataset[`title${language === "vi" ? "Vi" : "En"}`];
  keep("motcua-eval-language", language);
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser may refuse to store anything for a file
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

{
  const choice = document.getElementById(`lang-${kept("motcua-eval-language")}`);
  if (choice) {
    choice.checked = true;
    speak(choice.value);
  }
}
