// What every page does: goes on by itself, counts ages, obeys keys, changes the theme.
import { follow } from "./live.js";
import { press } from "./keys.js";

const root = document.documentElement;

export function lasting(seconds) {
  const whole = Math.max(Math.floor(seconds), 0);
  const [days, hours, minutes, rest] = [
    Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60,
  ];
  const two = (number) => String(number).padStart(2, "0");
  if (days) return `${days}d${two(hours)}h`;
  if (hours) return `${hours}h${two(minutes)}m`;
  return minutes ? `${minutes}m${two(rest)}s` : `${rest}s`;
}

function tick() {
  const now = Date.now() / 1000;
  for (const time of document.querySelectorAll("time[data-age]")) {
    const words = lasting(now - Number(time.dataset.age));
    if (time.textContent !== words) time.textContent = words;
  }
}

function turn() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* then for this page alone */ }
}

// A page that is not sealed has no clipboard: there the words are chosen, and copied as by hand.
async function copy(button) {
  const words = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    getSelection().selectAllChildren(words);
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

// Where nothing was recorded yet there is no stream: the page is asked for until it is another one.
async function again() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer && !(await answer.text()).includes("data-again")) location.reload();
}
if (document.querySelector("[data-again]")) setInterval(again, 3000);

const stream = follow(document.body.dataset);
setInterval(tick, 1000);
addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) turn();
  if (event.target.closest("[data-pause]")) stream.pause();
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(copied);
});
addEventListener("keydown", (event) => press(event, stream));
