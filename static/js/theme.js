// Before the first paint, so that a dark page never flashes white: a classic script, not a module.
(() => {
  const wished = localStorage.getItem("theme") || "auto";
  const dark = wished === "dark" || (wished === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
