// A form is sent once: its buttons rest while it is under way, and wake when the page comes back.
const resting = (form, isResting) => {
  form.toggleAttribute("data-sending", isResting);
  for (const button of form.querySelectorAll("button, input[type=submit]")) {
    button.classList.toggle("is-sending", isResting);
    button.setAttribute("aria-disabled", String(isResting));
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    return;
  }
  resting(form, true);
});

// From the back-forward cache the page returns as it was left: asleep.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sending]")) resting(form, false);
});
