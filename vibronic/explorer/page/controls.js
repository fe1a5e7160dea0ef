// Sliders and choices, made from the table of ranges.
import { written } from "./words.js";

let made = 0;

// a labelled slider; `moved(value)` is called while it moves
export function slider(range, value, moved) {
  made += 1;
  const id = `vibronic-${range.name}-${made}`;
  const box = document.createElement("div");
  box.className = "slider";
  box.dataset.name = range.name;

  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = range.label;
  label.title = range.means;
  const output = document.createElement("output");
  output.htmlFor = id;
  const input = document.createElement("input");
  Object.assign(input, { type: "range", id, min: range.least, max: range.most, step: "any" });
  input.value = value;
  input.setAttribute("aria-description", range.means);

  const tell = () => {
    const text = written(range, Number(input.value));
    output.value = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    tell();
    moved(Number(input.value));
  });
  input.addEventListener("keydown", (event) => step(event, range, input));
  tell();

  box.append(label, output, input);
  return {
    box,
    input,
    set(next) {
      input.value = next;
      tell();
    },
  };
}

// arrows go by steps of the table, whatever value the model brought
function step(event, range, input) {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  if (!(event.key in by)) return;
  event.preventDefault();
  const next = Number(input.value) + by[event.key] * range.step;
  const inside = Math.min(range.most, Math.max(range.least, next));
  input.value = Number(inside.toPrecision(10));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export function choice(text, options, value, chosen) {
  made += 1;
  const id = `vibronic-choice-${made}`;
  const box = document.createElement("div");
  box.className = "choice";
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = text;
  const select = document.createElement("select");
  select.id = id;
  for (const option of options) select.add(new Option(option, option));
  select.value = value;
  select.addEventListener("change", () => chosen(select.value));
  box.append(label, select);
  return { box, select };
}

export function button(text, pressed, label = "") {
  const made_ = document.createElement("button");
  made_.type = "button";
  made_.textContent = text;
  if (label) made_.setAttribute("aria-label", label);
  made_.addEventListener("click", pressed);
  return made_;
}
