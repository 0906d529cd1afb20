// data-chart names a <script type="application/json"> with {x: [...], series: [{label, color, values}]}.
import uPlot from "../vendor/uplot.js";

const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function draw(root) {
  const all = root.matches?.("[data-chart]") ? [root] : root.querySelectorAll("[data-chart]");
  for (const place of all) if (!place.plot) plot(place);
}

function plot(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const axis = { stroke: css("--faint"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 }, font: "11px Inter, sans-serif" };
  const options = {
    width: place.clientWidth || 600,
    height: 208,
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_, low, high) => [0, Math.max(1, high * 1.15)] } },
    axes: [{ ...axis, space: 70, values: (_, splits) => splits.map(clock) }, { ...axis, size: 44 }],
    series: [
      { value: (_, at) => (at == null ? "" : clock(at)) },
      ...data.series.map((one) => ({
        label: one.label, stroke: css(one.color), width: 2, points: { show: false },
        fill: one.fill ? `color-mix(in srgb, ${css(one.color)} 12%, transparent)` : undefined,
      })),
    ],
  };
  place.replaceChildren();
  place.plot = new uPlot(options, [data.x, ...data.series.map((one) => one.values)], place);
  new ResizeObserver(() => place.plot.setSize({ width: place.clientWidth, height: 208 })).observe(place);
}

document.addEventListener("theme", () => {
  for (const place of document.querySelectorAll("[data-chart]")) {
    place.plot?.destroy();
    plot(place);
  }
});
