// A link with hx-target="#dialog" opens there; without scripts it opens its page.
const dialog = document.getElementById("dialog");
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === dialog && !dialog.open) opener = document.activeElement;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  const wanted = ["[autofocus]", ".is-invalid", "input:not([type=hidden]), select, textarea", ".dialog-body .btn"];
  wanted.map((selector) => dialog.querySelector(selector)).find(Boolean)?.focus();
});
dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  opener?.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) {
    const open = event.target.closest("dialog");
    if (open) { event.preventDefault(); open.close(); }
  } else if (event.target.matches?.("dialog[open]:not([data-keep])")) {
    // The backdrop belongs to the dialog; a click there closes it unless something was typed.
    const box = event.target.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (outside && event.detail && !event.target.querySelector("form[data-touched]")) event.target.close();
  }
});
document.addEventListener("input", (event) => event.target.closest("form")?.setAttribute("data-touched", ""));
