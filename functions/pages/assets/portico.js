// The script of every page. It sends forms to the same API as every other client, shows beside each field what is wrong with it, and
// goes on. Without it, sign-up, sign-in and everything that is read still works.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- What one page leaves for the next. Where the browser keeps nothing, or too little, the portal works all the same.
  const storage = (act) => { try { return act(sessionStorage); } catch { return null; } };
  const kept = (key) => storage((store) => store.getItem(key));
  const keep = (key, value) => storage((store) => store.setItem(key, value));
  const drop = (key) => storage((store) => store.removeItem(key));

  // --- What is said in passing, also on the page that follows.
  let fading;
  const say = (text) => {
    const toast = byId("toast");
    if (!toast) return;
    toast.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => { toast.textContent = ""; }, 6000);
  };
  const sayNext = (text) => { if (text) keep("portico.say", text); };

  // --- What was typed survives signing in again. Passwords are never kept.
  const typedKey = `portico.typed:${location.pathname}${location.search}`;
  const keepable = (control) => control.name && !["password", "hidden", "file", "submit", "button"].includes(control.type);
  const keepTyped = (form) => {
    const typed = [...form.elements].filter(keepable).map((control) => [control.name, control.value, control.checked]);
    keep(typedKey, JSON.stringify({ action: form.getAttribute("action"), typed }));
  };
  const restoreTyped = () => {
    const text = kept(typedKey);
    drop(typedKey);
    if (!text) return;
    const { action, typed } = JSON.parse(text);
    const form = all("form[data-api]").find((one) => one.getAttribute("action") === action);
    for (const [name, value, checked] of form ? typed : []) {
      for (const control of [...form.elements].filter((one) => keepable(one) && one.name === name)) {
        if (control.type === "radio" || control.type === "checkbox") {
          if (control.value === value) control.checked = checked;
        } else control.value = value;
      }
    }
    if (!form) return;
    form.closest("dialog")?.showModal();
    say("What you typed is still here.");
  };

  // --- Requests.
  const request = async (method, url, body) => {
    const options = { method, headers: { accept: "application/json" }, credentials: "same-origin" };
    if (body !== undefined) {
      options.headers["content-type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    try {
      const answer = await fetch(url, options);
      const text = await answer.text();
      let data = {};
      try { data = text ? JSON.parse(text) : {}; } catch { /* not JSON: the status says enough */ }
      return { ok: answer.ok, status: answer.status, data, onward: answer.headers.get("portico-continue") };
    } catch {
      return { ok: false, status: 0, data: { detail: "The portal cannot be reached. Check the connection and try again." } };
    }
  };
  const kind = (answer) => (answer.data.type || "").split(":").pop();
  const isAdmin = () => location.pathname.startsWith("/admin");
  // A session that is over is refreshed once; if that fails, nothing typed is lost.
  const send = async (method, url, body, form) => {
    const answer = await request(method, url, body);
    if (answer.status !== 401 || kind(answer) !== "unauthorized") return answer;
    // Where the request is to sign in, it is what was typed that is wrong.
    if (form?.dataset.unauthorized) return { ...answer, data: { detail: form.dataset.unauthorized } };
    if (!isAdmin()) {
      const refreshed = await request("POST", "/api/v3/developer/refresh");
      if (refreshed.ok) return request(method, url, body);
      if (refreshed.status !== 401) return refreshed;
    }
    if (form) keepTyped(form);
    location.assign(`${isAdmin() ? "/admin" : ""}/login?problem=unauthorized&to=${encodeURIComponent(location.pathname + location.search)}`);
    return new Promise(() => {});
  };

  // --- Forms: from fields to JSON.
  const put = (body, path, value) => {
    const last = path.pop();
    let place = body;
    for (const step of path) place = place[step] ??= {};
    place[last] = value;
  };
  const valueOf = (control) => {
    const text = control.value;
    switch (control.dataset.as) {
      case "boolean": return control.type === "checkbox" ? control.checked : text === "true";
      case "number": return text.trim() === "" ? "" : Number(text);
      case "lines": return text.split("\n").map((line) => line.trim()).filter(Boolean);
      case "json": return text.trim() === "" ? "" : JSON.parse(text);
      default: return text;
    }
  };
  const bodyOf = (form) => {
    const body = {};
    for (const control of form.elements) {
      if (!control.name || control.disabled || control.name === "to") continue;
      if (control.type === "radio" && !control.checked) continue;
      if (control.type === "checkbox" && control.dataset.as !== "boolean" && !control.checked) continue;
      const value = valueOf(control);
      if (value === "" && control.dataset.empty !== "keep") {
        // What is new has nothing to be emptied of.
        if (control.dataset.empty === "null" && form.dataset.method) put(body, control.name.split("."), null);
      } else put(body, control.name.split("."), value);
    }
    return body;
  };

  // --- Forms: what is wrong, beside its field and in a summary that leads there.
  const clearErrors = (form) => {
    all(".notice", form.parentElement).filter((notice) => notice.dataset.summary !== undefined).forEach((notice) => notice.remove());
    all(".wrong", form).forEach((field) => field.classList.remove("wrong"));
    all(".error", form).forEach((error) => { error.textContent = ""; });
    all("[aria-invalid]", form).forEach((control) => control.removeAttribute("aria-invalid"));
  };
  const fieldOf = (form, name) => {
    const path = name.replace(/\[\d+\]/g, "");
    return all("[data-field]", form).find((field) => field.dataset.field === path || path.startsWith(`${field.dataset.field}.`));
  };
  const labelOf = (field) => {
    const label = field?.querySelector("label, legend, .label")?.cloneNode(true);
    label?.querySelectorAll(".optional, .hint").forEach((part) => part.remove());
    return label?.textContent.trim();
  };
  const showProblem = (form, answer) => {
    clearErrors(form);
    const wrong = [...(answer.data.invalid_parameters || [])];
    if (kind(answer) === "reference-id-taken") {
      wrong.push({ field: "client_id", sentence: "This reference ID is already used in this portal. Choose another one." });
    }
    const summary = document.createElement("div");
    summary.className = "notice bad";
    summary.dataset.summary = "";
    summary.setAttribute("role", "alert");
    summary.tabIndex = -1;
    const title = document.createElement("p");
    title.textContent = wrong.length ? "Something that you typed cannot be taken:" : answer.data.detail || "The portal could not do this now. Try again in a moment.";
    summary.append(title);
    const list = document.createElement("ul");
    const fields = all("[data-field]", form);
    const place = (one) => { const at = fields.indexOf(fieldOf(form, one.field)); return at < 0 ? fields.length : at; };
    wrong.sort((one, other) => place(one) - place(other));
    for (const one of wrong) {
      const field = fieldOf(form, one.field);
      const sentence = one.sentence || `${labelOf(field) || one.field} ${one.reason}.`;
      const item = document.createElement("li");
      const control = field?.querySelector("input:not([type=hidden]), textarea, select");
      if (control) {
        field.classList.add("wrong");
        control.setAttribute("aria-invalid", "true");
        const error = field.querySelector(".error");
        if (error) error.textContent = sentence;
        const link = document.createElement("a");
        link.href = `#${control.id}`;
        link.textContent = sentence;
        link.addEventListener("click", (event) => { event.preventDefault(); control.focus(); });
        item.append(link);
      } else item.textContent = sentence;
      list.append(item);
    }
    if (wrong.length) summary.append(list);
    form.prepend(summary);
    summary.focus();
  };

  // --- Forms: what follows.
  const filled = (template, data, keep) =>
    template.replace(/\{(\w+)\}/g, (whole, name) => (data[name] === undefined ? whole : keep ? data[name] : encodeURIComponent(data[name])));
  const goOn = (place) => {
    if (place) location.assign(place);
    else location.reload();
  };
  const showSecret = (form, data) => {
    const place = byId(form.dataset.into);
    place.replaceChildren(byId(form.dataset.secret).content.cloneNode(true));
    const secret = data.credential;
    all("[data-secret-text]", place).forEach((one) => { one.textContent = secret; });
    all(".code code", place).forEach((one) => { one.textContent = one.textContent.replaceAll("YOUR_API_KEY", secret); });
    all("[data-gone-after]").filter((one) => one.dataset.goneAfter === form.dataset.into).forEach((one) => { one.hidden = true; });
    form.closest("dialog")?.close();
    place.firstElementChild.focus();
    say("The credential is generated.");
  };
  const confirmed = (form) => {
    const input = form.querySelector("[data-confirms]");
    if (!input || input.value.trim() === input.dataset.confirms.trim()) return true;
    const sentence = `Type ${input.dataset.confirms} exactly, to be sure.`;
    input.setAttribute("aria-invalid", "true");
    byId(`${input.id}-error`).textContent = sentence;
    input.focus();
    return false;
  };
  const submit = async (form) => {
    if (form.getAttribute("aria-busy") === "true" || !confirmed(form)) return;
    let body;
    const method = form.dataset.method || "POST";
    try { body = method === "DELETE" ? undefined : bodyOf(form); } catch {
      showProblem(form, { data: { detail: "A field that must be JSON is not." } });
      return;
    }
    form.setAttribute("aria-busy", "true");
    const answer = await send(method, form.getAttribute("action"), body, form);
    // Until the next page is there, nothing is sent twice.
    if (!answer.ok || form.dataset.secret) form.removeAttribute("aria-busy");
    if (!answer.ok) {
      if (kind(answer) === "approval-required") goOn("/waiting");
      else showProblem(form, answer);
      return;
    }
    if (form.dataset.secret) { showSecret(form, answer.data); return; }
    let done = form.dataset.done && filled(form.dataset.done, answer.data, true);
    if (form.dataset.then) {
      const { then, thenName, thenValue } = form.dataset;
      const second = await send("POST", filled(then, answer.data), { [thenName]: thenValue });
      if (!second.ok) done = `Created, but the second step was refused: ${second.data.detail || "try again from the page of the API."}`;
    }
    const event = new CustomEvent("portico:done", { bubbles: true, cancelable: true, detail: { answer, done } });
    if (!form.dispatchEvent(event)) {
      form.removeAttribute("aria-busy");
      return;
    }
    sayNext(done);
    // Whoever came from an identity provider that ends sessions goes there to end theirs, and comes back.
    const elsewhere = /^https?:/.test(answer.onward || "") && answer.onward;
    goOn(elsewhere || (form.dataset.next && filled(form.dataset.next, answer.data)));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-api]")) return;
    event.preventDefault();
    submit(form);
  });

  // --- Clicks.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied.");
    } catch {
      say("The browser does not let the page copy. Select the text and copy it.");
    }
  };
  const random = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const switchTheme = () => {
    const root = document.documentElement;
    const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    document.cookie = `porticotheme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  };
  const shownCode = (block) => all("pre", block).find((pre) => getComputedStyle(pre).display !== "none");
  const clicks = [
    ["[data-open]", (button) => byId(button.dataset.open)?.showModal()],
    ["[data-close]", (button) => button.closest("dialog").close()],
    ["[data-copy]", (button) => copy(byId(button.dataset.copy).textContent)],
    ["[data-copy-code]", (button) => copy(shownCode(button.closest("[data-code]")).textContent)],
    ["[data-generate]", (button) => { byId(button.dataset.generate).value = random(); byId(button.dataset.generate).focus(); }],
    ["[data-theme-switch]", switchTheme],
    ["[data-reload]", () => location.reload()],
    ["[data-checks]", (button) => test(button, byId(button.dataset.into))],
    ["[data-bulk]", (button) => decideAll(button)],
    ["[role=tab]", (tab) => choose(tab)],
  ];
  document.addEventListener("click", (event) => {
    for (const [selector, act] of clicks) {
      const found = event.target.closest(selector);
      if (found) { act(found); return; }
    }
    all("details.menu[open]").filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
    const tab = event.target.closest?.("[role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const tabs = all("[role=tab]", tab.parentElement);
    choose(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]).focus();
  });
  const choose = (tab) => {
    for (const one of all("[role=tab]", tab.parentElement)) {
      const mine = one === tab;
      one.setAttribute("aria-selected", mine);
      one.tabIndex = mine ? 0 : -1;
      const panel = tab.closest("[data-code]").querySelector(`#${CSS.escape(one.getAttribute("aria-controls"))}`);
      panel.toggleAttribute("data-later", !mine);
    }
    return tab;
  };

  // --- A test of an identity provider: each check with a word and a sentence, read out as a whole.
  const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });
  const LOOKED_AT = { discovery: "Issuer", endpoints: "Endpoints", redirect_uri: "Redirect URI", client: "Client ID and secret" };
  const check = ({ name, passed, detail }) => {
    const item = element("li", "");
    const words = element("div", "");
    words.append(element("strong", LOOKED_AT[name] || name), element("p", detail));
    item.append(element("span", passed ? "Passed" : "Failed", `pill ${passed ? "approved" : "refused"}`), words);
    return item;
  };
  const test = async (button, place) => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    place.replaceChildren(element("p", "The identity provider is asked."));
    const { ok, data } = await send("POST", button.dataset.checks, {});
    button.removeAttribute("aria-disabled");
    if (!ok) {
      place.replaceChildren(element("p", data.detail || "The portal could not do this now. Try again in a moment."));
      return;
    }
    const list = element("ul", "");
    list.append(...data.checks.map(check));
    place.replaceChildren(element("p", data.passed ? "All checks passed." : "Not all checks passed. Developers cannot sign in like this."), list);
  };

  // --- While typing: how long, how strong.
  const strength = (password) => {
    const length = [...password].length;
    if (length === 0) return "";
    if (length < 12) return `Too short: ${length} of at least 12 characters.`;
    const points = [...password].map((char) => char.codePointAt(0));
    const fresh = points.filter((point, at) => at === 0 || Math.abs(point - points[at - 1]) > 1).length;
    const different = new Set(points).size;
    const bits = Math.min(fresh, different * 1.6) * (/[^a-z ]/.test(password) ? 3.6 : 2.8);
    return bits < 36 ? "Easy to guess. Add words that have nothing to do with each other." : bits < 56 ? "Good." : "Strong.";
  };
  document.addEventListener("input", (event) => {
    const control = event.target;
    if (control.dataset.strength !== undefined) byId(`${control.id}-strength`).textContent = strength(control.value);
    if (control.dataset.most) {
      let counter = control.parentElement.querySelector(".counter");
      const length = [...control.value].length;
      const most = Number(control.dataset.most);
      if (!counter && length * 2 < most) return;
      if (!counter) {
        counter = document.createElement("span");
        counter.className = "counter";
        control.parentElement.append(counter);
      }
      counter.textContent = `${length} of ${most}`;
    }
  });

  // --- A queue of decisions: a row that is decided leaves, the counts fall, the focus goes to the next.
  const rows = () => all("[data-queue] [data-row]");
  const leave = (row, done) => {
    const before = rows();
    const next = before[before.indexOf(row) + 1] || before[before.indexOf(row) - 1];
    const queue = row.closest("[data-queue]").dataset.queue;
    row.remove();
    for (const count of all("[data-count]").filter((one) => ["all", queue].includes(one.dataset.count))) {
      count.textContent = Math.max(0, Number(count.textContent) - 1);
    }
    if (next) {
      say(done);
      next.focus();
      return;
    }
    sayNext(done);
    location.reload();
  };
  document.addEventListener("portico:done", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    event.target.closest("dialog")?.close();
    leave(row, event.detail.done);
  });
  const decideAll = async (button) => {
    const queue = button.closest("[data-queue]");
    button.closest("dialog")?.close();
    const chosen = all("[data-row]", queue).filter((row) => row.querySelector("[data-pick]").checked);
    if (!chosen.length) say("Choose at least one row first.");
    const reason = button.form?.elements.namedItem("reason");
    for (const row of chosen) {
      const form = row.querySelector(`form[data-${button.dataset.bulk}]`);
      if (reason) form.elements.namedItem("reason").value = reason.value;
      await submit(form);
      // What was refused is read, and tried again, where it was asked.
      if (form.querySelector("[data-summary]")) form.closest("dialog")?.showModal();
    }
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");
    if (typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !["a", "r"].includes(event.key)) return;
    const row = event.target.closest?.("[data-row]");
    if (!row) {
      // Nobody decides about a row that they are not in: the first press leads there.
      rows()[0]?.focus();
      return;
    }
    event.preventDefault();
    if (event.key === "a") row.querySelector("form[data-approve]").requestSubmit();
    else byId(row.dataset.reject).showModal();
  });

  // --- A specification, dropped or chosen: its text into the field, its title into the name.
  const take = async (file, place) => {
    if (!file) return;
    const area = byId(place);
    const said = byId(`${place}-said`);
    if (file.size > 3 * 1024 * 1024) { said.textContent = `${file.name} has more than 3 MB.`; return; }
    area.value = await file.text();
    said.textContent = `${file.name} is taken.`;
    nameFrom(area);
  };
  const nameFrom = (area) => {
    const name = area.form.elements.namedItem("name");
    if (!name || name.value) return;
    let title;
    try { title = JSON.parse(area.value).info?.title; } catch { title = /^\s*["']?title["']?\s*:\s*["']?([^"'\n#}]+)/m.exec(area.value)?.[1]; }
    if (typeof title === "string") name.value = title.trim().slice(0, 255);
  };
  document.addEventListener("change", (event) => {
    const control = event.target;
    if (control.dataset.image && control.files[0]) {
      const reader = new FileReader();
      reader.onload = () => { byId(control.dataset.image).value = reader.result; };
      reader.readAsDataURL(control.files[0]);
    } else if (control.dataset.file) take(control.files[0], control.dataset.file);
    else if (control.closest("[data-drop]") && control.tagName === "TEXTAREA") nameFrom(control);
  });
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      const drop = event.target.closest?.("[data-drop]");
      if (!drop || ![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      if (name === "drop") take(event.dataTransfer.files[0], drop.dataset.drop);
    });
  }

  // --- When a page begins.
  const begin = async () => {
    const said = kept("portico.say");
    drop("portico.say");
    if (said) say(said);
    document.querySelector("main .notice.bad")?.focus();
    restoreTyped();
    const form = document.querySelector("form[data-refresh]");
    if (!form) return;
    const to = form.elements.to.value;
    const refreshed = await request("POST", form.getAttribute("action"));
    if (refreshed.ok) {
      drop("portico.cleared");
      location.replace(to);
    } else if (refreshed.status === 401 && kept("portico.cleared") !== to) {
      keep("portico.cleared", to);
      location.replace(to);
    } else if (refreshed.status === 401) {
      drop("portico.cleared");
      form.hidden = true;
      document.querySelector("main .lead").textContent = "The browser sends a session of this site that is none, and does not let it go. Delete this site's cookies, and sign in again.";
    }
  };
  begin();
})();
