// The keys of the terminal app, as far as they mean something here.
function rows() {
  return [...document.querySelectorAll("main a.sess, main tbody a, main a.row")];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

export function press(event, stream) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
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
