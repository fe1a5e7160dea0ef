// The explorer: questions in the order that keeps it quick, answers to the figures they belong to.
import { drawCone, turn } from "./cone.js";
import { button, choice, slider } from "./controls.js";
import { parts } from "./layout.js";
import { drawMolecule } from "./molecule.js";
import { Player, drawDensity, drawPopulations, moveMarker, unpacked } from "./motion.js";
import { drawSpectra } from "./spectra.js";
import { coneTold, densityTold, populationsAt } from "./words.js";

const STEP = 1; // fs from one output to the next

const FRAME = 2; // fs by which a film goes on

// `ask(question)` promises the answer; an element, and whoever answers, is all that is needed
export async function explore(root, ask) {
  root.classList.add("vibronic-explorer");
  const page = new Page(parts(root), ask);
  await page.open({});
  return page;
}

class Page {
  constructor(found, ask) {
    this.parts = found;
    this.ask = ask;
    this.number = 0;
    this.busy = false;
    this.again = false;
    this.view = { round: -60, above: 14 };
    this.shows = "density";
    this.player = null;
    new ResizeObserver(() => this.redraw()).observe(found.root);
  }

  async open(question, stage = "open") {
    this.number += 1;
    const found = await this.ask({ stage, number: this.number, ...question });
    if (found.error) return this.complain(found.error);
    this.complain("");
    this.about = found;
    this.settings = { ...found.settings };
    this.last = { ...found.settings };
    this.views = null;
    this.shows = "density";
    this.build();
    return this.changed();
  }

  build() {
    const { about, parts: p } = this;
    p.title.textContent = about.title;
    this.sliders = {};
    const entered = choice("state entered", about.states, this.settings.state, (state) =>
      this.set("state", state),
    );
    const made = about.ranges.map((range) => this.slider(range));
    const back = button("Own values", () => this.restore(about.settings));
    p.controls.replaceChildren(entered.box, ...made.filter(Boolean), back);
    this.entered = entered.select;
    this.buildTools();
    this.buildPlayer();
    this.buildTurns();
  }

  slider(range) {
    const moved = (value) => (range.name === "time" ? this.setTime(value) : this.set(range.name, value));
    const found = slider(range, this.settings[range.name], moved);
    this.sliders[range.name] = found;
    return range.name === "time" ? null : found.box;
  }

  buildTools() {
    const { about, parts: p } = this;
    const names = about.presets.includes(about.molecule) ? about.presets : ["own", ...about.presets];
    const shown = names.includes(about.molecule) ? about.molecule : "own";
    const model = choice("model", names, shown, (name) =>
      name === "own" ? null : this.open({ preset: name }),
    );
    const file = Object.assign(document.createElement("input"), { type: "file", hidden: true });
    file.accept = ".toml";
    file.className = "shared";
    file.setAttribute("aria-label", "A shared view, .toml");
    file.addEventListener("change", async () => {
      if (file.files.length) await this.open({ text: await file.files[0].text() }, "load");
    });
    const projector = button("Projector", () => this.toggleProjector());
    projector.setAttribute("aria-pressed", String(p.root.classList.contains("projector")));
    this.projector = projector;
    const share = button("Share", () => this.share());
    const load = button("Open", () => file.click(), "Open a shared view");
    p.tools.replaceChildren(model.box, share, load, projector, file);
  }

  buildPlayer() {
    const { about, parts: p } = this;
    if (this.player) this.player.pause();
    const play = button("Play", () => {}, "");
    this.player = new Player(() => this.tick(), play);
    const found = [this.sliders.time.box, play];
    if (about.normal_modes) {
      const options = ["density", ...about.normal_modes.labels.map((label) => `mode ${label}`)];
      const shown = choice("show", options, "density", (what) => this.show(what));
      found.unshift(shown.box);
    }
    p.player.replaceChildren(...found);
  }

  buildTurns() {
    const steps = [
      ["◀", "Turn the surfaces left", { round: -15 }],
      ["▶", "Turn the surfaces right", { round: 15 }],
      ["▲", "Look from higher", { above: 8 }],
      ["▼", "Look from lower", { above: -8 }],
    ];
    const made = steps.map(([sign, label, by]) => button(sign, () => this.turn(by), label));
    this.parts.turns.replaceChildren(...made);
  }

  set(name, value) {
    this.settings[name] = value;
    this.changed();
  }

  restore(values) {
    this.settings = { ...values };
    for (const [name, found] of Object.entries(this.sliders)) found.set(values[name]);
    this.entered.value = values.state;
    this.complain("");
    return this.changed();
  }

  // one question at a time; those that would wait are replaced by the last
  async changed() {
    this.number += 1;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    this.parts.certificate.textContent = "Computing ...";
    let found = null;
    try {
      do {
        await null; // inputs of one moment are one question
        this.again = false;
        this.asked = { ...this.settings };
        found = await this.ask({ stage: "views", number: this.number, settings: this.asked });
      } while (this.again || found.superseded);
    } finally {
      this.busy = false;
    }
    if (found.error) return this.outOfRange(found.error);
    this.accept(found);
    return this.follow(this.number);
  }

  accept(found) {
    this.last = { ...this.asked };
    this.complain("");
    this.views = found;
    this.motion = unpacked(found.density);
    this.parts.certificate.textContent = `Checking: ${found.size} functions, error not known yet.`;
    this.parts.said.textContent = Object.values(found.text).join(" ");
    this.drawFlat();
    this.parts.root.dataset.shown = String(this.number);
  }

  // what may wait: the surfaces, then frames, certificate, hot bands, and last the adiabatic rung
  async follow(number) {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (number !== this.number) return;
    await this.drawCone();
    const stages = ["frames", "certificate", "adiabatic"];
    if (this.asked.temperature > 0) stages.splice(2, 0, "thermal");
    this.waiting(stages);
    for (const stage of stages) {
      if (number !== this.number) return;
      const found = await this.ask({ stage, number });
      if (number !== this.number || found.superseded) return;
      this.add(stage, found);
    }
    this.parts.rungs.note.textContent = [this.remark, this.shifted()].filter(Boolean).join("; ");
    this.parts.root.dataset.finished = String(number);
  }

  shifted() {
    const { shift } = this.about.observed;
    return shift ? `observed shifted by ${shift.toFixed(2)} eV` : "";
  }

  waiting(stages) {
    this.remark = "";
    const hot = stages.includes("thermal") ? "vibronic at 0 K until hot bands are there; " : "";
    this.parts.rungs.note.textContent = `${hot}Born-Oppenheimer follows`;
  }

  add(stage, found) {
    if (found.error) {
      this.remark = found.error;
      return;
    }
    if (stage === "frames") this.motion = unpacked(found.density);
    if (stage === "certificate") {
      this.parts.certificate.textContent = found.certificate.text;
      Object.assign(this.views.rungs, found.views.rungs);
      this.views.energies = found.views.energies;
      this.views.populations = found.views.populations;
    }
    if (found.rungs) Object.assign(this.views.rungs, found.rungs);
    if (found.remark) this.remark = found.remark;
    if (stage === "thermal") this.remark = `vibronic and Franck-Condon at ${this.asked.temperature} K`;
    this.drawFlat();
  }

  drawFlat() {
    const { parts: p, views, about } = this;
    drawSpectra(p.rungs, views, about.observed);
    p.rungs.figure.setAttribute("aria-label", views.text.spectrum);
    drawPopulations(p.populations.figure, views, about.states, this.settings.time);
    this.drawMoment();
  }

  drawMoment() {
    const { parts: p, views, about, settings } = this;
    const output = Math.round(settings.time / STEP);
    const shares = populationsAt(about.states, views.populations, output);
    p.populations.note.textContent = `${settings.time.toFixed(0)} fs: ${shares}`;
    p.populations.figure.setAttribute("aria-label", `${views.text.populations} Now ${shares}.`);
    if (this.shows !== "density") return;
    drawDensity(p.density.figure, this.motion, output, about.modes);
    p.density.figure.setAttribute("aria-label", densityTold(about.modes, settings.time));
  }

  async drawCone() {
    const { parts: p, views, about } = this;
    p.cone.figure.setAttribute("aria-label", coneTold(about.pair, about.modes, views.text.crossing));
    await drawCone(p.cone.figure, views, about.modes, this.view);
  }

  redraw() {
    if (!this.views) return;
    this.drawFlat();
    this.drawCone();
  }

  turn(by) {
    const { view } = this;
    view.round += by.round || 0;
    view.above = Math.min(80, Math.max(-30, view.above + (by.above || 0)));
    turn(this.parts.cone.figure, view);
  }

  setTime(time) {
    this.settings.time = time;
    if (!this.views) return;
    moveMarker(this.parts.populations.figure, time);
    this.drawMoment();
  }

  tick() {
    if (this.shows !== "density") {
      this.phase = (this.phase || 0) + 0.35;
      this.drawMode();
      return;
    }
    const { time } = this.settings;
    const next = time + FRAME > this.views.times.at(-1) ? 0 : time + FRAME;
    this.sliders.time.set(next);
    this.setTime(next);
  }

  show(what) {
    this.shows = what;
    window.Plotly.purge(this.parts.density.figure);
    this.parts.density.title.textContent = what === "density" ? "Density" : "Normal mode";
    if (what === "density") return this.drawMoment();
    this.phase = Math.PI / 2;
    return this.drawMode();
  }

  drawMode() {
    const { normal_modes: molecule } = this.about;
    const label = this.shows.replace("mode ", "");
    const { figure } = this.parts.density;
    figure.setAttribute("aria-label", `The molecule, its atoms moved along normal mode ${label}.`);
    drawMolecule(figure, molecule, molecule.labels.indexOf(label), this.phase);
  }

  toggleProjector() {
    const on = this.parts.root.classList.toggle("projector");
    this.projector.setAttribute("aria-pressed", String(on));
    requestAnimationFrame(() => this.redraw());
  }

  async share() {
    const number = this.number;
    const found = await this.ask({ stage: "share", number, settings: this.settings });
    if (found.error) return this.complain(found.error);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([found.text], { type: "application/toml" }));
    link.download = "view.toml";
    link.click();
    return null;
  }

  outOfRange(text) {
    this.complain(text);
    this.parts.root.classList.add("stale");
    this.parts.certificate.textContent = "";
    const back = button("Back", () => this.restore(this.last));
    this.parts.trouble.append(" ", back);
  }

  complain(text) {
    this.parts.trouble.textContent = text;
    this.parts.trouble.hidden = !text;
    this.parts.root.classList.remove("stale");
    this.parts.root.classList.toggle("troubled", Boolean(text));
  }
}
