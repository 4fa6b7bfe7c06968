// The page: what belongs together is drawn together.

async function open() {
  const began = performance.now();
  const film = new Film(await unpack());
  const look = new Look(film);
  const redraw = (draw) => {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        const start = performance.now();
        draw();
        document.body.dataset.drawn = String(Math.round(performance.now() - start));
      });
    };
  };
  const whole = new Axis(film.end, 0, film.end, redraw(() => timeline.draw()));
  const near = new Axis(film.end, film.focus[0], film.focus[1], redraw(() => { if (spacetime) spacetime.draw(); timeline.draw(); }));
  look.window = near;
  look.axis = near;
  const timeline = new Timeline(film, whole, look);
  look.tracks = timeline.tracks;
  const spacetime = film.films ? new Spacetime(film, near, look) : null;
  const all = () => { timeline.draw(); if (spacetime) spacetime.draw(); };
  look.changed = redraw(all);
  all();
  drawOrder(film, look);
  listen(film, look, whole, near, spacetime);
  let width = innerWidth;
  addEventListener('resize', redraw(() => {
    if (innerWidth === width) return;
    width = innerWidth;
    all();
    drawOrder(film, look);
  }));
  const subject = film.processes.indexOf(film.subject);
  if (subject >= 0 && film.moment >= 0) look.choose(subject, film.moment);
  document.body.dataset.ready = String(Math.round(performance.now() - began));
}

function listen(film, look, whole, near, spacetime) {
  const axes = { timeline: whole, spacetime: near };
  const faults = film.faults.flatMap(({ strikes }) => strikes.map(([from, until]) => [from, until])).sort((a, b) => a[0] - b[0]);
  const commands = {
    in: (axis) => axis.zoom(0.5), out: (axis) => axis.zoom(2), left: (axis) => axis.pan(-0.25), right: (axis) => axis.pan(0.25),
    all: (axis) => axis.set(0, film.end), focus: (axis) => axis.set(...film.focus),
    fault: (axis) => {
      const middle = (axis.from + axis.until) / 2, next = faults.find(([from]) => from > middle + axis.span / 1000) || faults[0];
      if (next) axis.set(next[0] - axis.span / 2, next[0] + axis.span / 2);
    },
  };
  for (const button of document.querySelectorAll('[data-do]')) {
    button.addEventListener('click', () => commands[button.dataset.do](axes[button.dataset.of]));
  }
  for (const [id, axis] of Object.entries(axes)) {
    const host = element(id);
    if (!host) continue;
    host.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { key } = event;
      if (axis.key(key)) { /* moved */ } else if (key === 'f') commands.focus(axis);
      else if (key === ']') commands.fault(axis);
      else if (key === 'n' || key === 'p') walk(film, look, near, spacetime, key === 'n' ? 1 : -1);
      else if (key === 'ArrowDown' || key === 'ArrowUp') stride(film, look, near, key === 'ArrowDown' ? 1 : -1);
      else if (key === 'Escape') { look.clear(); look.changed(); } else return;
      event.preventDefault();
    });
  }
  const panel = element('look');
  if (panel) panel.addEventListener('click', ({ target }) => {
    const { step, follow, entry } = (target.closest('button') || { dataset: {} }).dataset;
    if (step) {
      const [process, event] = step.split(',').map(Number);
      look.step(process, event);
      look.reveal(film.timeOf(event), film.timeOf(event));
    } else if (follow) {
      look.follow(Number(follow));
      look.reveal(film.sent[follow - 1], film.endsAt(Number(follow)));
    } else if (entry) look.followEntry(Number(entry));
  });
  document.addEventListener('click', ({ target }) => {
    const { goto, process } = (target.closest('[data-goto]') || { dataset: {} }).dataset;
    if (!goto) return;
    if (process) look.process = film.processes.indexOf(process);
    near.set(Number(goto) - near.span / 2, Number(goto) + near.span / 2);
    if (look.process !== null) look.choose(look.process, Number(goto));
    (element('spacetime') || element('timeline')).scrollIntoView({ block: 'center' });
  });
  if (!spacetime) return;
  element('show-clients').addEventListener('change', ({ target }) => { spacetime.clients = target.checked; spacetime.draw(); });
  element('rows').addEventListener('input', ({ target }) => { spacetime.filter = target.value; spacetime.draw(); });
  element('operation').addEventListener('change', ({ target }) => {
    if (target.value !== '') look.followOperation(Number(target.value));
  });
}

// The next message of the window, or the one before.
function walk(film, look, near, spacetime, way) {
  if (!spacetime || !spacetime.shown.length) return;
  const place = spacetime.shown.indexOf(look.message);
  const next = place < 0 ? (way > 0 ? 0 : spacetime.shown.length - 1) : Math.max(0, Math.min(spacetime.shown.length - 1, place + way));
  look.follow(spacetime.shown[next]);
}

// The next process, at the same moment.
function stride(film, look, near, way) {
  const next = look.process === null ? 0 : Math.max(0, Math.min(film.processes.length - 1, look.process + way));
  look.choose(next, look.time === null ? (near.from + near.until) / 2 : look.time);
}

open().catch((error) => {
  const place = element('broken');
  place.hidden = false;
  place.textContent = `This page cannot be drawn here: ${error.message}. The sentences and tables are whole; for the pictures it needs a browser of 2023 or later.`;
  throw error;
});
