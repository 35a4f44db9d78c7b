// Live parts of a hidden page ask twelve times less often (htmx "every 5s" becomes every minute).
const skipped = new WeakMap();

// A poll says that it is one, so that it does not keep an idle session alive.
document.addEventListener("htmx:configRequest", (event) => {
  const trigger = event.target.getAttribute("hx-trigger") || "";
  if (trigger.includes("every ")) event.detail.headers["X-Poll"] = "1";
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  const trigger = part.getAttribute("hx-trigger") || "";
  if (!document.hidden || !trigger.includes("every ")) return;
  const count = (skipped.get(part) || 0) + 1;
  skipped.set(part, count % 12);
  if (count % 12) event.preventDefault();
});
