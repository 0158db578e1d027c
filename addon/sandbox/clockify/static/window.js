// The pretend web app's side of Clockify's window messages, its switches and its drawer.
"use strict";

// Read before the page: a frame may have loaded, and spoken, before the page is whole.
const addon = () => document.querySelector("iframe.addon");

function tell(title, body) {
  const frame = addon();
  if (frame) frame.contentWindow.postMessage({ title, body }, frame.dataset.origin);
}

function toast(message, type) {
  const box = document.createElement("div");
  box.className = `toast ${type || "info"}`;
  box.textContent = message;
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 6000);
}

const actions = {
  async refreshAddonToken() {
    const answer = await fetch(addon().dataset.token);
    if (answer.ok) tell("refreshAddonToken", await answer.text());
  },
  toastrPop(payload) {
    toast(`Add-on: ${payload.message}`, payload.type);
  },
  navigate(payload) {
    if (payload.type === "tracker") location.assign(document.body.dataset.tracker);
    else toast("Route does not exist", "error");
  },
  preview() {},
};

addEventListener("message", (event) => {
  const frame = addon();
  if (!frame || event.source !== frame.contentWindow) return;
  if (event.origin !== frame.dataset.origin || typeof event.data !== "string") return;
  let asked;
  try {
    asked = JSON.parse(event.data);
  } catch {
    return;
  }
  if (asked && Object.hasOwn(actions, asked.action)) actions[asked.action](asked.payload || {});
});

document.addEventListener(
  "load",
  (event) => event.target === addon() && tell("URL_CHANGED", location.href),
  true,
);

document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-switch]");
  if (!choice) return;
  const address = new URL(location.href);
  address.searchParams.set(choice.dataset.switch, choice.value);
  if (choice.dataset.clear) address.searchParams.delete(choice.dataset.clear);
  location.assign(address);
});

// The drawer is empty until it is opened, so that its words are not on every page.
function toggle(id) {
  const part = document.getElementById(id);
  if (id === "world" && !part.firstChild) {
    part.append(document.getElementById("world-inside").content.cloneNode(true));
  }
  const open = id === "nav" ? part.classList.toggle("open") : !(part.hidden = !part.hidden);
  for (const button of document.querySelectorAll(`[data-toggle="${id}"]`)) {
    button.setAttribute("aria-expanded", String(open));
  }
}

addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle]");
  if (button) toggle(button.dataset.toggle);
  else if (!event.target.closest("#nav.open")) document.getElementById("nav").classList.remove("open");
});

// After a deed the page is read anew, but an add-on in its frame goes on undisturbed.
async function happen(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const { message, title } = await answer.json();
  if (!answer.ok) return toast(message, "error");
  if (addon()) {
    toast(message, "success");
    if (title) tell(title, {});
    return form.reset();
  }
  sessionStorage.setItem("said", message);
  location.reload();
}

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-deed]")) return;
  event.preventDefault();
  happen(event.target);
});

addEventListener("DOMContentLoaded", () => {
  const said = sessionStorage.getItem("said");
  if (!said) return;
  sessionStorage.removeItem("said");
  toast(said, "success");
});
