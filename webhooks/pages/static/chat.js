// Sends without leaving the page and shows answers as they come. Everything works without it.
const log = document.getElementById("log");
const wait = document.getElementById("wait");
const line = document.getElementById("line");
const header = document.querySelector("header");

function show(html, id) {
  if (document.getElementById("t" + id)) return;
  const mine = html.includes('class="mine"');
  log.insertAdjacentHTML("beforeend", html);
  if (!mine) {
    const forms = log.querySelectorAll(".choices");
    forms.forEach((form, place) => place < forms.length - 1 && form.remove());
  }
  wait.hidden = !mine;
  settle();
}

// To the end; what is too long for that is read from its beginning.
function settle() {
  const last = log.lastElementChild;
  window.scrollTo(0, document.body.scrollHeight);
  if (last.getBoundingClientRect().top < header.offsetHeight) last.scrollIntoView();
}

function listen() {
  const stream = new EventSource("/tro-chuyen/dong?sau=" + log.dataset.last);
  stream.onmessage = (event) => show(event.data, event.lastEventId);
  stream.onopen = () => (line.hidden = true);
  stream.onerror = () => (line.hidden = false);
}

async function send(event) {
  const form = event.target;
  const data = new FormData(form, event.submitter);
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await fetch("/tro-chuyen", {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { "x-requested-with": "fetch" },
    });
    if (!answer.ok) throw new Error();
    if (form.elements.text) {
      form.elements.text.value = "";
      form.elements.id.value = crypto.getRandomValues(new Uint32Array(2)).join("");
      buttons.forEach((button) => (button.disabled = false));
    }
    wait.hidden = false;
    line.hidden = true;
  } catch {
    line.hidden = false;
    buttons.forEach((button) => (button.disabled = false));
  }
}

if (log && window.EventSource && window.fetch) {
  document.addEventListener("submit", send);
  log.addEventListener("load", settle, true);
  listen();
  settle();
}
