// What is this file? Hashed here, in the browser: the file itself goes nowhere. Without this script the form sends it.

const TEXTS = ["sbp-receipt/v1\n", "c2sp.org/tlog-proof@v1\n"];
const LONGEST_TEXT = 8_000;

async function digest(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A receipt or a proof is read itself; of anything else only its digest is asked for.
async function asked(file) {
  if (file.size <= LONGEST_TEXT) {
    const text = await file.text();
    if (TEXTS.some((head) => text.startsWith(head))) return text;
  }
  return digest(file);
}

const zone = document.querySelector("[data-drop]");
const code = document.querySelector("#code");
// crypto.subtle exists in secure contexts alone; elsewhere the form does it.
if (zone && code && globalThis.crypto?.subtle) {
  const input = zone.querySelector("input[type=file]");
  const status = zone.querySelector("[role=status]");
  const check = async (file) => {
    if (!file) return;
    status.textContent = zone.dataset.working;
    try {
      code.value = await asked(file);
      code.form.requestSubmit();
    } catch {
      status.textContent = zone.dataset.failed;
    }
  };
  zone.addEventListener("submit", (event) => {
    event.preventDefault();
    check(input.files[0]);
  });
  input.addEventListener("change", () => check(input.files[0]));
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    check(event.dataTransfer.files[0]);
  });
}
