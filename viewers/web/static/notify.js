// Notifications of the browser, once somebody asked for them here: who waits, and alerts, as they come.
const NAME = "notify";
const known = new Set();

export function isOn() {
  try {
    return localStorage.getItem(NAME) === "on" && globalThis.Notification?.permission === "granted";
  } catch {
    return false;
  }
}

function notices() {
  return [...document.querySelectorAll("[data-notice]")];
}

function look() {
  for (const one of notices()) {
    const key = one.dataset.notice;
    if (known.has(key)) continue;
    known.add(key);
    if (!isOn()) continue;
    try {
      // The same tag in two tabs is one notification.
      const shown = new Notification(one.dataset.title, { body: one.textContent, tag: key });
      shown.addEventListener("click", () => {
        focus();
        location.assign(one.dataset.where);
      });
    } catch { /* some phones show them only for a worker */ }
  }
}

async function turn(button) {
  const wanted = !isOn() && await Notification.requestPermission() === "granted";
  localStorage.setItem(NAME, wanted ? "on" : "off");
  tell(button);
}

function tell(button) {
  button.setAttribute("aria-pressed", String(isOn()));
  button.title = isOn() ? "Notifications are on: who waits for you, and alerts" : "Notify me when a session waits for me, and of alerts";
}

const button = document.querySelector("[data-notify]");
if (button && globalThis.Notification && isSecureContext) {
  button.hidden = false;
  tell(button);
  button.addEventListener("click", () => turn(button));
}
for (const one of notices()) known.add(one.dataset.notice);
addEventListener("part", look);
