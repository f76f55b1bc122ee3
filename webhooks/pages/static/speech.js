// Reads a text aloud with the browser's own Vietnamese voice. Without one nothing is offered.
const speech = window.speechSynthesis;
let reading = null;

function voice() {
  return speech.getVoices().find((one) => one.lang.toLowerCase().startsWith("vi"));
}

function offer() {
  document.documentElement.classList.toggle("speaks", Boolean(voice()));
}

function read(event) {
  const button = event.target.closest(".speak");
  if (!button) return;
  speech.cancel();
  if (reading === button) {
    reading = null;
    return;
  }
  const said = new SpeechSynthesisUtterance(button.closest("li").querySelector(".text").textContent);
  said.lang = "vi-VN";
  said.voice = voice();
  said.rate = 0.9;
  said.onend = () => {
    if (reading === button) reading = null;
  };
  reading = button;
  speech.speak(said);
}

if (speech && window.SpeechSynthesisUtterance) {
  document.addEventListener("click", read);
  speech.addEventListener && speech.addEventListener("voiceschanged", offer);
  offer();
}
