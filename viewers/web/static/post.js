// What changes something is sent like this, by our own pages alone; what came of it, or why not, in words.
export async function post(path, what) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-fleetmeter": "1" },
    body: JSON.stringify(what),
  }).catch(() => null);
  if (!answer) return { error: "the server does not answer" };
  const words = await answer.text();
  try {
    return JSON.parse(words);
  } catch {
    return { error: words.trim().replace(/\.$/, "") || "the server said nothing" };
  }
}
