// What all figures share: colours that colour-blind readers tell apart (M. Okabe, K. Ito), type
// that follows the page's, no tool bar.

export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C6D1F", "#56B4E9"];
export const DASHES = ["solid", "dash", "dot", "dashdot"];
export const INK = "#1a1a1a";
export const OBSERVED = "#5a5a5a";

export function config() {
  return { displayModeBar: false, responsive: false, staticPlot: false };
}

export function typeSize(element) {
  return parseFloat(getComputedStyle(element).fontSize) * 0.85;
}

export function layout(element, horizontal, vertical, more = {}) {
  const size = typeSize(element);
  const axis = (text, given) => ({
    title: { text, standoff: 0.4 * size },
    zeroline: false,
    fixedrange: true,
    gridcolor: "#e3e3e3",
    ...given,
  });
  return {
    font: { size, color: INK, family: "system-ui, sans-serif" },
    margin: { l: 4.2 * size, r: 0.8 * size, t: 0.6 * size, b: 3.2 * size },
    paper_bgcolor: "white",
    plot_bgcolor: "white",
    uirevision: 1,
    showlegend: false,
    width: element.clientWidth,
    height: element.clientHeight,
    xaxis: axis(horizontal.text, horizontal.given),
    yaxis: axis(vertical.text, vertical.given),
    ...more,
  };
}

export function draw(element, traces, how) {
  return window.Plotly.react(element, traces, how, config());
}
