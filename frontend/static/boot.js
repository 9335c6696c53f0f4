// Starts the app. A file of its own, so that the page needs no inline script.
const { js, wasm } = document.querySelector("script[data-js]").dataset;

try {
  const { default: init } = await import(js);
  await init({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  const note = document.createElement("p");
  note.className = "no-script";
  note.setAttribute("role", "alert");
  note.textContent = "Asterism could not start. Reload the page; if that does not help, this browser may be too old.";
  document.getElementById("app").replaceChildren(note);
}
