// How is a form sent without leaving the page on which it stands? What came of it is handed to whoever asked.

// The page that answered, and whether it was done, refused, or leads elsewhere. Throws where nothing came back.
export async function sent(form) {
  if (form.dataset.sending) return undefined;
  form.dataset.sending = "1";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.querySelector(".messages")?.textContent.trim() ?? "";
    if (answer.status === 422) return { page, refused: true, said };
    if (answer.redirected) return { page, done: true, url: answer.url, said };
    throw new Error(String(answer.status));
  } finally {
    delete form.dataset.sending;
  }
}

// What is wrong stands at the head of the form that was sent; each line leads to its field.
export function refuse(page, form) {
  form.querySelector(".error-summary")?.remove();
  const box = document.createElement("div");
  box.className = "error-summary";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const list = document.createElement("ul");
  list.className = "plain";
  for (const line of page.querySelectorAll(".error-summary li")) list.append(errorLine(line, form));
  box.append(list);
  form.prepend(box);
  box.focus();
  // The key of a refused form is spent, and it was filled in by an older state: the next one is another request.
  for (const name of ["key", "version"]) {
    const fresh = page.querySelector(`main form [name=${name}]`)?.value;
    if (fresh && form.elements[name]) form.elements[name].value = fresh;
  }
}

function errorLine(line, form) {
  const item = document.createElement("li");
  const place = line.querySelector("a[href^='#']")?.getAttribute("href").slice("#id_".length);
  const field = place && form.querySelector(`[id$="-${CSS.escape(place)}"]`);
  if (!field) {
    item.textContent = line.textContent.trim();
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${field.id}`;
  link.textContent = line.textContent.trim();
  item.append(link);
  return item;
}
