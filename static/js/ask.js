// <button data-asks="dialog-id"> opens that dialog; the dialog holds the form that does the deed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-asks]");
  if (!button) return;
  const dialog = document.getElementById(button.dataset.asks);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-closes]");
  if (button) button.closest("dialog").close();
});

// <a data-field="id_x"> in the summary of errors puts the cursor into the field.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-field]");
  const field = link && document.getElementById(link.dataset.field);
  if (field) {
    event.preventDefault();
    field.focus();
  }
});

// <button data-prints> prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
