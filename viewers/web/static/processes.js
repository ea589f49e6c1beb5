// Stops and keeps processes: each press asks first, naming the process, and one dialog is one request.
import { post } from "./post.js";

const dialog = document.getElementById("act");
const outcome = document.getElementById("outcome");
let wanted = null;

function ask({ act, pid, born, tree, title, words, force }, isForced) {
  wanted = {
    request: { act, pid: Number(pid), born, key: crypto.randomUUID(), force: isForced, tree: tree === "yes" },
    again: { act, pid, born, tree, title, words, force },
  };
  document.getElementById("act-title").textContent = isForced ? force : title;
  document.getElementById("act-words").textContent = isForced
    ? "It did not end when it was asked to. What it has not written is lost." : words;
  dialog.querySelector("[data-act-yes]").textContent = isForced ? "Kill" : title.split(" ")[0];
  dialog.showModal();
}

async function send({ request, again }) {
  outcome.textContent = `Process ${request.pid}: at it, this takes some seconds.`;
  const told = await post("/processes/act", request);
  outcome.textContent = `Process ${request.pid}: ${told.words ?? told.error}.`;
  if (told.result === "alive" && !request.force) ask(again, true);
}

addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) ask(button.dataset, false);
  if (event.target.closest("[data-act-no]")) dialog.close();
  if (event.target.closest("[data-act-yes]") && wanted) {
    const own = wanted;
    wanted = null;
    dialog.close();
    send(own);
  }
});
