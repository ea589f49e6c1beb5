// Keeps a question under a name and lets go of it, for a browser of this machine; Ctrl+Enter asks it.
const form = document.getElementById("ask");
const [statement, name] = [form.elements.q, document.getElementById("name")];
const outcome = document.getElementById("outcome");

async function change(request) {
  const answer = await fetch("/sql/saved", {
    method: "POST",
    headers: { "content-type": "application/json", "x-fleetmeter": "1" },
    body: JSON.stringify(request),
  }).catch(() => null);
  const told = (await answer?.json().catch(() => null)) ?? { error: "no answer, or only a browser of this machine may" };
  if (told.error) outcome.textContent = `${told.error}.`;
  else location.assign(`/sql?q=${encodeURIComponent(statement.value)}`);
}

function keep() {
  if (!statement.value.trim()) outcome.textContent = "There is no question yet.";
  else if (!name.value.trim()) name.focus();
  else change({ name: name.value, text: statement.value });
}

if (["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
  for (const each of document.querySelectorAll(".keep")) each.hidden = false;
}
addEventListener("click", (event) => {
  if (event.target.closest("[data-keep]")) keep();
  const dropped = event.target.closest("[data-drop]");
  if (dropped && confirm(`Delete “${dropped.dataset.drop}”?`)) change({ name: dropped.dataset.drop });
});
addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.target === statement && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  if (event.target === name) { event.preventDefault(); keep(); }
});
