// The packet: its populations over time, its density at one time, and the player.
import { COLOURS, DASHES, INK, draw, layout } from "./drawing.js";

export function drawPopulations(element, views, states, time) {
  const traces = views.populations.map((values, i) => ({
    type: "scatter",
    mode: "lines",
    name: states[i],
    x: views.times,
    y: values,
    line: { color: COLOURS[i % COLOURS.length], dash: DASHES[i % DASHES.length], width: 2 },
    hoverinfo: "skip",
  }));
  const how = layout(
    element,
    { text: "time / fs", given: { range: [0, views.times.at(-1)] } },
    { text: "diabatic population", given: { range: [0, 1.02] } },
    {
      showlegend: true,
      legend: { orientation: "h", x: 1, xanchor: "right", y: 1, yanchor: "top" },
      shapes: [marker(time)],
    },
  );
  return draw(element, traces, how);
}

export function moveMarker(element, time) {
  if (element.layout) window.Plotly.relayout(element, { shapes: [marker(time)] });
}

function marker(time) {
  return {
    type: "line",
    x0: time,
    x1: time,
    y0: 0,
    y1: 1,
    yref: "paper",
    line: { color: INK, width: 1 },
  };
}

// the frames of an answer as rows of numbers, by output
export function unpacked(density) {
  const bytes = Uint8Array.from(atob(density.bytes), (c) => c.charCodeAt(0));
  const n = density.axis.length;
  const frames = new Map();
  density.outputs.forEach((output, k) => {
    const rows = [];
    for (let i = 0; i < n; i += 1) {
      rows.push(bytes.subarray((k * n + i) * n, (k * n + i + 1) * n));
    }
    frames.set(output, rows);
  });
  return { axis: density.axis, frames };
}

export function nearestOutput(frames, output) {
  return [...frames.keys()].reduce((a, b) =>
    Math.abs(b - output) < Math.abs(a - output) ? b : a,
  );
}

export function drawDensity(element, motion, output, modes) {
  const k = nearestOutput(motion.frames, output);
  const trace = {
    type: "heatmap",
    x: motion.axis,
    y: motion.axis,
    z: motion.frames.get(k),
    zmin: 0,
    zmax: 255,
    colorscale: "Cividis",
    zsmooth: "best",
    showscale: false,
    hoverinfo: "skip",
  };
  const how = layout(
    element,
    { text: `q (${modes[0]})`, given: {} },
    { text: `q (${modes[1]})`, given: {} },
  );
  return draw(element, [trace], how);
}

// plays from where the slider stands, round and round
export class Player {
  constructor(step, button) {
    this.step = step;
    this.button = button;
    this.timer = null;
    button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    if (this.timer) {
      this.pause();
      return;
    }
    this.timer = setInterval(this.step, 90);
    this.button.textContent = "Pause";
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = "Play";
  }
}
