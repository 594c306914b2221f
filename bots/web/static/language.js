// Remembers the interface language. A plain script in the head, so that nobody sees a page change
// its language after it was drawn.
(() => {
  const key = "motcua.language";
  const address = new URL(location.href);
  const shown = document.documentElement.lang;
  try {
    if (address.searchParams.has("lang")) {
      localStorage.setItem(key, shown);
      return;
    }
    const wanted = localStorage.getItem(key);
    if (["vi", "en"].includes(wanted) && wanted !== shown) {
      address.searchParams.set("lang", wanted);
      location.replace(address);
    }
  } catch {
    // Storage is blocked: the language then lives in the address alone.
  }
})();
