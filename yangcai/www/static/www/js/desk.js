// How are the parts of a document written on one page? Each form is sent from where it stands; what the page tells of
// the whole comes up to date, and what is being typed into the other parts stays.

import { refuse, sent } from "./here.js";

const desk = document.querySelector("[data-desk]");
const told = desk.querySelector("[data-done]");

function renew(page) {
  for (const part of page.querySelectorAll("[data-renew]")) {
    const old = document.getElementById(part.id);
    if (old && !old.isEqualNode(part)) old.replaceWith(document.adoptNode(part));
  }
  // Every form was made by an older state of the case: its stamp is renewed, and its key.
  for (const form of page.querySelectorAll("[data-act]")) {
    const mine = [...desk.querySelectorAll("[data-act]")].find((one) => one.getAttribute("action") === form.getAttribute("action"));
    if (!mine) continue;
    for (const name of ["version", "key"]) {
      if (mine.elements[name] && form.elements[name]) mine.elements[name].value = form.elements[name].value;
    }
  }
}

desk.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  told.textContent = "";
  try {
    const answer = await sent(form);
    if (!answer) return;
    if (answer.refused) return refuse(answer.page, form);
    if (!answer.page.querySelector("[data-desk]")) return location.assign(answer.url);
    form.querySelector(".error-summary")?.remove();
    renew(answer.page);
    told.textContent = answer.said;
    form.closest("details")?.removeAttribute("open");
    form.closest("details")?.querySelector("summary").focus();
  } catch {
    told.textContent = told.dataset.fault;
  }
});
