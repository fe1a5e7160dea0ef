// A normal mode, animated: atoms as balls, moved by q(t) = sin.
import { INK, config, typeSize } from "./drawing.js";

const BALLS = { H: ["#f2f2f2", 11], C: ["#505050", 17], N: ["#3050F8", 16], O: ["#D8202A", 16] };
const LARGEST = 1.8; // the q that is shown, so that small movements can be seen
const BOND = 1.75; // angstrom
const BOND_TO_H = 1.25;

export function drawMolecule(element, molecule, mode, phase) {
  const q = LARGEST * Math.sin(phase);
  const moved = molecule.coordinates.map((place, a) =>
    place.map((value, k) => value + q * molecule.displacements[mode][a][k]),
  );
  const size = typeSize(element);
  const range = extent(molecule.coordinates);
  const axis = { visible: false, range };
  const how = {
    font: { size },
    margin: { l: 0, r: 0, t: 0, b: 0 },
    width: element.clientWidth,
    height: element.clientHeight,
    showlegend: false,
    uirevision: 1,
    scene: { xaxis: axis, yaxis: axis, zaxis: axis, aspectmode: "cube" },
  };
  const traces = [bonds(molecule, moved), balls(molecule.symbols, moved)];
  return window.Plotly.react(element, traces, how, config());
}

function balls(symbols, places) {
  return {
    type: "scatter3d",
    mode: "markers",
    x: places.map((p) => p[0]),
    y: places.map((p) => p[1]),
    z: places.map((p) => p[2]),
    marker: {
      size: symbols.map((s) => (BALLS[s] || ["", 17])[1]),
      color: symbols.map((s) => (BALLS[s] || ["#8C6D1F"])[0]),
      line: { color: INK, width: 1 },
      opacity: 1,
    },
    hoverinfo: "skip",
  };
}

function bonds(molecule, moved) {
  const ends = [];
  molecule.coordinates.forEach((place, a) => {
    for (let b = a + 1; b < molecule.coordinates.length; b += 1) {
      const other = molecule.coordinates[b];
      const far = Math.hypot(...place.map((value, k) => value - other[k]));
      const light = [molecule.symbols[a], molecule.symbols[b]].includes("H");
      if (far < (light ? BOND_TO_H : BOND)) ends.push(moved[a], moved[b], [null, null, null]);
    }
  });
  const part = (k) => ends.map((place) => place[k]);
  return {
    type: "scatter3d",
    mode: "lines",
    x: part(0),
    y: part(1),
    z: part(2),
    line: { color: "#7a7a7a", width: 6 },
    hoverinfo: "skip",
  };
}

function extent(places) {
  const far = Math.max(...places.flat().map(Math.abs)) + 0.8;
  return [-far, far];
}
