// Lets this browser in: the code stands after the #, which is sent nowhere but in the body of this one request.
const told = document.getElementById("told");
const field = document.querySelector("#code");

async function enter(code, place) {
  told.textContent = "Opening";
  const answer = await fetch("/enter", {
    method: "POST",
    headers: { "content-type": "application/json", "x-fleetmeter": "1" },
    body: JSON.stringify({ code }),
  });
  const words = await answer.json().catch(() => ({ error: "no answer" }));
  if (answer.ok) {
    location.replace(place);
    return;
  }
  told.textContent = `Not opened: ${words.error}.`;
}

const [, code, place] = /^#([^/]+)(\/.*)?$/.exec(location.hash) ?? [];
history.replaceState(null, "", location.pathname);
if (code) enter(code, place ?? "/");
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  enter(field.value.trim().toUpperCase().replaceAll(/[\s-]/g, ""), "/");
});
