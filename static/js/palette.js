// Ctrl-K: the server finds, the arrows choose, Enter goes.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const found = document.getElementById("palette-found");

export function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  input.value = "";
  input.focus();
  htmx.trigger(input, "search");
}

const options = () => [...found.querySelectorAll(".found")];
const chosen = () => found.querySelector('.found[aria-selected="true"]');

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function step(by) {
  const all = options();
  choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    chosen()?.click();
  }
});
found?.addEventListener("htmx:afterSwap", () => choose(options()[0]));
for (const button of document.querySelectorAll("[data-palette]")) button.addEventListener("click", openPalette);
