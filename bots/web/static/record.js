// Opens the folded part of a record that an address points into.

function openTarget() {
  const target = document.querySelector(":target");
  const folded = target?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", openTarget);
openTarget();
