const $ = (selector, root = document) => root.querySelector(selector);
const say = (name) => WORDS[name] ?? name;
const TYPES = { 1: "LEAD", 2: "DEAL", 3: "CONTACT", 4: "COMPANY" };
let known = { users: [], stages: [], records: {} };

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

async function act(name, given = {}) {
  const answer = await fetch(`/control/${name}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body.result;
}

/* ---- acts as forms ---- */

function options(pairs, chosen) {
  return pairs.map(([value, text]) => make("option", { value, selected: String(value) === String(chosen) }, text));
}

function control(take, example) {
  const start = example ?? take.default ?? "";
  const name = take.name;
  const required = take.required;
  if (name === "entityTypeId") {
    const types = [...new Set([...Object.keys(TYPES), ...Object.keys(known.records)])];
    return make("select", { name }, ...options(types.map((id) => [id, `${say(TYPES[id] ?? "record")} (${id})`]), start));
  }
  if (name === "user") {
    const field = make("select", { name });
    field.dataset.users = start;
    return field;
  }
  if (take.choices.length) {
    const empty = required ? [] : [["", `– ${say("optional")} –`]];
    return make("select", { name }, ...options([...empty, ...take.choices.map((one) => [one, one])], start));
  }
  if (take.kind === "flag" && !required && take.default === null) {
    return make("select", { name }, ...options([["", `– ${say("optional")} –`], ["true", say("yes")], ["false", say("no")]], start));
  }
  if (take.kind === "flag") return make("input", { type: "checkbox", name, checked: start === true });
  if (take.kind === "object") return make("textarea", { name, required, value: JSON.stringify(start || {}, null, 1) });
  if (take.kind === "list") {
    return make("input", { name, required, value: (start || []).join(", "), placeholder: "A, B" });
  }
  const number = take.kind === "number" || take.kind === "integer";
  const field = make("input", { name, required, type: number ? "number" : "text", value: start });
  if (number) field.step = take.kind === "integer" ? "1" : "any";
  if (!required) field.placeholder = say("optional");
  if (name === "stage" || name === "to") field.setAttribute("list", "stages");
  return field;
}

function value(take, field) {
  if (take.kind === "flag" && field.type === "checkbox") return field.checked;
  const text = field.value.trim();
  if (text === "") return undefined;
  if (take.kind === "object" || take.kind === "flag") return JSON.parse(text);
  if (take.kind === "list") return text.split(",").map((one) => one.trim()).filter(Boolean);
  return take.kind === "number" || take.kind === "integer" ? Number(text) : text;
}

function form(one) {
  const said = make("span", { className: "said", role: "status" });
  const row = (take) => make("label", { className: "take" },
    make("span", {}, WORDS[`t.${take.name}`] ?? take.name),
    control(take, one.example[take.name]));
  const first = one.takes.filter((take) => take.required || take.name in one.example || take.name === "user");
  const rest = one.takes.filter((take) => !first.includes(take));
  const made = make("form", {}, ...first.map(row));
  if (rest.length) made.append(make("details", {}, make("summary", {}, say("more")), ...rest.map(row)));
  made.append(make("p", {}, make("button", {}, say("do")), said));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const given = {};
      for (const take of one.takes) {
        const read = value(take, made.elements[take.name]);
        if (read !== undefined) given[take.name] = read;
      }
      const result = await act(one.name, given);
      said.className = "said good";
      said.textContent = result === null || result === true ? say("done") : `${say("done")}: ${brief(result)}`;
      refresh();
    } catch (error) {
      said.className = "said bad";
      said.textContent = `${say("refused")}: ${error.message}`;
    }
  });
  return make("details", {}, make("summary", {}, one.about[document.documentElement.lang]), made);
}

function brief(result) {
  if (typeof result !== "object") return String(result);
  return Object.entries(result).map(([name, one]) => `${name} ${typeof one === "object" ? JSON.stringify(one) : one}`).join(", ");
}

/* ---- what is shown ---- */

function table(node, heads, rows) {
  node.replaceChildren(
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", {}, say(head))))),
    make("tbody", {}, ...(rows.length ? rows : [make("tr", {}, make("td", { colSpan: heads.length, className: "soft" },
      make("small", {}, say("nothing_yet"))))])));
}

const cell = (text, className = "") => make("td", { className }, String(text ?? ""));
const time = (text) => text.replace("T", " ").slice(0, 19);
const quality = (status) => (status >= 200 && status < 300 ? "good" : "bad");

function bar(name, level, most) {
  if (most === null) return make("div", { className: "bar" }, make("span", {}, name), make("span", {}), make("span", {}, level));
  return make("div", { className: "bar" }, make("span", {}, name),
    make("meter", { min: 0, max: most, value: level, low: most * 0.6, high: most * 0.85, optimum: 0 }),
    make("span", {}, `${level} / ${most}`));
}

function showBudgets(budgets) {
  $("#plan").textContent = `${say("plan")}: ${budgets.plan}`;
  const none = make("small", {}, say(budgets.burst ? "nothing_yet" : "no_bucket"));
  $("#levels").replaceChildren(...(budgets.burst && budgets.requests.length
    ? budgets.requests.map((one) => bar(one.address, one.level, budgets.burst)) : [none]));
  $("#operating").replaceChildren(...(budgets.operating.length
    ? budgets.operating.slice(0, 12).map((one) => bar(`${one.method} · ${one.who}`, one.seconds, budgets.operating_limit))
    : [make("small", {}, say("nothing_yet"))]));
}

function showFaults(faults) {
  $("#waiting").replaceChildren(...(faults.length ? [make("ul", {}, ...faults.map((one) => make("li", {},
    make("b", {}, one.kind), ` · ${one.method || say("any")}`,
    one.percent === null ? "" : ` · ${one.percent} %`,
    ` · ${say("left")}: ${one.left ?? say("endless")} · ${say("met")}: ${one.met}`)))]
    : [make("p", {}, make("small", {}, say("no_faults")))]));
}

function showSwitches(events) {
  const box = $("#switches");
  for (const [name, now] of Object.entries(events)) {
    if (name === "held") continue;
    let field = box.elements[name];
    if (!field) {
      const flag = typeof now === "boolean";
      field = make("input", { name, type: flag ? "checkbox" : "number" });
      if (!flag) { field.min = 0; field.step = "any"; }
      field.addEventListener("change", async () => {
        const read = flag ? field.checked : Number(field.value || 0);
        try { await act("events", { [name]: read }); } finally { refresh(); }
      });
      box.append(make("label", {}, field, say(name)));
    }
    if (document.activeElement === field && field.type === "number") continue;
    if (field.type === "checkbox") field.checked = now;
    else field.value = now;
  }
  $("#held").textContent = events.held;
  $("#release").disabled = $("#release-back").disabled = !events.held && !events.hold;
}

function showKnown(fresh) {
  known = fresh;
  $("#stages").replaceChildren(...known.stages.map((one) => make("option", { value: one.id }, one.name)));
  for (const field of document.querySelectorAll("select[data-users]")) {
    const chosen = field.value || field.dataset.users;
    const line = known.users.map((one) => `${one.id}${one.active}`).join();
    if (field.dataset.line === line) continue;
    field.dataset.line = line;
    field.replaceChildren(...options(known.users.map((one) => [one.id, `${one.name} (${one.id})${one.active ? "" : " ✕"}`]), chosen));
  }
  for (const field of document.querySelectorAll('.acts input[name="id"]')) {
    const type = field.form.elements.entityTypeId?.value ?? "2";
    const id = `records-${type}`;
    let list = document.getElementById(id);
    if (!list) document.body.append(list = make("datalist", { id }));
    field.setAttribute("list", id);
  }
  for (const list of document.querySelectorAll('datalist[id^="records-"]')) {
    const lines = known.records[list.id.slice(8)] ?? [];
    list.replaceChildren(...lines.map((one) => make("option", { value: one.id }, one.title)));
  }
}

function show(all) {
  $("#now").textContent = `${time(all.clock.now)} UTC`;
  $("#clock-kind").textContent = say(all.clock.virtual ? "virtual" : "real");
  $("#advance").hidden = !all.clock.virtual;
  $("#counters").textContent = ["requests", "commands", "writes"].map((name) => `${say(name)}: ${all.counters[name]}`).join(" · ");
  showBudgets(all.budgets);
  showFaults(all.faults);
  showSwitches(all.events);
  showKnown(all.known);
  table($("#requests"), ["at", "method", "commands_short", "cost", "status", "fault"], all.requests.reverse().map((one) =>
    make("tr", {}, cell(time(one.at)), cell(one.method, "fill"), cell(one.commands), cell(one.cost.toFixed(2)),
      cell(one.status || "–", quality(one.status)), cell(one.fault, "warn"))));
  table($("#deliveries"), ["at", "event", "record", "outcome", "status", "url"], all.deliveries.reverse().map((one) =>
    make("tr", {}, cell(time(one.at)), cell(one.event), cell(one.item_id),
      cell(say(one.outcome), one.outcome === "delivered" ? "good" : "bad"), cell(one.status), cell(one.url, "fill"))));
}

async function refresh() {
  try {
    const answer = await fetch("/control/overview");
    show((await answer.json()).result);
    $("#lost").hidden = true;
  } catch (error) {
    $("#lost").hidden = false;
    throw error;
  }
}

/* ---- buttons ---- */

async function copy() {
  const secrets = await act("connect");
  await navigator.clipboard.writeText(secrets.webhook);
  $("#copy").textContent = say("copied");
  setTimeout(() => { $("#copy").textContent = say("copy"); }, 1500);
}

async function reveal() {
  const shown = $("#reveal").dataset.shown === "yes";
  const secrets = shown ? {} : await act("connect");
  for (const node of document.querySelectorAll("[data-secret]")) node.textContent = secrets[node.dataset.secret] ?? "••••••••";
  $("#reveal").dataset.shown = shown ? "" : "yes";
  $("#reveal").textContent = say(shown ? "show" : "hide");
}

async function save() {
  const text = JSON.stringify(await act("dump"), null, 1);
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "portal.json" });
  link.click();
  URL.revokeObjectURL(link.href);
}

$("#reveal").addEventListener("click", reveal);
$("#copy").addEventListener("click", copy);
$("#dump").addEventListener("click", save);
$("#release").addEventListener("click", () => act("events-release").then(refresh));
$("#release-back").addEventListener("click", () => act("events-release", { backwards: true }).then(refresh));
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => act(button.dataset.act).then(refresh));
}
for (const button of document.querySelectorAll("[data-seconds]")) {
  button.addEventListener("click", () => act("advance", { seconds: Number(button.dataset.seconds) }).then(refresh));
}
$("#advance").addEventListener("submit", (event) => {
  event.preventDefault();
  act("advance", { seconds: Number(event.target.elements.seconds.value) }).then(refresh);
});

async function begin() {
  document.body.append(make("datalist", { id: "stages" }));
  const acts = (await (await fetch("/control/acts")).json()).result;
  for (const box of document.querySelectorAll(".acts")) {
    box.append(...acts.filter((one) => one.group === box.dataset.group).map(form));
  }
  await refresh();
  setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 2000);
}
begin();
