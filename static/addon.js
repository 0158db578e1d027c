// Keeps the viewer's token in memory and out of sight, talks to Clockify's window,
// and moves what the server sends: dialogs, counts, announcements. Runs before
// everything else on the page, so that nothing else ever sees the token's address.
"use strict";
(() => {
  const RENEW_EVERY = 25 * 60 * 1000; // Clockify's user tokens live for 30 minutes.
  const RENEWAL_WAIT = 5000;

  // --- The token: taken from the address once, then only ever sent as a header.

  const address = new URL(location.href);
  let token = address.searchParams.get("auth_token") ?? "";
  address.searchParams.delete("auth_token");
  history.replaceState(null, "", address.pathname + address.search + address.hash);

  let ended = false;
  let renewal = null;
  let renewed = () => {};

  // --- Clockify's window: only origins the server allows, never everybody.

  const frameAncestors = () =>
    (document.querySelector('meta[name="frame-ancestors"]')?.content ?? "")
      .split(/\s+/)
      .filter(Boolean);

  const matches = (pattern, origin) => {
    const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    const label = "[a-z0-9-]+";
    const any = `${label}(?:\\.${label})*`;
    return new RegExp(`^${literal.replace("*", any)}$`, "i").test(origin);
  };

  const isAllowed = (origin) => frameAncestors().some((p) => matches(p, origin));

  const parentOrigin = () => {
    if (location.ancestorOrigins?.length) return location.ancestorOrigins[0];
    return document.referrer ? new URL(document.referrer).origin : "";
  };

  const tellClockify = (message) => {
    if (window.parent === window) return;
    const known = parentOrigin();
    const targets = known
      ? [known].filter(isAllowed)
      : frameAncestors().filter((pattern) => !pattern.includes("*"));
    for (const target of targets) {
      window.parent.postMessage(JSON.stringify(message), target);
    }
  };

  const readMessage = (data) => {
    if (typeof data !== "string") return data;
    try {
      return JSON.parse(data);
    } catch {
      return null;
    }
  };

  const looksLikeToken = (text) =>
    typeof text === "string" &&
    text.length < 8192 &&
    /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

  window.addEventListener("message", (event) => {
    if (window.parent === window || event.source !== window.parent) return;
    if (!isAllowed(event.origin)) return;
    const message = readMessage(event.data);
    if (message?.title !== "refreshAddonToken" || !looksLikeToken(message.body)) return;
    token = message.body;
    if (ended) say("");
    ended = false;
    renewed(true);
  });

  const askForToken = () => tellClockify({ action: "refreshAddonToken" });
  setInterval(askForToken, RENEW_EVERY);

  // Everyone who finds the token too old waits for the same new one.
  const renew = () => {
    renewal ??= new Promise((resolve) => {
      renewed = resolve;
      setTimeout(resolve, RENEWAL_WAIT, false);
      askForToken();
    }).finally(() => {
      renewal = null;
      renewed = () => {};
    });
    return renewal;
  };

  // --- Requests: same origin only, one repeat after a renewal, else say it is over.

  const send = (url, options, bearer) => {
    const headers = new Headers(options.headers);
    headers.set("Authorization", `Bearer ${bearer}`);
    return window.fetch(url, { ...options, headers, mode: "same-origin" });
  };

  const fetchAsViewer = async (url, options = {}) => {
    if (new URL(url, location.href).origin !== location.origin) {
      throw new TypeError("The token never leaves this add-on.");
    }
    const used = token;
    const answer = await send(url, options, used);
    if (answer.status !== 401) return answer;
    const isNew = token !== used || (await renew());
    const second = isNew ? await send(url, options, token) : answer;
    if (second.status === 401) {
      ended = true;
      say("Your session has ended. Reload the page.");
    }
    return second;
  };

  const on = (name, act) => document.addEventListener(name, act);
  on("htmx:config:request", (event) => {
    const isIdle = document.hidden && event.detail.ctx.sourceElement?.matches("[data-idle]");
    if (ended || isIdle) event.preventDefault();
    else event.detail.ctx.fetch = fetchAsViewer;
  });

  on("htmx:before:response", (event) => {
    // What is on the screen stays there when the session ends.
    if (event.detail.ctx.response.status === 401) event.preventDefault();
  });

  on("htmx:after:request", (event) => {
    const { response, hx, sourceElement } = event.detail.ctx;
    if (!ended) say("");
    if (response.status < 400 && !hx.retarget) sourceElement.closest("dialog")?.close();
    // A choice that is only asked about is not made yet.
    if (hx.retarget && sourceElement.matches("select")) {
      const made = [...sourceElement.options].findIndex((each) => each.defaultSelected);
      sourceElement.selectedIndex = Math.max(0, made);
    }
  });

  on("htmx:error", (event) => {
    const isPoll = event.detail.ctx?.sourceElement?.matches("[data-poll]");
    say(
      isPoll
        ? "The add-on cannot be reached. It will be asked again in a moment."
        : "The add-on did not answer. Check your connection, then try again.",
    );
  });

  // --- Words: a visible notice, a quiet announcement, a toast in Clockify.

  const say = (text) => {
    const notice = document.getElementById("notice");
    if (!notice || notice.textContent === text) return;
    notice.textContent = text;
    notice.hidden = !text;
  };

  // Only what is new: several runs under way would else speak in turns, every second.
  let told = new Map();

  const announce = () => {
    const status = document.getElementById("status");
    const here = new Map();
    for (const each of document.querySelectorAll("[data-announce]")) {
      const text = each.dataset.announce;
      here.set(each.id || each, text);
      if (status && told.get(each.id || each) !== text) status.textContent = text;
    }
    told = here;
  };

  const toast = (element) => {
    const { toast: message, toastType: type = "success" } = element.dataset;
    element.removeAttribute("data-toast");
    tellClockify({ action: "toastrPop", payload: { type, message } });
  };

  // --- Choosers: long lists travel once per page and are copied into each chooser,
  // at once where that is little, else when somebody comes near.

  const MOST_OPTIONS = 60_000;

  const fill = (chooser) => {
    const choices = document.getElementById(chooser.dataset.choices);
    if (!choices) return;
    const chosen = chooser.value;
    chooser.removeAttribute("data-choices");
    chooser.replaceChildren(choices.content.cloneNode(true));
    chooser.value = chosen;
  };

  const fillAll = () => {
    const waiting = [...document.querySelectorAll("select[data-choices]")];
    const size = (one) =>
      document.getElementById(one.dataset.choices)?.content.querySelectorAll("option").length ?? 0;
    const sizes = new Map(waiting.map((one) => [one.dataset.choices, one]));
    for (const [key, one] of sizes) sizes.set(key, size(one));
    const total = waiting.reduce((sum, one) => sum + sizes.get(one.dataset.choices), 0);
    if (total <= MOST_OPTIONS) for (const each of waiting) fill(each);
  };

  const fillNear = ({ target }) => {
    const chooser = target.closest?.("li.link")?.querySelector("select[data-choices]");
    if (chooser) fill(chooser);
  };
  for (const name of ["pointerover", "pointerdown", "focusin"]) {
    document.addEventListener(name, fillNear);
  }

  // --- News: lists renew themselves around whatever somebody is busy with.

  const SAVED_STAYS = 4000;

  const askAgain = () => document.body.dispatchEvent(new CustomEvent("news"));

  // A list under somebody's choice would lose the choice; it is renewed afterwards.
  const isBusy = (node) => node === document.activeElement && node.matches("select");

  // The word "Saved" is given the time to be read.
  const isFresh = (node) =>
    node.matches(".note") && Date.now() - (node.savedAt ?? 0) < SAVED_STAYS;

  let wasBusy = null;
  let later = null;

  const morph = (oldNode, newNode) => {
    const isTemplate = oldNode.tagName === "TEMPLATE";
    const isKept = isTemplate || isBusy(oldNode) || isFresh(oldNode);
    if (!isKept || oldNode.isEqualNode(newNode)) return true;
    if (isTemplate) {
      oldNode.innerHTML = newNode.innerHTML;
    } else if (isBusy(oldNode)) {
      wasBusy = oldNode;
    } else {
      later ??= setTimeout(() => {
        later = null;
        askAgain();
      }, SAVED_STAYS);
    }
    return false;
  };

  on("DOMContentLoaded", () => {
    // Only extensions of htmx are asked before a node is changed.
    window.htmx?.registerExtension("renewal", {
      htmx_before_morph_node: (_, { oldNode, newNode }) => morph(oldNode, newNode),
      // Nobody closes under somebody's eyes what they have opened.
      htmx_before_morph_attr: (_, { attrName, newValue }) =>
        attrName !== "open" || newValue !== null,
    });
  });

  // Whoever reads or chooses keeps the line under their eyes.
  let held = null;
  let watched = null;

  const heldElement = () => {
    const { activeElement: active, body } = document;
    const { top = -1 } = active && active !== body ? active.getBoundingClientRect() : {};
    if (top >= 0 && top < innerHeight) return active;
    return document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest("[id]");
  };

  const comesByItself = (event) =>
    !event.detail.ctx?.sourceElement?.matches("button, form, select, input");

  // Whoever watches a run sees its result from the top, however long that is.
  const isWatched = (event) => {
    const source = event.detail.ctx?.sourceElement;
    return source?.matches(".run") && source.getBoundingClientRect().top > -48;
  };

  on("htmx:before:swap", (event) => {
    if (isWatched(event)) watched = event.detail.ctx;
    const element = comesByItself(event) ? heldElement() : null;
    held = element && { element, top: element.getBoundingClientRect().top };
  });

  on("htmx:after:swap", (event) => {
    if (event.detail.ctx === watched) held = watched = null;
    if (!held?.element.isConnected || scrollY === 0) return;
    scrollBy(0, held.element.getBoundingClientRect().top - held.top);
    held = null;
  });

  document.addEventListener("focusout", ({ target }) => {
    if (target !== wasBusy) return;
    wasBusy = null;
    askAgain();
  });

  // --- Focus: whoever works with the keyboard is never left nowhere.

  const USABLE =
    "button:enabled, select:enabled, input:enabled:not([type=hidden]), summary, [tabindex]";
  const isNowhere = () => [null, document.body].includes(document.activeElement);

  // Where to go from what may soon be gone: its successor, its neighbours, its place.
  const wayBack = (element) => {
    const row = element.closest("tr[id], li[id]");
    const places = [row?.nextElementSibling, row?.previousElementSibling];
    let section = element.closest("section[id]");
    for (; section; section = section.parentElement.closest("section[id]")) {
      places.push(section);
    }
    const ids = places.map((each) => each?.id);
    return [element.id, element.dataset.else, ...ids].filter(Boolean);
  };

  const spotIn = (place) => {
    if (place?.matches(USABLE)) return place;
    const within = place?.matches("tr, li") ? USABLE : "[data-land]";
    return place?.querySelector(within);
  };

  const land = (ids) =>
    ids.some((id) => {
      spotIn(document.getElementById(id))?.focus({ preventScroll: true });
      return !isNowhere();
    });

  let left = [];
  const leave = (element) => {
    left = element.closest("dialog")?.wayBack ?? wayBack(element);
  };
  for (const name of ["focusin", "pointerdown"]) {
    document.addEventListener(name, () => {
      left = [];
    });
  }

  // What asks is often disabled while it waits, and loses the focus by that.
  on("htmx:config:request", ({ detail: { ctx } }) => {
    const active = document.activeElement;
    if (!isNowhere() && ctx.sourceElement?.contains(active)) leave(active);
  });
  const placeOf = ({ target }) =>
    typeof target === "string" ? document.querySelector(target) : target;

  on("htmx:before:swap", ({ detail: { ctx } }) => {
    if (!isNowhere() && placeOf(ctx)?.contains(document.activeElement)) {
      leave(document.activeElement);
    }
  });
  on("htmx:after:swap", ({ detail: { ctx } }) => {
    const { goes } = ctx.sourceElement?.dataset ?? {};
    if (goes) spotIn(document.getElementById(goes))?.focus({ preventScroll: true });
    setTimeout(() => isNowhere() && land(left));
  });

  // --- Entries: which ones are selected, and how much that is.

  const lengthOf = (minutes) => {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (!hours) return `${rest} min`;
    return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
  };

  const boxes = () => [...document.querySelectorAll('input[name="entry"]')];

  const countSelected = () => {
    const all = document.getElementById("select-all");
    if (!all) return;
    for (const page of document.querySelectorAll("tbody[data-fresh]")) {
      page.removeAttribute("data-fresh");
      for (const box of page.querySelectorAll('input[name="entry"]')) {
        box.checked = all.checked;
      }
    }
    const shown = boxes();
    // Where none is ticked neither is "all", so that the next click on it ticks each.
    if (shown.length === Number(all.dataset.count) && !shown.some((box) => box.checked)) {
      all.checked = false;
    }
    // With "all" ticked the entries not shown count too, less the unticked ones.
    const counted = shown.filter((box) => box.checked !== all.checked);
    const minutes = counted.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
    const count = all.checked ? Number(all.dataset.count) - counted.length : counted.length;
    const total = all.checked ? Number(all.dataset.minutes) - minutes : minutes;
    all.indeterminate = all.checked && counted.length > 0;
    const button = document.getElementById("send");
    if (!count && button === document.activeElement) {
      leave(button);
      button.blur();
    }
    button.disabled = count === 0;
    document.getElementById("selected-count").value = count;
    document.getElementById("selected").textContent = count
      ? `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"} selected, ${lengthOf(total)}`
      : "No entries selected";
  };

  // Whoever has left entries out does not find them ticked again when the list comes
  // once more for the same filter and tab, as it does by itself after each transfer.
  let listedFor = "";
  let ticks = null;

  const keepTicks = (ctx) => {
    const all = document.getElementById("select-all");
    if (!all || !placeOf(ctx)?.contains(all)) return;
    const others = boxes().filter((box) => box.checked !== all.checked);
    const ids = others.map((box) => box.value);
    ticks = { all: all.checked, others: new Set(ids), listedFor };
  };

  const questionOf = ({ request }, tab) => {
    const asked = new URL(request.action, location.href).searchParams;
    asked.delete("state");
    return `${tab.value} ${asked}`;
  };

  const bringBackTicks = (ctx) => {
    const tab = document.querySelector('#entries-list input[name="state"]');
    // What is no list, but says why there is none, changes nothing.
    if (placeOf(ctx)?.id !== "entries-list" || !tab) return;
    listedFor = questionOf(ctx, tab);
    if (ticks?.listedFor !== listedFor) ticks = null;
    const all = document.getElementById("select-all");
    if (!ticks || !all) return;
    const here = boxes();
    const others = here.filter((box) => ticks.others.has(box.value));
    // What was left out may be on a later page now: then nothing goes unasked.
    const isKnown = !ticks.all || others.length === ticks.others.size;
    all.checked = ticks.all && isKnown;
    for (const box of here) box.checked = all.checked;
    if (isKnown) for (const box of others) box.checked = !ticks.all;
    for (const page of document.querySelectorAll("tbody[data-fresh]")) {
      page.removeAttribute("data-fresh");
    }
  };
  on("htmx:before:swap", ({ detail: { ctx } }) => keepTicks(ctx));
  on("htmx:after:swap", ({ detail: { ctx } }) => bringBackTicks(ctx));

  const choosePeriod = (field) => {
    const { start, end } = field.selectedOptions[0].dataset;
    if (!start) return;
    field.form.elements.start.value = start;
    field.form.elements.end.value = end;
  };

  const countChosen = (choice) => {
    const count = choice.querySelectorAll("input:checked").length;
    choice.querySelector("[data-chosen]").textContent = count ? `${count} chosen` : "All";
  };

  on("change", ({ target }) => {
    if (target.id === "select-all") {
      for (const box of boxes()) box.checked = target.checked;
    }
    if (target.matches("[data-period]")) choosePeriod(target);
    if (target.matches('[type="date"]')) target.form.elements.period.value = "";
    const choice = target.closest("details.choice");
    if (choice) countChosen(choice);
    countSelected();
  });

  // --- Connecting: the window opens with the click itself, or browsers block it.

  const connect = async () => {
    const page = window.open("", "_blank");
    if (page) page.opener = null;
    try {
      const answer = await fetchAsViewer("/connection/authorization", {
        method: "POST",
        headers: { Accept: "application/json" },
      });
      if (answer.status >= 500) throw new Error("Try again in a minute.");
      if (!answer.ok) throw new Error(await answer.text());
      const there = new URL((await answer.json()).address);
      if (!/^https?:$/.test(there.protocol)) throw new Error("Its address is not a web address.");
      if (page) page.location.replace(there.href);
      const link = document.getElementById("connect-link");
      link.querySelector("a").href = there.href;
      link.hidden = false;
      htmx.ajax("GET", "/connection?waiting=1", {
        target: "#connection-show",
        swap: "outerHTML",
      });
    } catch (problem) {
      page?.close();
      const isOurs = problem instanceof Error && problem.constructor === Error;
      const reason = isOurs ? problem.message : "Check your connection, then try again.";
      if (!ended) say(`QuickBooks could not be opened. ${reason}`);
    }
  };

  const show = (dialog) => {
    if (!dialog) return;
    if (!left.length && !isNowhere()) leave(document.activeElement);
    dialog.wayBack = left;
    dialog.showModal();
    dialog.querySelector("[data-focus]")?.focus();
  };
  on("click", ({ target }) => {
    if (target.closest("[data-connect]")) connect();
    const opener = target.closest("[data-opens]");
    if (opener) show(document.getElementById(opener.dataset.opens));
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    for (const choice of document.querySelectorAll("details.choice[open]")) {
      if (!choice.contains(target)) choice.open = false;
    }
  });

  on("keydown", ({ key, target }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step && target.matches('[role="tab"]')) {
      const tabs = [...target.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
      tabs.at((tabs.indexOf(target) + step) % tabs.length).focus();
    }
    const choice = key === "Escape" && target.closest("details.choice[open]");
    if (choice) {
      choice.open = false;
      choice.querySelector("summary").focus();
    }
  });

  // A dialog that the server sent goes away for good once it is closed.
  const close = ({ target }) => {
    if (target.matches("dialog[data-sent]")) target.remove();
    if (isNowhere() && target.wayBack) land(target.wayBack);
  };
  document.addEventListener("close", close, true);

  const settle = () => {
    fillAll();
    for (const each of document.querySelectorAll(".note .saved")) {
      each.parentElement.savedAt ??= Date.now();
    }
    for (const each of document.querySelectorAll("[data-toast]")) toast(each);
    announce();
    for (const each of document.querySelectorAll("[data-focus]:not(dialog *)")) {
      each.removeAttribute("data-focus");
      if (isNowhere()) each.focus();
    }
    show(document.querySelector("dialog[data-sent]:not([open])"));
    countSelected();
  };
  on("DOMContentLoaded", settle);
  on("htmx:after:swap", settle);
})();
