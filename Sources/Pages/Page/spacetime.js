// Message by message: a line for each process, time to the right, a stroke for each message from where it left to where it
// arrived. Where there are too many for that, they are counted.

const MOST_DRAWN = 1500, MOST_ROWS = 40;

class Spacetime {
  constructor(film, axis, look) {
    Object.assign(this, { film, axis, look });
    this.host = element('spacetime');
    this.hidden = new Set();
    this.clients = false;
    this.filter = '';
    axis.listen(this.host, () => this.plot, (x, y, event) => this.click(x, y, event.target));
    this.listKinds();
  }

  get plot() { return { left: LABELS, width: Math.max(100, this.host.clientWidth - LABELS - RIGHT) }; }

  get gap() { return this.rows.length > 16 ? 22 : this.rows.length > 8 ? 34 : 52; }

  y(process) { return 22 + this.rowOf.get(process) * this.gap; }

  listKinds() {
    const { film } = this, counts = film.kinds.map(() => 0);
    for (const kind of film.column.kind) counts[kind]++;
    element('kinds').innerHTML = film.kinds.map((name, kind) => (counts[kind]
      ? `<label><input type="checkbox" checked data-kind="${kind}"> ${escapeText(name)} <small>${count(counts[kind])}</small></label>` : '')).join('');
    element('kinds').addEventListener('change', ({ target }) => {
      const kind = Number(target.dataset.kind);
      if (target.checked) this.hidden.delete(kind); else this.hidden.add(kind);
      this.draw();
    });
  }

  // Those that are drawn: nodes, clients where they are wanted or have a part in what is lit.
  chooseRows() {
    const { film, look } = this, words = this.filter.toLowerCase().split(/[\s,]+/).filter(Boolean);
    let rows = film.processes.map((_, p) => p).filter((p) => p < film.nodes || this.clients || look.lit.processes.has(p));
    if (words.length) rows = rows.filter((p) => words.includes(film.processes[p].toLowerCase()));
    const all = rows.length;
    if (rows.length > MOST_ROWS) {
      const concerned = new Set([look.process, ...look.lit.processes]);
      for (const { node } of film.violations) concerned.add(film.processes.indexOf(node));
      for (const { strikes } of film.faults) for (const [, , ...hosts] of strikes) if (hosts.length < 8) hosts.forEach((h) => concerned.add(h));
      rows = [...rows.filter((p) => concerned.has(p)), ...rows.filter((p) => !concerned.has(p))].slice(0, MOST_ROWS).sort((a, b) => a - b);
    }
    this.left = all - rows.length;
    this.rows = rows;
    this.rowOf = new Map(rows.map((p, row) => [p, row]));
  }

  draw() {
    const { film, axis, host, plot } = this;
    this.chooseRows();
    const { kind, from, to } = film.column, [first, last] = film.messagesIn(axis.from, axis.until);
    const isDrawn = this.filters(), shown = [];
    let inWindow = 0;
    // Where there are too many, who counts them finds out how many.
    for (let m = first; m <= last && inWindow <= MOST_DRAWN; m++) {
      if (!isDrawn.kind[kind[m - 1]] || !isDrawn.process[from[m - 1]] || !isDrawn.process[to[m - 1]]) continue;
      if (film.sent[m - 1] < axis.from && film.endsAt(m) < axis.from) continue;
      if (++inWindow <= MOST_DRAWN) shown.push(m);
    }
    let counted = '';
    if (inWindow > MOST_DRAWN) [inWindow, counted] = this.counts(first, last, isDrawn);
    const width = host.clientWidth, bottom = 22 + (this.rows.length - 1) * this.gap + 20, height = bottom + 26;
    const parts = [`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${
      escapeText(`${count(inWindow)} messages between ${this.rows.length} processes from ${moment(axis.from, axis.span)} to ${
      moment(axis.until, axis.span)}`)}">`, this.conditions(), this.lines(),
      inWindow <= MOST_DRAWN ? this.syncs() : ''];
    if (inWindow <= MOST_DRAWN) for (const m of shown) parts.push(this.message(m)); else parts.push(counted);
    parts.push(this.marks(bottom), axis.draw(plot, bottom), '</svg>');
    host.innerHTML = parts.join('');
    this.shown = inWindow <= MOST_DRAWN ? shown : [];
    const rest = this.left ? ` ${this.left} of ${this.left + this.rows.length} processes are not drawn; name those you want above.` : '';
    const clients = this.clients || film.nodes === film.processes.length ? '' : ' between nodes';
    element('spacetime-window').textContent = `${moment(axis.from, axis.span)} to ${moment(axis.until, axis.span)}: ${
      count(inWindow)} ${inWindow === 1 ? 'message' : 'messages'}${clients}${inWindow > MOST_DRAWN
      ? `, counted by process and time; zoom in to fewer than ${count(MOST_DRAWN)} to see each` : ''}.${rest}`;
  }

  // By number, since there may be a million messages to ask about.
  filters() {
    return {
      kind: Uint8Array.from(this.film.kinds, (_, kind) => (this.hidden.has(kind) ? 0 : 1)),
      process: Uint8Array.from(this.film.processes, (_, process) => (this.rowOf.has(process) ? 1 : 0)),
    };
  }

  // Who is down, paused or slow, behind the lines; faults as bands.
  conditions() {
    const { film, axis, plot } = this, parts = [];
    for (const process of this.rows) {
      const track = this.look.tracks[process] || [], y = this.y(process);
      for (let i = 0; i < track.length; i++) {
        const until = i + 1 < track.length ? track[i + 1].at : film.end, { at, kind, label, term } = track[i];
        if (until < axis.from || at > axis.until || kind === 'up') continue;
        const a = Math.max(plot.left, axis.x(at, plot)), b = Math.min(plot.left + plot.width, axis.x(until, plot));
        const hue = term ? ` style="--hue:${termHue(term)}"` : '';
        parts.push(`<rect class="lane thin ${escapeText(kind)}"${hue} x="${round(a)}" y="${y - 6}" width="${Math.max(1, round(b - a))}" height="12"><title>${
          escapeText(`${film.processes[process]}: ${label}`)}</title></rect>`);
      }
    }
    for (const fault of film.faults) {
      for (const [strike, [from, until, ...hosts]] of fault.strikes.entries()) {
        if (until < axis.from || from > axis.until) continue;
        const a = Math.max(plot.left, axis.x(from, plot)), b = Math.max(a + 2, Math.min(plot.left + plot.width, axis.x(until, plot)));
        for (const host of hosts) {
          if (this.rowOf.has(host)) {
            parts.push(`<rect class="fault" x="${round(a)}" y="${this.y(host) - 12}" width="${round(b - a)}" height="24"><title>${
              escapeText(`${fault.whats[strike]}; “${fault.name}”: ${fault.words} in all`)}</title></rect>`);
          }
        }
      }
    }
    return parts.join('');
  }

  lines() {
    const { film, plot } = this;
    return this.rows.map((process) => `<text class="label${this.look.process === process ? ' chosen' : ''}" x="4" y="${
      this.y(process) + 4}">${escapeText(film.processes[process])}</text><path class="life" d="M${plot.left} ${
      this.y(process)}h${plot.width}"/>`).join('');
  }

  // Writes on their way to the disk, as bars below the line.
  syncs() {
    const { film, axis, plot } = this, parts = [];
    for (const process of this.rows) {
      const y = this.y(process) + 7;
      for (const { from, until, open } of film.syncs[process]) {
        if (until < axis.from || from > axis.until) continue;
        const a = Math.max(plot.left, axis.x(from, plot)), b = Math.min(plot.left + plot.width, axis.x(until, plot));
        parts.push(`<rect class="sync${open ? ' open' : ''}" x="${round(a)}" y="${y}" width="${Math.max(1.5, round(b - a))}" height="4"><title>${
          escapeText(`${film.processes[process]} syncs its disk from ${moment(from)}${open ? ', which had not ended when the run did' : ` for ${duration(until - from)}`}`)}</title></rect>`);
      }
    }
    return parts.join('');
  }

  message(m) {
    const { film, axis, plot, look } = this, { from, to } = film.column, fate = film.fate(m);
    const x1 = axis.x(film.sent[m - 1], plot), y1 = this.y(from[m - 1]), y2 = this.y(to[m - 1]);
    let x2 = axis.x(film.endsAt(m), plot), end = y2;
    // What is lost as it leaves, or leaves as the run ends, gets a stub, so that it can be seen where it was going.
    const isStub = (fate.lost || fate.underWay) && x2 - x1 < 6;
    if (isStub) { end = y1 + (y2 - y1) * 0.4; x2 = x1 + 6; }
    const kind = fate.lost ? 'lost' : fate.underWay ? 'under-way' : fate.held ? 'held' : fate.copy ? 'copy' : fate.fault ? 'affected' : 'delivered';
    const lit = look.lit.messages.has(m) ? ' lit' : look.lit.messages.size ? ' dim' : '';
    const [a, b] = clip(x1, y1, x2, end, plot.left, plot.left + plot.width + (isStub ? 8 : 0));
    if (!a) return '';
    const stroke = `M${round(a[0])} ${round(a[1])}L${round(b[0])} ${round(b[1])}`;
    let mark = '';
    if (fate.lost) mark = `<path class="cross${lit}" d="M${round(x2 - 3.5)} ${round(end - 3.5)}l7 7m0 -7l-7 7"/>`;
    else if (!fate.underWay && b[0] === x2) {
      const slope = Math.atan2(end - y1, x2 - x1), wing = (turn) => `${round(x2 - 6 * Math.cos(slope + turn))} ${round(end - 6 * Math.sin(slope + turn))}`;
      mark = `<path class="head ${kind}${lit}" d="M${wing(0.4)}L${round(x2)} ${round(end)}L${wing(-0.4)}"/>`;
    }
    return `<g class="message" data-message="${m}"><path class="hit" d="${stroke}"/><path class="stroke ${kind}${lit}" d="${stroke}"/>${mark}<title>${
      escapeText(describe(film, m))}</title></g>`;
  }

  // Left, arrived and lost, by process and time, and how many messages that is. Looks at each: there may be a million.
  counts(first, last, isDrawn) {
    const { film, axis, plot } = this, { from, to, kind, fate } = film.column, { sent, ended } = film, bins = Math.floor(plot.width / 4);
    const all = film.processes.map((_, p) => (isDrawn.process[p] ? new Float64Array(bins * 3) : null));
    const scale = bins / axis.span, start = axis.from;
    let inWindow = 0;
    for (let i = first - 1; i < last; i++) {
      const sender = all[from[i]], receiver = all[to[i]];
      if (!sender || !receiver || !isDrawn.kind[kind[i]]) continue;
      const left = Math.floor((sent[i] - start) * scale), end = Math.floor((ended[i] - start) * scale);
      if (left < 0 && end < 0) continue;
      inWindow++;
      if (left >= 0 && left < bins) sender[left * 3]++;
      if (end < 0 || end >= bins || !film.endIn[i]) continue;
      if ((fate[i] & 31) > 2) sender[end * 3 + 2]++; else receiver[end * 3 + 1]++;
    }
    const sums = new Map(this.rows.map((p) => [p, all[p]]));
    let most = 1;
    for (const of of sums.values()) for (const value of of) most = Math.max(most, value);
    const parts = [], room = this.gap / 2 - 4, names = ['left', 'arrived', 'lost'];
    for (const [process, of] of sums) {
      const paths = ['', '', ''];
      for (let bin = 0; bin < bins; bin++) {
        for (let what = 0; what < 3; what++) {
          const value = of[bin * 3 + what];
          if (!value) continue;
          const h = Math.max(1, (value / most) * room), x = round(plot.left + (bin + (what === 2 ? 0.6 : 0.3)) * (plot.width / bins));
          paths[what] += `M${x} ${this.y(process)}v${round(what === 1 ? h : -h)}`;
        }
      }
      paths.forEach((d, what) => { if (d) parts.push(`<path class="counted ${names[what]}" d="${d}"/>`); });
    }
    return [inWindow, `${parts.join('')}<text class="note" x="${plot.left}" y="10">up: left, down: arrived, crossed: lost; at most ${
      count(most)} in ${duration(axis.span / bins)}</text>`];
  }

  marks(bottom) {
    const { film, axis, plot, look } = this, parts = [];
    const line = (at, kind, title) => {
      if (at === null || at < axis.from || at > axis.until) return;
      const x = round(axis.x(at, plot));
      parts.push(`<path class="${kind}" d="M${x} 4V${bottom}"><title>${escapeText(title)}</title></path>`);
    };
    for (const violation of film.violations) {
      line(violation.at, 'violation', `${violation.name}: ${violation.detail}`);
      const process = film.processes.indexOf(violation.node);
      if (!this.rowOf.has(process) || violation.at < axis.from || violation.at > axis.until) continue;
      const x = round(axis.x(violation.at, plot));
      parts.push(`<path class="violation-mark" d="M${x - 7} ${this.y(process) - 7}l14 14m0 -14l-14 14"/>`);
    }
    line(look.time, 'cursor', 'the chosen moment');
    for (const event of look.lit.events) {
      const process = film.column.process[event - 1] - 1, at = film.timeOf(event);
      if (!this.rowOf.has(process) || at < axis.from || at > axis.until) continue;
      parts.push(`<circle class="lit-event" cx="${round(axis.x(at, plot))}" cy="${this.y(process)}" r="4"/>`);
    }
    return parts.join('');
  }

  click(x, y, target) {
    const message = target.closest && target.closest('[data-message]');
    if (message) return this.look.follow(Number(message.dataset.message));
    const row = Math.round((y - 22) / this.gap), process = this.rows[row];
    this.look.choose(process === undefined ? null : process, this.axis.time(x, this.plot));
  }
}

// A stroke cut to the picture: its two ends, or nothing.
function clip(x1, y1, x2, y2, left, right) {
  if (x2 < left || x1 > right) return [null, null];
  const at = (x) => [x, x2 === x1 ? y1 : y1 + ((x - x1) / (x2 - x1)) * (y2 - y1)];
  return [x1 < left ? at(left) : [x1, y1], x2 > right ? at(right) : [x2, y2]];
}

// `AppendEntries n1 → n2 at 1.2 s: term 3, …; lost by “cut n1”`
function describe(film, m) {
  const { from, to } = film.column, words = film.text('words', m - 1), fate = film.fate(m);
  const took = duration(film.endsAt(m) - film.sent[m - 1]);
  let what = fate.underWay ? 'still under way at the end' : fate.lost ? `lost after ${took}: ${fate.lost.replace('_', ' ')}` : `arrived after ${took}`;
  if (fate.waited) what += ' and waited there, for the process stood still or was busy';
  if (fate.held) what += ', held back on its way';
  if (fate.copy) what = `a copy that the network made, ${what}`;
  if (fate.fault) what += `, under “${fate.fault.name}”`;
  return `${film.kindOf(m)} ${film.processes[from[m - 1]]} → ${film.processes[to[m - 1]]} at ${moment(film.sent[m - 1])}${
    words ? `: ${words}` : ''}; ${what}`;
}
