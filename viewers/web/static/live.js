// The stream of this tab: parts that became different take the place of the old ones, and nothing else moves.
import { isOn } from "./notify.js";

const STILL_MS = 2000;
const LATE_MS = 2000;

export function follow({ page, place }) {
  const said = document.getElementById("live");
  const waiting = new Map();
  let source = null;
  let paused = false;
  let moved = 0;
  let over = null;
  let late = 0;
  let updated = Date.now();

  addEventListener("pointermove", (event) => {
    moved = Date.now();
    over = event.target.closest?.("[data-part]") ?? null;
  }, { passive: true });

  function show(words, mark) {
    if (!said) return;
    said.querySelector(".words").textContent = words;
    said.querySelector(".dot").className = `dot ${mark}`;
  }

  function address() {
    const has = [...document.querySelectorAll("[data-part]")].map((part) => `${part.dataset.part}:${part.dataset.mark}`);
    const asked = new URLSearchParams({ page, has: has.join(",") });
    for (const [name, value] of Object.entries(JSON.parse(place || "{}"))) asked.set(`.${name}`, value);
    for (const [name, value] of new URLSearchParams(location.search)) asked.set(`-${name}`, value);
    return `/live?${asked}`;
  }

  function put(name, [mark, html]) {
    const part = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!part || part.dataset.mark === mark) return;
    // Rows never jump under the pointer.
    if (part === over && Date.now() - moved < STILL_MS) {
      waiting.set(name, [mark, html]);
      return;
    }
    waiting.delete(name);
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const again = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.getAttribute("href")
      ? `[href="${CSS.escape(focused.getAttribute("href"))}"]` : null);
    const open = [...part.querySelectorAll("details[open][id]")].map((each) => each.id);
    part.innerHTML = html;
    part.dataset.mark = mark;
    for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (again) part.querySelector(again)?.focus({ preventScroll: true });
    part.dispatchEvent(new Event("part", { bubbles: true }));
    updated = Date.now();
  }

  setInterval(() => {
    for (const [name, news] of [...waiting]) put(name, news);
    const since = said?.querySelector(".since");
    if (since) since.textContent = `\u00a0· updated ${Math.round((Date.now() - updated) / 1000)} s ago`;
  }, 500);

  function begin() {
    if (source || paused || !page) return;
    source = new EventSource(address());
    source.addEventListener("open", () => { clearTimeout(late); late = 0; });
    source.addEventListener("parts", (event) => {
      for (const [name, news] of Object.entries(JSON.parse(event.data))) put(name, news);
    });
    source.addEventListener("state", (event) => {
      const live = event.data === "live";
      show(live ? "Live" : event.data === "stopped" ? "Not recording" : event.data, live ? "ok" : "warnd");
    });
    source.addEventListener("error", () => {
      const closed = source?.readyState === EventSource.CLOSED;
      late ||= setTimeout(() => show("Reconnecting", "idle"), LATE_MS);
      if (!closed) return;
      // The server refused, or is gone for longer than a browser tries by itself.
      end();
      setTimeout(begin, LATE_MS);
    });
  }

  function end() {
    source?.close();
    source = null;
  }

  // A browser has few connections to one server: a tab that nobody sees holds none, unless it is to notify somebody.
  addEventListener("visibilitychange", () => (document.hidden && !isOn() ? end() : begin()));
  addEventListener("pagehide", end);
  addEventListener("pageshow", begin);
  begin();
  return {
    pause() {
      paused = !paused;
      document.querySelector("[data-pause]")?.setAttribute("aria-pressed", String(paused));
      if (paused) { end(); show("Paused", "idle"); } else { begin(); }
    },
  };
}
