const MARKS = { success: "circle-check", danger: "alert-circle", warning: "alert-triangle" };
const SECONDS = { success: 6, warning: 12, danger: 20 };

export function toast(text, level = "success") {
  const list = document.getElementById("toasts");
  const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  note.classList.add(level);
  const use = note.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${MARKS[level] || MARKS.success}`));
  note.querySelector("p").textContent = text;
  note.querySelector("button").addEventListener("click", () => note.remove());
  list.append(note);
  // A toast must lie above an open dialog: the top layer puts whatever was shown last in front.
  if (list.matches(":popover-open")) list.hidePopover();
  list.showPopover();
  setTimeout(() => note.remove(), 1000 * (SECONDS[level] || 6));
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));
document.addEventListener("htmx:sendError", () =>
  toast("The console did not answer. What you typed is still here: check that it runs, then try again.", "danger"));
document.addEventListener("htmx:responseError", (event) =>
  toast(`The console answered ${event.detail.xhr.status}. What you typed is still here; its log says why.`, "danger"));
for (const said of document.querySelectorAll("#messages > li")) toast(said.textContent, said.dataset.level);
