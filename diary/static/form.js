// Makes the forms quick: measures of the chosen food only, what it was last time, big plus and minus, the weight.

const STEPS = { kg: 0.5, litres: 10, price_idr: 1000, waste_kg: 0.5, compost_kg: 0.5 };

export const number = (text) => Number(String(text).replace(",", "."));
export const written = (value, words) => String(Math.round(value * 1000) / 1000).replace(".", words.decimal);

// A form as an entry; what was left empty is not there.
export function documentOf(form) {
  const document = { kind: form.dataset.kind };
  for (const [name, value] of new FormData(form)) {
    if (value !== "" && name !== "code" && name !== "entry") document[name] = value;
  }
  return document;
}

// A form as an entry was, to change it.
export function fillIn(form, document) {
  form.reset();
  for (const [name, value] of Object.entries(document)) {
    const field = form.elements[name];
    if (!field || field.type === "hidden") continue;
    if (name === "commodity") reveal(form, value);
    field.value = value;
  }
  form.dispatchEvent(new Event("change"));
}

export function quicken(form, facts, last) {
  for (const label of form.querySelectorAll("label.number")) addSteps(form, label, facts);
  form.addEventListener("change", (event) => {
    if (event.target?.name === "commodity") chooseFood(form, facts, last);
    show(form, facts);
  });
  form.addEventListener("input", () => show(form, facts));
  show(form, facts);
}

// The second tap is Save: everything else is as it was last time.
function chooseFood(form, facts, last) {
  const food = form.elements.commodity.value;
  const before = last(form.dataset.kind, food);
  if (form.elements.unit) {
    form.elements.unit.value = before?.unit ?? Object.keys(facts.units[food] ?? { kg: 1 })[0];
    form.elements.amount.value = before?.amount ?? "1";
  }
  const beds = form.elements.bed;
  if (!beds) return;
  const own = [...beds.options].filter((option) => option.dataset.crop === food);
  beds.value = before?.bed ?? (own.length === 1 ? own[0].value : beds.options[0]?.value);
}

function show(form, facts) {
  const { commodity, unit, amount } = form.elements;
  if (!unit) return;
  const known = facts.units[commodity.value] ?? { kg: 1 };
  for (const label of form.querySelectorAll(".units label")) {
    label.hidden = !(label.querySelector("input").value in known);
  }
  if (unit.value && !(unit.value in known)) unit.value = "kg";
  const kg = known[unit.value] * number(amount.value);
  form.querySelector(".estimate").textContent =
    unit.value && unit.value !== "kg" && kg > 0
      ? facts.words.estimate.replace("{kg}", written(kg, facts.words))
      : "";
}

function addSteps(form, label, facts) {
  const field = label.querySelector("input");
  const row = document.createElement("div");
  row.className = "steps";
  row.append(stepper("−", facts.words.less, -1), stepper("+", facts.words.greater, 1));
  label.after(row);
  row.firstChild.after(label);

  function stepper(sign, name, way) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", `${name}: ${label.textContent}`);
    button.addEventListener("click", () => {
      const step = STEPS[form.elements.unit?.value] ?? STEPS[field.name] ?? 1;
      const value = Math.max(0, (number(field.value) || 0) + way * step);
      field.value = value > 0 ? written(value, facts.words) : "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return button;
  }
}

function reveal(form, food) {
  const details = form.querySelector(`input[value="${CSS.escape(food)}"]`)?.closest("details:not(.kind)");
  if (details) details.open = true;
}
