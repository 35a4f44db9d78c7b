// The menu of a phone. Browsers with popovers open it themselves; older ones get a class instead.
const rail = document.getElementById("rail");
const button = document.querySelector(".menu-button");

if (rail && button && !("popover" in HTMLElement.prototype)) {
  const show = (isOpen) => {
    rail.classList.toggle("is-open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  show(false);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    show(!rail.classList.contains("is-open"));
  });
  document.addEventListener("click", (event) => {
    if (!rail.contains(event.target)) show(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && rail.classList.contains("is-open")) {
      show(false);
      button.focus();
    }
  });
}
