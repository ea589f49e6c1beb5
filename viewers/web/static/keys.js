// The keys of the terminal app, as far as they mean something here.
function rows() {
  return [...document.querySelectorAll("main a.sess, main tbody td:not(.cal td) a, main a.row")];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// In a calendar arrows go to the days beside, above and below.
const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function day(event) {
  const by = DAYS[event.key];
  const all = by ? [...(event.target.closest?.(".cal")?.querySelectorAll("a") ?? [])] : [];
  const next = all[all.indexOf(event.target) + by];
  next?.focus();
  return Boolean(next);
}

export function press(event, stream) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  if (day(event)) { event.preventDefault(); return; }
  const go = (selector) => document.querySelector(selector)?.click();
  const keys = {
    j: () => move(1), k: () => move(-1), b: () => go("[data-key=b]"), "[": () => go("[data-key='[']"),
    "]": () => go("[data-key=']']"), p: () => stream.pause(), "/": () => document.querySelector("[data-key='/']")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  const act = /^[1-9]$/.test(event.key) ? () => document.querySelectorAll(".nav ul.menu a")[event.key - 1]?.click()
    : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
