"""A browser that only notes down what it would notify of, and something to be notified of."""

NOTIFY = """() => {
  window.told = [];
  window.Notification = class {
    constructor(title, { body, tag }) { told.push([title, body, tag]); }
    addEventListener() {}
    static permission = "granted"; static requestPermission = async () => "granted"; };
}"""
APPEAR = """(key) => {
  const part = document.querySelector("[data-part=running]");
  const words = `data-notice="${key}" data-title="src waits for you" data-where="/"`;
  part.insertAdjacentHTML("beforeend", `<p hidden ${words}>a file</p>`);
  part.dispatchEvent(new Event("part", { bubbles: true }));
}"""
