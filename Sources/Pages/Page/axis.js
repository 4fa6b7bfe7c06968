// A window of time that zooms and pans by wheel, pointer, touch and keys, and the helpers that drawings share.

const escapeText = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const round = (value) => Math.round(value * 10) / 10;
const percent = (part, all) => `${part === all ? 100 : Math.min(99.9, Number(((part / all) * 100).toPrecision(3)))}\u00a0%`;
const count = (value) => value.toLocaleString('en-US');

function duration(ns) {
  const size = Math.abs(ns), sign = ns < 0 ? '−' : '';
  for (const [unit, scale] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (size >= scale) return `${sign}${Number((size / scale).toPrecision(3))}\u00a0${unit}`;
  }
  return `${sign}${Math.round(size)}\u00a0ns`;
}

// As exact as a window of this size needs.
function moment(ns, span = 0) {
  const digits = span > 0 ? Math.max(0, Math.min(9, Math.ceil(-Math.log10(span / 1e9)) + 3)) : 6;
  return `${(ns / 1e9).toFixed(digits)}\u00a0s`;
}

function ticks(from, until, most) {
  const rough = (until - from) / most, scale = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * scale).find((n) => n >= rough);
  const all = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) all.push(at);
  return { all, step };
}

const termHue = (term) => `var(--term-${((Number(term) || 0) % 8 + 8) % 8})`;

class Axis {
  // `end`: ns of the run; `changed`: called after each change of the window.
  constructor(end, from, until, changed) {
    Object.assign(this, { end, from, until, changed });
    this.least = Math.min(end, 1000);
  }

  get span() { return this.until - this.from; }

  set(from, until) {
    const span = Math.min(this.end, Math.max(this.least, until - from));
    const middle = (from + until) / 2;
    let begin = until - from < this.least ? middle - span / 2 : from;
    begin = Math.max(0, Math.min(this.end - span, begin));
    if (begin === this.from && begin + span === this.until) return;
    [this.from, this.until] = [begin, begin + span];
    this.changed();
  }

  zoom(factor, at = (this.from + this.until) / 2) {
    this.set(at - (at - this.from) * factor, at + (this.until - at) * factor);
  }

  pan(share) { this.set(this.from + this.span * share, this.until + this.span * share); }

  x(time, plot) { return plot.left + ((time - this.from) / this.span) * plot.width; }

  time(x, plot) { return this.from + ((x - plot.left) / plot.width) * this.span; }

  // - plot: () => { left, width } of the picture in its own pixels
  // - click: (x, y, event)
  listen(host, plot, click) {
    const pointers = new Map();
    let moved = 0;
    const local = (event) => {
      const box = host.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    host.addEventListener('wheel', (event) => {
      // Without a key the page scrolls, unless the picture was chosen before.
      const meant = event.ctrlKey || event.metaKey || event.shiftKey || document.activeElement === host;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!meant && !sideways) return;
      event.preventDefault();
      if (sideways) this.pan(event.deltaX / plot().width);
      else this.zoom(Math.exp(event.deltaY / 300), this.time(local(event)[0], plot()));
    }, { passive: false });
    host.addEventListener('pointerdown', (event) => {
      pointers.set(event.pointerId, local(event));
      if (pointers.size === 1) moved = 0;
    });
    host.addEventListener('pointermove', (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = local(event), { width } = plot();
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      if (moved > 4) host.setPointerCapture(event.pointerId);
      if (pointers.size === 1 && moved > 4) {
        this.pan((before[0] - now[0]) / width);
      } else if (pointers.size === 2) {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const [was, is] = [Math.abs(before[0] - other[0]), Math.abs(now[0] - other[0])];
        if (was > 8 && is > 8) this.zoom(was / is, this.time((now[0] + other[0]) / 2, plot()));
      }
      pointers.set(event.pointerId, now);
    });
    const up = (event) => {
      if (!pointers.delete(event.pointerId) || event.type !== 'pointerup' || moved > 4) return;
      const [x, y] = local(event);
      click(x, y, event);
    };
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) host.addEventListener(type, up);
  }

  // Whether the key was one of the axis's.
  key(key) {
    const moves = {
      ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2), '+': () => this.zoom(0.5), '=': () => this.zoom(0.5),
      '-': () => this.zoom(2), Home: () => this.set(0, this.end), PageUp: () => this.pan(-1), PageDown: () => this.pan(1),
    };
    if (!moves[key]) return false;
    moves[key]();
    return true;
  }

  // The scale below a picture.
  draw(plot, y) {
    const { all, step } = ticks(this.from, this.until, Math.max(2, plot.width / 110));
    return all.map((at) => {
      const x = round(this.x(at, plot));
      return `<path class="tick" d="M${x} ${y}v5"/><text class="tick" x="${x}" y="${y + 17}" text-anchor="middle">${
        moment(at, step * 1000)}</text>`;
    }).join('');
  }
}
