// What is said beside the figures, and how numbers are written.

// the number of digits that a slider's step has
export function written(range, value) {
  const digits = range.step >= 1 ? 0 : range.step >= 0.01 ? 2 : 3;
  return `${value.toFixed(digits)} ${range.unit}`;
}

export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

// the populations of all states at one output, for those who do not see the curves
export function populationsAt(states, populations, k) {
  return states.map((state, i) => `${state} ${percent(populations[i][k])}`).join(", ");
}

export function densityTold(modes, time) {
  return (
    `Probability density of the packet at ${time.toFixed(0)} fs in the coordinates ` +
    `of ${modes[0]} (across) and ${modes[1]} (up), dimensionless; bright is likely.`
  );
}

export function coneTold(pair, modes, crossing) {
  return (
    `Two adiabatic surfaces of states ${pair.join(" and ")}, energy in eV, over the ` +
    `coordinates of ${modes.join(" and ")}, with the path of the packet's mean. ${crossing}`
  );
}

export const RUNGS = {
  koopmans: "Koopmans",
  franck_condon: "Franck-Condon",
  adiabatic: "Born-Oppenheimer",
  vibronic: "vibronic",
};
