// The parts of the page, empty.

const PARTS = `
  <header>
    <h1>vibronic explore</h1>
    <div class="tools"></div>
  </header>
  <section class="controls" aria-label="Settings"></section>
  <section class="panel cone" aria-label="Surfaces">
    <div class="head"><h2>Surfaces and the packet's path</h2><div class="turns"></div></div>
    <div class="figure" role="img"></div>
  </section>
  <section class="panel rungs" aria-label="Spectrum">
    <div class="head"><h2>Spectrum</h2><span class="note"></span></div>
    <div class="key"></div>
    <div class="figure" role="img"></div>
  </section>
  <section class="panel density" aria-label="Wavepacket">
    <div class="head"><h2>Density</h2><div class="player"></div></div>
    <div class="figure" role="img"></div>
  </section>
  <section class="panel populations" aria-label="Populations">
    <div class="head"><h2>Populations</h2><span class="note"></span></div>
    <div class="figure" role="img"></div>
  </section>
  <footer>
    <p class="said" role="status" aria-live="polite"></p>
    <p class="state"><span class="certificate" aria-live="polite"></span></p>
    <p class="trouble" role="alert" hidden></p>
  </footer>`;

export function parts(root) {
  root.innerHTML = PARTS;
  const find = (name) => root.querySelector(name);
  const panel = (name) => ({
    figure: find(`.${name} .figure`),
    title: find(`.${name} h2`),
    note: find(`.${name} .note`),
    key: find(`.${name} .key`),
  });
  return {
    root,
    title: find("h1"),
    tools: find(".tools"),
    controls: find(".controls"),
    turns: find(".turns"),
    player: find(".player"),
    said: find(".said"),
    certificate: find(".certificate"),
    trouble: find(".trouble"),
    cone: panel("cone"),
    rungs: panel("rungs"),
    density: panel("density"),
    populations: panel("populations"),
  };
}
