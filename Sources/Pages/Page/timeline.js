// The whole run: availability, outcomes and latency of the clients' operations, and below them a lane for each process.

const ROW = 26, LABELS = 92, RIGHT = 14;
// Where the bars of operations and of latency stand, and where lanes begin below them.
const OPERATIONS = 90, LATENCY = 154, LANES = 168;

class Timeline {
  constructor(film, axis, look) {
    Object.assign(this, { film, axis, look });
    this.host = element('timeline');
    this.tracks = film.films ? film.processes.map((_, p) => this.track(p)) : film.processes.map(() => []);
    this.clocks = film.films ? film.processes.map((_, p) => this.clockTrack(p)) : [];
    this.disks = film.films ? film.processes.map((_, p) => this.diskTrack(p)) : [];
    // A client that is up all the time has nothing to show.
    this.rows = film.processes.map((_, p) => p).filter((p) => p < film.nodes || this.tracks[p].some(({ kind }) => kind !== 'up'));
    this.quiet = film.processes.length - this.rows.length;
    axis.listen(this.host, () => this.plot, (x, y) => {
      const row = this.rowAt(y);
      look.choose(row === undefined ? null : row, axis.time(x, this.plot));
    });
  }

  get plot() { return { left: LABELS, width: Math.max(100, this.host.clientWidth - LABELS - RIGHT) }; }

  // What a lane shows from when on: { at, label, kind, term }.
  track(process) {
    const { film } = this, { changeIn, changeName } = film.column, track = [], now = {};
    for (const row of film.changesOf[process]) {
      const name = film.names[changeName[row]];
      if (!['condition', 'role', 'term', 'mode', 'incidents'].includes(name)) continue;
      now[name] = film.text('value', row);
      const at = film.timeOf(changeIn[row]), piece = { at, ...this.piece(now) };
      if (track.length && track.at(-1).at === at) track.pop();
      const last = track.at(-1);
      if (!last || last.label !== piece.label || last.kind !== piece.kind) track.push(piece);
    }
    return track;
  }

  piece({ condition = 'down', role, term, mode, incidents }) {
    let label = role ? (term ? `${role} · term ${term}` : role) : mode || '';
    if (incidents) label += ` · ${incidents}`;
    if (condition !== 'up') label = condition + (condition === 'down' || !label ? '' : ` · ${label}`);
    const kind = condition !== 'up' ? condition : role ? role.replace('pre-', '') : mode || 'up';
    return { label, kind, term };
  }

  // While a clock is wrong by a millisecond or more: { from, until, behind, first, last }, the last two in words.
  clockTrack(process) {
    const { film } = this, { changeIn, changeName } = film.column, name = film.names.indexOf('clock'), track = [];
    let open = null;
    for (const row of film.changesOf[process]) {
      if (changeName[row] !== name) continue;
      const words = film.text('value', row), at = film.timeOf(changeIn[row]), behind = /behind/.test(words);
      if (open) open.until = at;
      if (!words) open = null;
      else if (open && open.behind === behind) open.last = words;
      else track.push(open = { from: at, until: film.end, behind, first: words, last: words });
      if (open) open.until = film.end;
    }
    return track;
  }

  // While a disk held what a crash may lose: from when to when, by turns.
  diskTrack(process) {
    const { film } = this, { changeIn, changeName, value } = film.column, name = film.names.indexOf('disk'), track = [];
    for (const row of film.changesOf[process]) {
      if (changeName[row] !== name) continue;
      const isDone = film.templates[value[row]] === '';
      if (isDone === (track.length % 2 === 1)) track.push(film.timeOf(changeIn[row]));
    }
    if (track.length % 2) track.push(film.end);
    return track;
  }

  rowAt(y) {
    const row = Math.floor((y - this.lanesAt) / ROW);
    return row >= 0 && row < this.rows.length ? this.rows[row] : undefined;
  }

  draw() {
    const { film, axis, host, plot } = this, width = host.clientWidth;
    const served = film.column.call.length > 0;
    this.lanesAt = served ? LANES : 30;
    const bottom = this.lanesAt + this.rows.length * ROW, height = bottom + 26;
    const parts = [`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${
      escapeText(this.summary())}">`];
    if (served) parts.push(this.service());
    parts.push(this.bands(bottom));
    this.rows.forEach((process, row) => parts.push(this.lane(process, this.lanesAt + row * ROW)));
    parts.push(this.marks(bottom), axis.draw(plot, bottom));
    const { from, until } = this.look.window, [a, b] = [axis.x(from, plot), axis.x(until, plot)];
    const left = Math.max(plot.left, a), right = Math.min(plot.left + plot.width, b);
    if (right > left) {
      parts.push(`<rect class="window" x="${round(left)}" y="${this.lanesAt - 4}" width="${
        Math.max(2, round(right - left))}" height="${bottom - this.lanesAt + 8}"><title>shown message by message below</title></rect>`);
    }
    parts.push('</svg>');
    host.innerHTML = parts.join('');
    element('timeline-window').textContent =
      `${moment(axis.from, axis.span)} to ${moment(axis.until, axis.span)}, ${duration(axis.span)} of ${duration(film.end)}${
      this.quiet ? `; ${this.quiet === 1 ? '1 client, up all the time, has' : `${count(this.quiet)} clients, up all the time, have`} no lane` : ''}`;
  }

  summary() {
    const { film } = this;
    return `Lanes of ${film.processes.length} processes over ${duration(film.end)}, with ${film.faults.length} faults.`;
  }

  // Operations by outcome and latency, in bins of the window.
  service() {
    const { film, axis, plot } = this, { call, length, outcome } = film.column;
    const bins = Math.max(20, Math.min(240, Math.floor(plot.width / 5)));
    const of = Array.from({ length: bins }, () => ({ counts: [0, 0, 0, 0], times: [] }));
    const first = lower(call, axis.from), last = upper(call, axis.until);
    const stride = Math.max(1, Math.floor((last - first) / 200000));
    for (let i = first; i < last; i++) {
      const bin = of[Math.min(bins - 1, Math.floor(((call[i] - axis.from) / axis.span) * bins))];
      bin.counts[outcome[i]]++;
      if (outcome[i] === 0 && length[i] && i % stride === 0) bin.times.push(length[i] - 1);
    }
    const most = Math.max(1, ...of.map(({ counts }) => counts[0] + counts[1] + counts[2] + counts[3]));
    let longest = 1e5;
    for (const bin of of) {
      bin.times.sort((a, b) => a - b);
      if (bin.times.length) longest = Math.max(longest, bin.times.at(-1));
    }
    const step = plot.width / bins, parts = [this.availability(of, step)], log = (ns) => Math.log10(Math.max(1e4, ns) / 1e4) / Math.log10(longest / 1e4);
    const names = ['ok', 'failed', 'unknown', 'open'];
    of.forEach(({ counts, times }, i) => {
      const x = round(plot.left + i * step), w = Math.max(1, round(step - 1));
      let y = OPERATIONS;
      counts.forEach((n, kind) => {
        if (!n) return;
        const h = Math.max(1.5, (n / most) * 44);
        y -= h;
        parts.push(`<rect class="op-${names[kind]}" x="${x}" y="${round(y)}" width="${w}" height="${round(h)}"><title>${
          count(n)} ${names[kind]}</title></rect>`);
      });
      if (!times.length) return;
      const at = (q) => times[Math.min(times.length - 1, Math.ceil(q * times.length) - 1)];
      const [low, high] = [at(0.5), at(0.99)].map((t) => LATENCY - log(t) * 48);
      parts.push(`<path class="latency" d="M${round(x + w / 2)} ${round(low)}V${round(high)}"/><path class="median" d="M${x} ${
        round(low)}h${w}"/><title>median ${duration(at(0.5))}, 99 % ${duration(at(0.99))}</title>`);
    });
    const label = (y, name, note) => `<text class="label" x="4" y="${y - 28}">${name}</text><text class="note" x="4" y="${y - 13}">${note}</text>`;
    return `${label(OPERATIONS, 'operations', `${count(most)} at most`)}${label(LATENCY, 'latency', `to ${duration(longest)}`)}<path class="base" d="M${
      plot.left} ${OPERATIONS + 0.5}h${plot.width}M${plot.left} ${LATENCY + 0.5}h${plot.width}"/>${parts.join('')}${
      stride > 1 ? `<text class="note" x="${plot.left}" y="${OPERATIONS + 15}">latencies of each ${stride}th operation</text>` : ''}`;
  }

  // The share of operations asked at a time that succeeded, from nothing at the foot to all at the top.
  availability(bins, step) {
    const { plot } = this, foot = 36, size = 26, parts = [];
    let [path, before, good, all] = ['', null, 0, 0];
    bins.forEach(({ counts }, i) => {
      const asked = counts[0] + counts[1] + counts[2] + counts[3];
      if (!asked) { before = null; return; }
      [good, all] = [good + counts[0], all + asked];
      const x = round(plot.left + i * step), y = round(foot - (counts[0] / asked) * size);
      path += before === null ? `M${x} ${y}` : y === before ? '' : `H${x}V${y}`;
      path += `H${round(plot.left + (i + 1) * step)}`;
      before = y;
      parts.push(`<rect class="hit-area" x="${x}" y="${foot - size}" width="${Math.max(1, round(step))}" height="${size}"><title>${
        percent(counts[0], asked)} of ${count(asked)} succeeded</title></rect>`);
    });
    return `<text class="label" x="4" y="24">availability</text><text class="note" x="4" y="39">${all ? `${percent(good, all)} here` : 'nothing asked'}</text><path class="base" d="M${
      plot.left} ${foot + 0.5}h${plot.width}M${plot.left} ${foot - size - 0.5}h${plot.width}"/>${parts.join('')}<path class="availability" d="${path}"/>`;
  }

  lane(process, y) {
    const { film, axis, plot } = this, track = this.tracks[process], parts = [];
    const chosen = this.look.process === process ? ' chosen' : '';
    parts.push(`<text class="label${chosen}" x="4" y="${y + 17}">${escapeText(film.processes[process])}</text>`);
    parts.push(`<path class="base" d="M${plot.left} ${y + ROW - 0.5}h${plot.width}"/>`);
    let crowd = null;
    const flush = () => {
      if (!crowd) return;
      parts.push(`<rect class="crowd" x="${round(crowd.x)}" y="${y + 4}" width="${Math.max(2, round(crowd.until - crowd.x))}" height="${
        ROW - 9}"><title>${count(crowd.count)} changes, too close to draw: zoom in</title></rect>`);
      crowd = null;
    };
    for (let i = 0; i < track.length; i++) {
      const piece = track[i], until = i + 1 < track.length ? track[i + 1].at : film.end;
      if (until < axis.from || piece.at > axis.until) continue;
      const a = Math.max(plot.left, axis.x(piece.at, plot)), b = Math.min(plot.left + plot.width, axis.x(until, plot));
      if (b - a < 1.5) {
        if (crowd && a - crowd.until < 2) { crowd.until = b; crowd.count++; } else { flush(); crowd = { x: a, until: b, count: 1 }; }
        continue;
      }
      flush();
      const hue = piece.term && /leader|follower|candidate/.test(piece.kind) ? ` style="--hue:${termHue(piece.term)}"` : '';
      parts.push(`<rect class="lane ${escapeText(piece.kind)}"${hue} x="${round(a)}" y="${y + 3}" width="${round(b - a)}" height="${
        ROW - 7}"><title>${escapeText(`${film.processes[process]}: ${piece.label}, from ${moment(piece.at)} for ${
        duration(until - piece.at)}`)}</title></rect>`);
      const room = Math.floor((b - a - 8) / 6.4);
      if (room > 2 && piece.label) {
        const text = piece.label.length > room ? `${piece.label.slice(0, Math.max(1, room - 1))}…` : piece.label;
        parts.push(`<text class="in-lane ${escapeText(piece.kind)}" x="${round(a + 5)}" y="${y + 17}">${escapeText(text)}</text>`);
      }
    }
    flush();
    parts.push(this.clock(process, y), this.disk(process, y));
    return parts.join('');
  }

  // Along the head of a lane, while its clock is wrong: a full line ahead, a dashed one behind.
  clock(process, y) {
    const { film, axis, plot } = this;
    return (this.clocks[process] || []).filter(({ from, until }) => until >= axis.from && from <= axis.until).map(({ from, until, behind, first, last }) => {
      const a = Math.max(plot.left, axis.x(from, plot)), b = Math.min(plot.left + plot.width, axis.x(until, plot));
      const words = first === last ? first : `${first} at first, ${last} at last`;
      return `<path class="clock${behind ? ' behind' : ''}" d="M${round(a)} ${y + 2.5}H${round(Math.max(a + 2, b))}"><title>${
        escapeText(`the clock of ${film.processes[process]}: ${words}, from ${moment(from)} to ${moment(until)}`)}</title></path>`;
    }).join('');
  }

  // Along the foot of a lane, the stronger the more of the time its disk held what a crash may lose.
  disk(process, y) {
    const { film, axis, plot } = this, track = this.disks[process];
    if (!track || !track.length) return '';
    const bins = Math.ceil(plot.width / 3), held = new Float64Array(bins), size = axis.span / bins, parts = [];
    for (let i = lower(track, axis.from) & ~1; i < track.length && track[i] < axis.until; i += 2) {
      const from = Math.max(axis.from, track[i]), until = Math.min(axis.until, track[i + 1]);
      for (let bin = Math.floor((from - axis.from) / size); bin < bins && axis.from + bin * size < until; bin++) {
        held[bin] += Math.min(until, axis.from + (bin + 1) * size) - Math.max(from, axis.from + bin * size);
      }
    }
    for (let bin = 0; bin < bins;) {
      const level = Math.ceil((held[bin] / size) * 4);
      let [end, sum] = [bin, 0];
      while (end < bins && Math.ceil((held[end] / size) * 4) === level) sum += held[end++];
      if (level > 0) {
        const words = `${percent(sum, (end - bin) * size)} of the time`;
        parts.push(`<path class="disk level-${Math.min(4, level)}" d="M${round(plot.left + bin * 3)} ${y + ROW - 3}H${
          round(Math.min(plot.left + plot.width, plot.left + end * 3))}"><title>${escapeText(`${film.processes[process]} has writes not synced yet, ${words}`)}</title></path>`);
      }
      bin = end;
    }
    return parts.join('');
  }

  // Faults, across the lanes that they touch.
  bands(bottom) {
    const { film, axis, plot } = this, parts = [], taken = [];
    film.faults.forEach((fault, number) => fault.strikes.forEach(([from, until, ...hosts], strike) => {
      const what = fault.whats[strike];
      if (until < axis.from || from > axis.until) return;
      const a = Math.max(plot.left, axis.x(from, plot)), b = Math.max(a + 2, Math.min(plot.left + plot.width, axis.x(until, plot)));
      const title = `<title>${escapeText(`${what}: from ${moment(from)} to ${moment(until)}; “${fault.name}”: ${fault.words} in all`)}</title>`;
      const touched = hosts.length ? this.rows.map((p, row) => (hosts.includes(p) ? row : -1)).filter((row) => row >= 0) : this.rows.map((_, row) => row);
      for (const row of touched) {
        parts.push(`<rect class="fault" data-fault="${number}" x="${round(a)}" y="${this.lanesAt + row * ROW}" width="${
          round(b - a)}" height="${ROW - 1}">${title}</rect>`);
      }
      parts.push(`<path class="fault-edge" d="M${round(a)} ${this.lanesAt - 8}V${bottom}"/>`);
      const room = Math.min(34, Math.floor((plot.left + plot.width - a) / 6.2)), full = `↯ ${what}`;
      const name = full.length > room ? `${full.slice(0, room - 1)}…` : full, ends = a + name.length * 6.2 + 8;
      if (room > 3 && !taken.some(([x, end]) => a < end && ends > x)) {
        taken.push([a, ends]);
        parts.push(`<text class="fault-name" x="${round(a + 3)}" y="${this.lanesAt - 6}">${escapeText(name)}${title}</text>`);
      }
    }));
    return parts.join('');
  }

  // Violations, the chosen moment, and what is lit.
  marks(bottom) {
    const { film, axis, plot } = this, parts = [];
    const line = (at, kind, title) => {
      if (at < axis.from || at > axis.until) return;
      const x = round(axis.x(at, plot));
      parts.push(`<path class="${kind}" d="M${x} ${this.lanesAt - 8}V${bottom}"><title>${escapeText(title)}</title></path>`);
    };
    for (const violation of film.violations) {
      line(violation.at, 'violation', `${violation.name}: ${violation.detail}`);
      const row = this.rows.indexOf(film.processes.indexOf(violation.node));
      if (row < 0 || violation.at < axis.from || violation.at > axis.until) continue;
      const x = round(axis.x(violation.at, plot)), y = this.lanesAt + row * ROW + ROW / 2;
      parts.push(`<path class="violation-mark" d="M${x - 6} ${y - 6}l12 12m0 -12l-12 12"/>`);
    }
    if (this.look.time !== null) line(this.look.time, 'cursor', `the chosen moment, ${moment(this.look.time)}`);
    return parts.join('');
  }
}
