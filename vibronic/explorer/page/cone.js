// The two surfaces, to be turned, with the packet's path between them.
import { COLOURS, INK, config, typeSize } from "./drawing.js";

const FURTHEST = 2.1;

export function drawCone(element, views, modes, view) {
  const { sheets, between } = views.surfaces;
  const axis = views.density.axis;
  const traces = sheets.map((rows, i) => ({
    type: "surface",
    x: axis,
    y: axis,
    z: rows,
    colorscale: [
      [0, COLOURS[i]],
      [1, i ? "#F4C9A6" : "#A6CDE6"],
    ],
    opacity: i ? 0.8 : 0.95,
    showscale: false,
    hoverinfo: "skip",
    contours: { z: { show: true, color: "rgba(0,0,0,0.25)", width: 1, ...steps(between) } },
  }));
  traces.push(path(views.path));

  return window.Plotly.react(element, traces, look(element, modes, views.surfaces, view), config());
}

function steps([low, high]) {
  return { start: low, end: high, size: (high - low) / 12 };
}

function path(found) {
  return {
    type: "scatter3d",
    mode: "lines+markers",
    x: found.tuning,
    y: found.coupling,
    z: found.energy.map((e) => e + 0.01),
    line: { color: INK, width: 3 },
    marker: { size: found.tuning.map((_, k) => (k ? 0 : 5)), color: INK },
    hoverinfo: "skip",
  };
}

function look(element, modes, { between, within }, view) {
  const size = typeSize(element);
  const axis = (text, more = {}) => ({
    title: { text, font: { size } },
    tickfont: { size: 0.8 * size },
    nticks: 5,
    ...more,
  });
  return {
    font: { size, color: INK, family: "system-ui, sans-serif" },
    margin: { l: 0, r: 0, t: 0, b: 0 },
    width: element.clientWidth,
    height: element.clientHeight,
    showlegend: false,
    scene: {
      camera: { eye: eye(view), center: { x: 0, y: 0, z: -0.22 } },
      aspectmode: "manual",
      aspectratio: { x: 1.15, y: 1.15, z: 1 },
      xaxis: axis(modes[0], { range: [-within, within] }),
      yaxis: axis(modes[1], { range: [-within, within] }),
      zaxis: axis("E / eV", { range: between }),
    },
  };
}

// a view is two angles, degrees: round the energy axis, and above the plane
export function eye({ round, above }) {
  const a = (round * Math.PI) / 180;
  const b = (above * Math.PI) / 180;
  return {
    x: FURTHEST * Math.cos(b) * Math.cos(a),
    y: FURTHEST * Math.cos(b) * Math.sin(a),
    z: FURTHEST * Math.sin(b),
  };
}

export function turn(element, view) {
  if (element.layout) window.Plotly.relayout(element, { "scene.camera.eye": eye(view) });
}
