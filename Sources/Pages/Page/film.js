// The run in columns: unpacked once, read everywhere. Events and messages are numbered from 1, as in the film.

const element = (id) => document.getElementById(id);

async function unpack() {
  const text = element('film').textContent.trim();
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : fromBase64(text);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

class Film {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 4;
    const length = this.varint();
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(this.position, this.position + length)));
    this.position += length;
    Object.assign(this, header);
    this.slots = this.templates.map((template) => template.replace(/[^\x01\x02]/g, '').length);
    const forms = new Map(this.columns.map(([name, form, count, size]) => [name, { form, count, size }]));
    this.column = {};
    this.offsets = {};
    for (const [name, { form, count, size }] of forms) {
      const end = this.position + size;
      this.column[name] = this.read(form, count, name);
      this.position = end;
    }
    this.index();
    this.bytes = null;
  }

  varint() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.bytes[this.position++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }

  signed() {
    const value = this.varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  read(form, count, name) {
    if (form === 'b') return this.bytes.slice(this.position, this.position + count);
    if (form === 'v') return Uint32Array.from({ length: count }, () => this.varint());
    const values = new Float64Array(count);
    if (form === 'l') for (let i = 0; i < count; i++) values[i] = this.varint();
    if (form === 'd') for (let i = 0, last = 0; i < count; i++) values[i] = last += this.signed();
    if (form === 't') this.readNumbers(values, name.slice(0, -1));
    return values;
  }

  readNumbers(values, name) {
    const rows = this.column[name], last = this.slots.map((slots) => new Float64Array(slots));
    const offsets = new Uint32Array(rows.length);
    let place = 0;
    for (let row = 0; row < rows.length; row++) {
      offsets[row] = place;
      const of = last[rows[row]];
      for (let slot = 0; slot < of.length; slot++) values[place++] = of[slot] += this.signed();
    }
    this.offsets[name] = offsets;
  }

  text(name, row) {
    const template = this.templates[this.column[name][row]];
    if (!this.slots[this.column[name][row]]) return template;
    let place = this.offsets[name][row];
    const numbers = this.column[name + '#'];
    return template.replace(/[\x01\x02]/g, (mark) => {
      const value = numbers[place++];
      return mark === '\x01' ? String(value) : value.toString(16).padStart(12, '0') + '…';
    });
  }

  // MARK: what follows from the columns

  index() {
    const { at, event, process, detail, cause, sentIn, took, to, changeIn, changeOf, askedIn, answered } = this.column;
    this.operationAt = new Map();
    if (!this.films) return;
    for (let i = 0; i < cause.length; i++) if (cause[i]) cause[i] = i + 2 - cause[i];
    for (let i = 0; i < at.length; i++) at[i] *= this.tick;
    this.sent = new Float64Array(sentIn.length);
    this.endIn = new Uint32Array(sentIn.length);
    this.ended = new Float64Array(sentIn.length).fill(this.end);
    for (let i = 0; i < sentIn.length; i++) {
      this.sent[i] = at[sentIn[i] - 1];
      if (!took[i]) continue;
      const end = this.endIn[i] = sentIn[i] + took[i] - 1;
      this.ended[i] = at[end - 1];
      // What an arrival is of stands with its message.
      if (took[i] > 1 && event[end - 1] === 0) [process[end - 1], detail[end - 1], cause[end - 1]] = [to[i] + 1, i + 1, sentIn[i]];
    }
    // For a window: blocks of messages, each with the latest arrival of it and all before.
    this.latest = [];
    for (let i = 0, latest = 0; i < sentIn.length; i++) {
      latest = Math.max(latest, this.endsAt(i + 1));
      if (i % 256 === 255 || i === sentIn.length - 1) this.latest.push(latest);
    }
    this.changesOf = this.processes.map(() => []);
    for (let row = 0; row < changeIn.length; row++) this.changesOf[changeOf[row]].push(row);
    this.steps = this.processes.map(() => []);
    for (let i = 0; i < process.length; i++) if (process[i]) this.steps[process[i] - 1].push(i + 1);
    this.column.opNumber.forEach((number, i) => {
      this.operationAt.set(number, { asked: askedIn[i], answered: answered[i] ? askedIn[i] + answered[i] - 1 : 0 });
    });
    this.syncs = this.writes();
  }

  // Syncs by process: from when to when, and whether they had ended.
  writes() {
    const { at, event, process, cause, openSyncIn, openSyncOf } = this.column, syncs = this.processes.map(() => []);
    for (let i = 0; i < event.length; i++) {
      if (event[i] === 2 && cause[i] && process[i]) syncs[process[i] - 1].push({ from: at[cause[i] - 1], until: at[i], open: false });
    }
    openSyncIn.forEach((began, i) => syncs[openSyncOf[i]].push({ from: at[began - 1], until: this.end, open: true }));
    return syncs;
  }

  timeOf(event) { return event ? this.column.at[event - 1] : 0; }

  endsAt(message) { return this.ended[message - 1]; }

  // Messages that were under way at some time within a window: [first, last], numbered from 1.
  messagesIn(from, until) {
    let block = 0;
    while (block < this.latest.length && this.latest[block] < from) block++;
    let first = block * 256 + 1;
    const last = upper(this.sent, until);
    while (first <= last && this.endsAt(first) < from) first++;
    return [first, last];
  }

  // All that a process shows after everything up to an event.
  state(process, event) {
    const state = new Map();
    for (const row of this.changesOf[process]) {
      if (this.column.changeIn[row] > event) break;
      const value = this.text('value', row), name = this.names[this.column.changeName[row]];
      if (value) state.set(name, value); else state.delete(name);
    }
    return state;
  }

  // The last event up to a moment in which a process had a part.
  stepBefore(process, time) {
    const steps = this.steps[process];
    let low = 0, high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeOf(steps[middle]) <= time) low = middle + 1; else high = middle;
    }
    return low ? steps[low - 1] : 0;
  }

  // Messages that left in an event.
  sentDuring(event) {
    const first = lower(this.column.sentIn, event) + 1, found = [];
    for (let m = first; m <= this.sent.length && this.column.sentIn[m - 1] === event; m++) found.push(m);
    return found;
  }

  // What an event led to.
  effects(event) {
    if (!this.children) {
      const { cause } = this.column, starts = new Uint32Array(cause.length + 2);
      for (const parent of cause) starts[parent + 1]++;
      for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
      const next = starts.slice(), list = new Uint32Array(cause.length);
      cause.forEach((parent, i) => { list[next[parent]++] = i + 1; });
      this.children = { starts, list };
    }
    return this.children.list.subarray(this.children.starts[event], this.children.starts[event + 1]);
  }

  isTimer(event) { return this.column.event[event - 1] === 1; }

  // The chain of events that led to one, itself first; a timer is where it begins.
  causes(event) {
    const chain = [];
    for (let e = event; e; e = this.column.cause[e - 1]) {
      chain.push(e);
      if (this.isTimer(e)) break;
    }
    return chain;
  }

  // Everything that an event led to, itself included, but for what timers did later; at most so many.
  consequences(event, limit) {
    const found = [event];
    for (let i = 0; i < found.length; i++) {
      for (const next of this.effects(found[i])) {
        if (this.isTimer(next)) continue;
        if (found.length === limit) return { found, cut: true };
        found.push(next);
      }
    }
    return { found, cut: false };
  }

  kindOf(message) { return this.kinds[this.column.kind[message - 1]]; }

  // { delivered, waited, lost (a reason or ''), copy, held, fault (or null) }
  fate(message) {
    const fate = this.column.fate[message - 1], plain = fate & 31, fault = this.column.fault[message - 1];
    return {
      underWay: plain === 0, waited: plain === 2, lost: plain > 2 ? this.reasons[plain - 3] : '',
      copy: (fate & 32) > 0, held: (fate & 64) > 0, fault: fault ? this.faults[fault - 1] : null,
    };
  }
}

// The first place whose value is not below another.
function lower(values, value) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1; else high = middle;
  }
  return low;
}

// The first place whose value is above another.
function upper(values, value) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1; else high = middle;
  }
  return low;
}
