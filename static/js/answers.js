// What htmx does with an answer that is not the fragment it asked for: nothing typed is replaced.
const messages = document.getElementById("messages");

const say = (note, key) => {
  if (!note || messages.querySelector(`[data-said="${key}"]`)) return;
  note.dataset.said = key;
  messages.append(note);
  note.scrollIntoView({ block: "nearest" });
};

const fromTemplate = (id) => document.getElementById(id)?.content.firstElementChild.cloneNode(true);

// The page's heading and first sentence, as a note.
const noteOf = (page) => {
  const note = fromTemplate("connection-lost");
  const [title, text] = [page.querySelector("h1"), page.querySelector("main p")];
  note.querySelector("b").textContent = title ? title.textContent : "";
  note.querySelector("p").lastChild.textContent = text ? ` ${text.textContent.trim()}` : "";
  return note;
};

const isPoll = (part) => (part.getAttribute("hx-trigger") || "").includes("every ");

document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.serverResponse || "";
  if (!/^\s*<!doctype/i.test(answer)) return;
  const page = new DOMParser().parseFromString(answer, "text/html");
  const isSignIn = Boolean(page.querySelector("input[type=password]"));
  const isPart = event.detail.target !== document.body && !event.detail.boosted;
  if (!isPart && !isSignIn) return;
  event.detail.shouldSwap = false;
  if (isSignIn) say(fromTemplate("signed-out"), "signed-out");
  else if (!isPoll(event.detail.elt)) say(noteOf(page), page.title);
});

document.addEventListener("htmx:sendError", (event) => {
  if (!isPoll(event.detail.elt)) say(fromTemplate("connection-lost"), "connection-lost");
});
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  if (!isPoll(event.detail.elt)) say(noteOf(page), page.title);
});

// Once something arrives again, the notes about the line go.
document.addEventListener("htmx:afterOnLoad", () => {
  messages.querySelector('[data-said="connection-lost"]')?.remove();
});
