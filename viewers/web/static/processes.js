// Stops and keeps processes: each press asks first, naming the process, and one dialog is one request.
const dialog = document.getElementById("act");
const outcome = document.getElementById("outcome");
let wanted = null;

function ask(act, { pid, born, title, words, force }, isForced) {
  wanted = { act, pid: Number(pid), born, key: crypto.randomUUID(), force: isForced };
  wanted.again = { pid, born, title, words, force };
  document.getElementById("act-title").textContent = isForced ? force : title;
  document.getElementById("act-words").textContent = isForced
    ? "It did not end when it was asked to. What it has not written is lost." : words;
  dialog.querySelector("[data-act-yes]").textContent = isForced ? "Kill" : title.split(" ")[0];
  dialog.showModal();
}

async function send({ again, ...request }) {
  outcome.textContent = `Process ${request.pid}: at it, this takes some seconds.`;
  const answer = await fetch("/processes/act", {
    method: "POST",
    headers: { "content-type": "application/json", "x-fleetmeter": "1" },
    body: JSON.stringify(request),
  }).catch(() => null);
  const told = (await answer?.json().catch(() => null)) ?? { error: "no answer, or only a browser of this machine may" };
  outcome.textContent = `Process ${request.pid}: ${told.words ?? told.error}.`;
  if (told.result === "alive" && !request.force) ask("kill", again, true);
}

addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) ask(button.dataset.act, button.dataset, false);
  if (event.target.closest("[data-act-no]")) dialog.close();
  if (event.target.closest("[data-act-yes]") && wanted) {
    const request = wanted;
    wanted = null;
    dialog.close();
    send(request);
  }
});
