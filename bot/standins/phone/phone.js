// The make-believe phone: shows one chat and acts for its person.
const log = document.getElementById("log");
const who = document.getElementById("who");
const state = document.getElementById("state");
const block = document.getElementById("block");
let shown = "";
let blocked = false;

let last = Promise.resolve();

// One after the other: two requests at once may overtake each other.
function act(name, body) {
  const path = `/_phone/${who.value}/${name}`;
  last = last.then(() => post(path, body)).catch(() => {});
  return last.then(refresh);
}

function post(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function toEnd() {
  window.scrollTo(0, document.body.scrollHeight);
}

function bubble(message) {
  const item = document.createElement("li");
  if (!message.from_bot) item.className = "mine";
  if (message.photo) {
    const image = document.createElement("img");
    image.src = message.photo;
    image.alt = "Hình gửi kèm";
    image.onload = toEnd;
    item.append(image);
  }
  item.append(message.text);
  const row = document.createElement("div");
  row.className = "row";
  for (const button of message.buttons.flat()) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = button.text;
    made.onclick = () => act("press", { message: message.id, button: button.callback_data });
    row.append(made);
  }
  if (row.childNodes.length) item.append(row);
  return item;
}

async function refresh() {
  try {
    const answer = await fetch(`/_phone/${who.value}/messages`);
    const found = await answer.json();
    blocked = found.blocked;
    block.textContent = blocked ? "Bỏ chặn" : "Chặn";
    state.textContent = found.waiting ? `Đang chuyển ${found.waiting} tin…` : "Đã kết nối";
    const now = JSON.stringify(found.messages) + who.value;
    if (now === shown) return;
    shown = now;
    log.replaceChildren(...found.messages.map(bubble));
    toEnd();
  } catch {
    state.textContent = "Mất kết nối, đang thử lại…";
  }
}

document.getElementById("say").onsubmit = (event) => {
  event.preventDefault();
  const input = document.getElementById("text");
  act("say", { text: input.value });
  input.value = "";
};
document.getElementById("photo").onclick = () => act("photo", {});
block.onclick = () => act("block", { blocked: !blocked });
who.onchange = refresh;
setInterval(refresh, 1000);
refresh();
