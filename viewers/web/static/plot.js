// Charts that answer the pointer: uPlot draws over the picture that the server made, from the same numbers. Without uPlot
// the picture stays.
const UNPRICED_PX = 5;
const drawn = new Map();

function colour(host, name, property = "color") {
  const probe = document.createElement("i");
  probe.className = name;
  host.append(probe);
  const found = getComputedStyle(probe)[property];
  probe.remove();
  return found;
}

export function money(usd, least) {
  const words = usd > 0 && usd < 0.005 ? "<$0.01"
    : `$${usd.toLocaleString("en-US", usd >= 999.5 ? { maximumFractionDigits: 0 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return least ? `≥\u00a0${words}` : words;
}

export function tokens(count) {
  if (count < 1000) return String(count);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return count < 999_995_000 ? `${(count / 1e6).toFixed(2)}M` : `${(count / 1e9).toFixed(2)}B`;
}

function day(words) {
  return new Date(`${words}T12:00`).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });
}

function grid(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour(plot.root, "p-grid");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const y = bbox.top + Math.round(bbox.height * share);
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
  }
  ctx.stroke();
  ctx.restore();
}

function hatch(ctx, ink) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 4 * devicePixelRatio;
  const drawing = tile.getContext("2d");
  drawing.strokeStyle = ink;
  drawing.lineWidth = 1.5 * devicePixelRatio;
  for (const shift of [-1, 0, 1]) {
    drawing.moveTo(shift * tile.width, tile.width);
    drawing.lineTo((shift + 1) * tile.width, 0);
  }
  drawing.stroke();
  return ctx.createPattern(tile, "repeat");
}

// Days: stacked bars, the whole of a day behind its parts; choosing a stretch shows its days alone.
function stack(host, told, say) {
  const days = told.days.map((_, index) => index);
  const sums = [];
  for (const { values } of told.series) {
    const below = sums.at(-1);
    sums.push(values.map((value, index) => value + (below ? below[index] : 0)));
  }
  const bars = uPlot.paths.bars({ size: [0.8, 400] });
  const whole = sums.at(-1) ?? days.map(() => 0);
  return {
    data: [days, ...sums.toReversed()],
    scales: { x: { time: false, range: [-0.5, days.length - 0.5] }, y: { range: [0, told.top] } },
    series: told.series.map(({ style }) => ({ fill: colour(host, style, "backgroundColor"), paths: bars, points: { show: false } })).toReversed(),
    zooms: false,
    draw(plot) {
      const { ctx } = plot;
      ctx.save();
      ctx.fillStyle = hatch(ctx, colour(host, "p-none", "backgroundColor"));
      told.unpriced.forEach((is, index) => {
        const wide = plot.bbox.width / days.length * 0.8;
        const y = plot.valToPos(whole[index], "y", true) - UNPRICED_PX * devicePixelRatio;
        if (is) ctx.fillRect(plot.valToPos(index, "x", true) - wide / 2, Math.max(y, 0), wide, UNPRICED_PX * devicePixelRatio);
      });
      ctx.restore();
    },
    point(index) {
      const parts = told.series.filter(({ values }) => values[index] > 0).map(({ name, values }) => `${name} ${money(values[index])}`);
      say([day(told.days[index]), money(whole[index], told.least[index]), ...parts.toReversed(), ...(told.unpriced[index] ? ["some unpriced"] : [])].join(" · "));
    },
    chosen(from, to) {
      const first = Math.max(Math.ceil(from), 0);
      const last = Math.min(Math.floor(to), days.length - 1);
      if (first > last) return;
      const asked = new URLSearchParams(location.search);
      asked.delete("range");
      asked.set("since", told.days[first]);
      asked.set("until", told.days[last]);
      location.search = asked;
    },
  };
}

// The context at each answer; choosing a stretch shows it larger, a double click all of it again.
function line(host, told, say) {
  // As the gauges: fine, filling, nearly full.
  const tones = ["p-ok", "p-warn", "p-bad"].map((name) => colour(host, name));
  function heat({ ctx, bbox }) {
    const found = ctx.createLinearGradient(0, bbox.top + bbox.height, 0, bbox.top);
    [[0.6, 0], [0.6, 1], [0.85, 1], [0.85, 2]].forEach(([share, tone]) => found.addColorStop(share, tones[tone]));
    return found;
  }
  return {
    data: [told.places, told.values],
    scales: { x: { time: false }, y: { range: [0, told.top] } },
    series: [{ stroke: heat, width: 2, points: { show: false } }],
    zooms: true,
    draw(plot) {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.strokeStyle = colour(host, "p-mark");
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      if (told.auto) {
        const y = plot.valToPos(told.auto, "y", true);
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
      }
      for (const place of told.falls) {
        const x = plot.valToPos(place, "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
      }
      ctx.stroke();
      ctx.restore();
    },
    point(index) {
      const at = new Date(told.at[index] * 1000);
      say(`${at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} · ${tokens(told.values[index])} tokens`);
    },
    chosen() {},
  };
}

const KINDS = { stack, line };

function mount(host) {
  if (!globalThis.uPlot || host.querySelector(".uplot")) return;
  const told = JSON.parse(host.dataset.plot);
  const words = host.closest(".plot").querySelector(".read");
  const say = (text) => { words.textContent = text; };
  const kind = KINDS[told.kind](host, told, say);
  const part = host.closest("[data-part]")?.dataset.part;
  const before = drawn.get(part);
  const plot = new uPlot({
    width: host.clientWidth, height: host.clientHeight, padding: [0, 0, 0, 0], legend: { show: false },
    scales: kind.scales, series: [{}, ...kind.series], axes: [{ show: false }, { show: false }],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: kind.zooms } },
    hooks: {
      drawClear: [grid],
      draw: [kind.draw],
      setCursor: [(own) => (own.cursor.idx === null || own.cursor.left < 0 ? say("") : kind.point(own.cursor.idx))],
      setSelect: [(own) => own.select.width > 0 && kind.chosen(own.posToVal(own.select.left, "x"), own.posToVal(own.select.left + own.select.width, "x"))],
      setScale: [(own, key) => {
        const whole = own.scales.x.min <= kind.data[0][0] && own.scales.x.max >= kind.data[0].at(-1);
        if (key === "x" && kind.zooms) host.closest(".plot").classList.toggle("zoomed", !whole);
      }],
    },
  }, kind.data, host);
  host.querySelector(":scope > svg").classList.add("vh");
  // What became different replaced the chart: the stretch that was chosen stays.
  const zoomed = kind.zooms && before?.isConnected === false && before.zoom;
  if (zoomed) plot.setScale("x", zoomed);
  const kept = { get isConnected() { return plot.root.isConnected; }, get zoom() {
    const { min, max } = plot.scales.x;
    return min > kind.data[0][0] || max < kind.data[0].at(-1) ? { min, max } : null;
  } };
  drawn.set(part, kept);
  const seen = new ResizeObserver(() => {
    if (!plot.root.isConnected) seen.disconnect();
    else if (host.clientWidth) plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  seen.observe(host);
}

function all() {
  for (const host of document.querySelectorAll("[data-plot]")) mount(host);
}

function again() {
  for (const own of document.querySelectorAll("[data-plot] > .uplot")) own.remove();
  all();
}

all();
addEventListener("part", all);
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
