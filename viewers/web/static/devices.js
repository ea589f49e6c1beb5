// Lets a phone in by a code, and shuts browsers out, each after a question that names it.
import { post } from "./post.js";

const dialog = document.getElementById("act");
const outcome = document.getElementById("outcome");
let wanted = null;

function ask({ revoke, title, words }) {
  wanted = revoke;
  document.getElementById("act-title").textContent = title;
  document.getElementById("act-words").textContent = words;
  dialog.showModal();
}

async function invite() {
  const told = await post("/devices/invite", {});
  if (told.error) {
    outcome.textContent = `No code: ${told.error}.`;
    return;
  }
  const box = document.getElementById("code");
  const wide = told.size + 2 * told.quiet;
  box.querySelector("svg").setAttribute("viewBox", `${-told.quiet} ${-told.quiet} ${wide} ${wide}`);
  box.querySelector("path").setAttribute("d", told.dark);
  box.querySelector("[data-address]").textContent = told.address;
  box.querySelector("[data-code]").textContent = told.code;
  box.hidden = false;
}

async function revoke(id) {
  const told = await post("/devices/revoke", { id });
  if (told.error) outcome.textContent = `Not shut out: ${told.error}.`;
  else location.reload();
}

addEventListener("click", (event) => {
  const button = event.target.closest("[data-revoke]");
  if (button) ask(button.dataset);
  if (event.target.closest("[data-invite]")) invite();
  if (event.target.closest("[data-act-no]")) dialog.close();
  if (event.target.closest("[data-act-yes]") && wanted) {
    dialog.close();
    revoke(wanted);
    wanted = null;
  }
});
