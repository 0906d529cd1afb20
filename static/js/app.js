import "./toasts.js";
import "./dialog.js";
import "./palette.js";
import "./keys.js";
import "./clicks.js";
import "./tree.js";
import { bring } from "./load.js";

bring(document.body);
document.addEventListener("htmx:load", (event) => bring(event.detail.elt));
