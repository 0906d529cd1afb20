import { toast } from "./toasts.js";

const LARGEST = 6 * 1024 * 1024;

// A document dropped on the field, or chosen as a file, is read into the editor: seen before it is sent.
export function accept(root) {
  for (const zone of root.querySelectorAll("[data-drop]:not([data-ready])")) {
    zone.dataset.ready = "";
    const area = zone.querySelector("textarea");
    const read = async (file) => {
      if (!file) return;
      if (file.size > LARGEST) return toast(`${file.name} is larger than 6 MB, the most that is taken.`, "danger");
      const text = await file.text();
      area.value = text;
      area.dispatchEvent(new CustomEvent("replace", { detail: text }));
      area.dispatchEvent(new Event("input", { bubbles: true }));
      const name = document.getElementById(zone.dataset.drop);
      if (name) name.textContent = `${file.name} (${Math.ceil(file.size / 1024)} KB)`;
    };
    for (const type of ["dragenter", "dragover"])
      zone.addEventListener(type, (event) => { event.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("over"); });
    // Before the editor sees it, which would insert the text at the pointer.
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      zone.classList.remove("over");
      read(event.dataTransfer.files[0]);
    }, true);
    const picker = document.querySelector(`input[type=file][data-into="${zone.id}"]`);
    picker?.closest("label").addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); picker.click(); }
    });
    picker?.addEventListener("change", () => { read(picker.files[0]); picker.value = ""; });
  }
}
