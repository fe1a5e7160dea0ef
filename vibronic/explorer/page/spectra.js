// The rungs: Koopmans' lines, Franck-Condon, Born-Oppenheimer, vibronic, and what was observed.
import { COLOURS, OBSERVED, draw, layout } from "./drawing.js";
import { RUNGS } from "./words.js";

const LOOK = {
  franck_condon: { color: COLOURS[4], dash: "dash", width: 1.6 },
  adiabatic: { color: COLOURS[2], dash: "dot", width: 2 },
  vibronic: { color: COLOURS[0], dash: "solid", width: 2.2 },
};

export function drawSpectra({ figure: element, key }, views, observed) {
  const top = Math.max(...Object.values(views.rungs).map((values) => Math.max(...values)), 1e-6);
  const traces = [];

  if (observed.values) {
    traces.push(curve("observed", observed.energies, observed.values.map((v) => v * 0.95 * top), {
      color: OBSERVED,
      dash: "dashdot",
      width: 1.2,
    }));
  }
  for (const [rung, look] of Object.entries(LOOK)) {
    if (views.rungs[rung]) {
      traces.push(curve(RUNGS[rung], views.energies, views.rungs[rung], look));
    }
  }
  if (views.koopmans.length) {
    traces.push(sticks(RUNGS.koopmans, views.koopmans, 0.3 * top));
  }
  if (observed.bands.length) {
    traces.push(bands(observed.bands, 1.12 * top));
  }

  const energies = views.energies;
  const how = layout(
    element,
    { text: "energy / eV", given: { range: [energies[0], energies.at(-1)] } },
    { text: "intensity / eV⁻¹", given: { range: [0, 1.2 * top] } },
  );
  drawKey(key, traces);
  return draw(element, traces, how);
}

// what the lines mean, above the figure, where it hides nothing
export function drawKey(element, traces) {
  const entries = traces.map((trace) => {
    const entry = document.createElement("span");
    const sign = document.createElement("i");
    if (trace.line) {
      const kind = { dash: "dashed", dot: "dotted", dashdot: "dashed" }[trace.line.dash] || "solid";
      sign.style.borderTop = `3px ${kind} ${trace.line.color}`;
    } else {
      sign.textContent = "▼";
    }
    entry.append(sign, trace.name);
    return entry;
  });
  element.replaceChildren(...entries);
}

function curve(name, x, y, line) {
  return { type: "scatter", mode: "lines", name, x, y, line, hoverinfo: "skip" };
}

// lines of equal height: orbitals tell energies, not strengths
function sticks(name, energies, height) {
  const x = energies.flatMap((e) => [e, e, null]);
  const y = energies.flatMap(() => [0, height, null]);
  return curve(`${name} (own scale)`, x, y, { color: COLOURS[1], width: 2.5 });
}

function bands(found, height) {
  return {
    type: "scatter",
    mode: "markers",
    name: "observed (★ no parent state)",
    x: found.map((band) => band.energy),
    y: found.map(() => height),
    marker: {
      color: OBSERVED,
      size: 9,
      symbol: found.map((band) => (band.mystery ? "star" : "triangle-down")),
    },
    hoverinfo: "skip",
  };
}
