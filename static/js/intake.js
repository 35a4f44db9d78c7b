// The intake console: choosing who is asking, and Ctrl+Enter to save.
const form = document.getElementById("intake");

function field(name) {
  return form.elements.namedItem(name);
}

function take(button) {
  field("customer").value = button.dataset.customer;
  field("account").value = button.dataset.account;
  if (!field("contact_name").value) field("contact_name").value = button.dataset.name || "";
  if (!field("address").value) field("address").value = button.dataset.address || "";
  for (const other of document.querySelectorAll("[data-customer]")) other.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
  button.classList.add("btn-primary");
  form.dispatchEvent(new Event("change", { bubbles: true }));
  field("text").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-customer]");
  if (button) take(button);
});

// Somebody found by a part of their name is shown in full once they are chosen.
document.addEventListener("htmx:afterSwap", () => {
  const chosen = document.querySelector("[data-chosen]");
  if (chosen) take(chosen);
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

// Only the categories of the chosen kind are offered.
function narrow() {
  const kind = form.elements.namedItem("kind").value;
  const select = field("category");
  for (const option of select.options) {
    const fits = !option.dataset.kind || option.dataset.kind === kind;
    option.hidden = option.disabled = !fits;
  }
  if (select.selectedOptions[0]?.disabled) select.value = "";
}

form.addEventListener("change", (event) => {
  if (event.target.name === "kind") narrow();
});
narrow();
