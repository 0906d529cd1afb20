// data-chart names a <script type="application/json"> with {x: [...], series: [{label, color, values}]}; with `days`, x
// are beginnings of days of UTC, and values are bars.
import uPlot from "../vendor/uplot.js";

const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const day = (at) => new Date(at * 1000).toLocaleDateString([], { day: "numeric", month: "short", timeZone: "UTC" });
const HALF_A_DAY = 43200;  // so that the first and the last bar are whole
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function draw(root) {
  const all = root.matches?.("[data-chart]") ? [root] : root.querySelectorAll("[data-chart]");
  for (const place of all) if (!place.plot) plot(place);
}

function plot(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const axis = { stroke: css("--faint"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 }, font: "11px Inter, sans-serif" };
  const said = data.days ? day : clock;
  const x = data.days ? { range: (_, low, high) => [low - HALF_A_DAY, high + HALF_A_DAY] } : {};
  const options = {
    width: place.clientWidth || 600,
    height: 208,
    cursor: { y: false, points: { size: 6 } },
    ...(data.days ? { tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") } : {}),
    scales: { x, y: { range: (_, low, high) => [0, Math.max(1, high * 1.15)] } },
    axes: [{ ...axis, space: 70, values: (_, splits) => splits.map(said) }, { ...axis, size: 44 }],
    series: [
      { label: data.days ? "Day" : "Time", value: (_, at) => (at == null ? "" : said(at)) },
      ...data.series.map((one) => ({
        label: one.label, stroke: css(one.color), width: 2, points: { show: false },
        ...(data.days ? { paths: uPlot.paths.bars({ size: [0.65, 28] }) } : {}),
        fill: data.days ? css(one.color) : one.fill ? `color-mix(in srgb, ${css(one.color)} 12%, transparent)` : undefined,
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
