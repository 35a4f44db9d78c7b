// The keyboard: / finds, F2 logs, j and k walk through lists, Enter opens, ? shows the sheet.
// <button data-key="s"> answers to its letter; in a list the marked row's own button answers first.
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog");
const rows = () => [...document.querySelectorAll(".rowlist > li")].filter((row) => row.offsetParent);
const marked = () => document.querySelector(".rowlist > li.is-at");

const mark = (row) => {
  const before = marked();
  if (before) before.classList.remove("is-at");
  row.classList.add("is-at");
  row.scrollIntoView({ block: "nearest" });
  const link = row.querySelector(".what > a");
  if (link) link.focus({ preventScroll: true });
};

const walk = (by) => {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(marked());
  mark(all[Math.min(Math.max(here + by, 0), all.length - 1)]);
};

const press = (element) => {
  if (element) element.click();
  return Boolean(element);
};

const ofLetter = (key) => {
  if (!/^[a-z0-9]$/.test(key)) return null;
  const row = marked();
  return (row && row.querySelector(`[data-key="${key}"]`)) || document.querySelector(`main [data-key="${key}"]`);
};

const acts = {
  "/": () => {
    const find = document.getElementById("find");
    if (find) find.select();
    return Boolean(find);
  },
  "?": () => {
    document.getElementById("keys").showModal();
    return true;
  },
  j: () => walk(1) ?? true,
  k: () => walk(-1) ?? true,
};

// Escape closes an open menu and gives its button the focus back.
const closeMenu = () => {
  const open = document.querySelector("details.menu[open]");
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closeMenu()) return;
  if (event.key === "F2" && press(document.getElementById("log-a-request"))) {
    event.preventDefault();
    return;
  }
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key];
  if (act ? act() : press(ofLetter(event.key))) event.preventDefault();
});

// Whoever reaches a row with Tab marks it too.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest(".rowlist > li");
  const before = marked();
  if (row && row !== before) {
    if (before) before.classList.remove("is-at");
    row.classList.add("is-at");
  }
});
