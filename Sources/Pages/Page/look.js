// What was chosen: a process at a moment, a message, an operation or an entry, and the path that lights up with it.

const LONGEST_PATH = 4000;

class Look {
  constructor(film) {
    Object.assign(this, { film, process: null, time: null, message: null, changed: () => {} });
    this.clear();
  }

  clear() { this.lit = { messages: new Set(), events: new Set(), processes: new Set() }; }

  // A process at a moment: its last event then, what it showed, and what had changed.
  choose(process, time) {
    if (process === null || !this.film.films) return;
    this.clear();
    Object.assign(this, { process, time, message: null });
    const event = this.film.stepBefore(process, time);
    this.showState(process, event);
    this.changed();
  }

  // An event of a process, chosen by its number.
  step(process, event) {
    this.clear();
    Object.assign(this, { process, time: this.film.timeOf(event), message: null });
    this.showState(process, event);
    this.changed();
  }

  light(events, messages) {
    const { film } = this;
    this.clear();
    for (const event of events) {
      this.lit.events.add(event);
      const process = film.column.process[event - 1];
      if (process) this.lit.processes.add(process - 1);
      if (film.column.event[event - 1] === 0 && film.column.detail[event - 1]) this.lit.messages.add(film.column.detail[event - 1]);
    }
    for (const m of messages) this.lit.messages.add(m);
    for (const m of this.lit.messages) {
      this.lit.processes.add(film.column.from[m - 1]);
      this.lit.processes.add(film.column.to[m - 1]);
    }
  }

  // Everything that led to a message, and everything that it led to.
  follow(m) {
    const { film } = this, before = film.causes(film.column.sentIn[m - 1]);
    const arrived = film.endIn[m - 1] && !film.fate(m).lost ? film.endIn[m - 1] : 0;
    const { found, cut } = arrived ? film.consequences(arrived, LONGEST_PATH) : { found: [], cut: false };
    const sent = found.length < 400 ? found.flatMap((event) => film.sentDuring(event)) : [];
    this.light([...before, ...found], [m, ...sent]);
    Object.assign(this, { process: null, time: null, message: m });
    const later = arrived ? film.sentDuring(arrived) : [];
    this.show(`<h3>${escapeText(film.kindOf(m))} <small>message ${count(m)}</small></h3><p>${escapeText(describe(film, m))}.</p>
      ${this.chain('What led to it', before, m)}
      ${this.list('What it led to at once', later)}
      <p class="quiet">${count(found.length)} ${found.length === 1 ? 'event follows' : 'events follow'} from it${cut ? `, and more: only the first ${count(LONGEST_PATH)} are lit` : ''}, without what timers did later.</p>`);
    this.changed();
  }

  // Asked and answered, with the chain between.
  followOperation(number) {
    const { film } = this, operation = film.operationAt.get(number), row = film.column.number.indexOf(number);
    const text = row < 0 ? `operation ${number}` : describeOperation(film, row);
    if (!operation) {
      this.show(`<h3>Operation ${number}</h3><p>${escapeText(text)}</p>`);
      return this.changed();
    }
    const after = film.consequences(operation.asked, LONGEST_PATH);
    const back = operation.answered ? film.causes(operation.answered) : [];
    const path = new Set([...back, ...(back.length ? [] : after.found), operation.asked]);
    this.light([...path], []);
    Object.assign(this, { process: null, time: film.timeOf(operation.asked), message: null });
    const end = operation.answered ? film.timeOf(operation.answered) : film.end;
    this.show(`<h3>Operation ${count(number)}</h3><p>${escapeText(text)}.</p>${operation.answered
      ? this.chain('How it came to its answer', back) : '<p>It has no answer; all that it led to is lit.</p>'}`);
    this.reveal(film.timeOf(operation.asked), end);
    this.changed();
  }

  // When an entry of the log reached each node, and when each knew it to be committed.
  followEntry(index) {
    const { film } = this, reached = [], events = [];
    for (let process = 0; process < film.nodes; process++) {
      const first = { last: 0, commit: 0 };
      for (const row of film.changesOf[process]) {
        const name = film.names[film.column.changeName[row]];
        if (first[name] === 0 && Number(film.text('value', row)) >= index) first[name] = film.column.changeIn[row];
      }
      if (!first.last) continue;
      events.push(...Object.values(first).filter(Boolean));
      reached.push(`<tr><th>${escapeText(film.processes[process])}</th><td>${moment(film.timeOf(first.last))}</td><td>${
        first.commit ? moment(film.timeOf(first.commit)) : 'never'}</td></tr>`);
    }
    // From where it first stood in a log on: its way to all others, and the news that it is committed.
    const first = Math.min(...events);
    this.light([...new Set(events.flatMap((event) => [event, ...film.causes(event).filter((cause) => cause >= first)]))], []);
    this.show(`<h3>Entry ${count(index)}</h3><p>When each log first reached that far, and when each node knew it to be committed. A log that was
      cut and grew again may have held another entry there before.</p><table><tr><th></th><th>in the log</th><th>committed</th></tr>${reached.join('')}</table>`);
    if (events.length) this.reveal(Math.min(...events.map((e) => film.timeOf(e))), Math.max(...events.map((e) => film.timeOf(e))));
    this.changed();
  }

  chain(title, events, self) {
    const { film } = this, lines = events.slice(0, 60).map((event) => {
      const process = film.column.process[event - 1], at = moment(film.timeOf(event));
      const who = process ? `<button data-step="${process - 1},${event}">${escapeText(film.processes[process - 1])}</button>` : '';
      return `<li>${at} ${who} ${escapeText(this.cause(event))}</li>`;
    });
    const more = events.length > 60 ? `<li>… and ${count(events.length - 60)} events before</li>` : '';
    return events.length ? `<h4>${title}</h4><ol>${lines.join('')}${more}</ol>` : '';
  }

  list(title, messages) {
    const { film } = this;
    if (!messages.length) return '';
    const lines = messages.slice(0, 20).map((m) => `<li><button data-follow="${m}">${escapeText(film.kindOf(m))} → ${
      escapeText(film.processes[film.column.to[m - 1]])}</button></li>`);
    const more = messages.length > 20 ? `<li>… and ${messages.length - 20} more</li>` : '';
    return `<h4>${title}</h4><ul>${lines.join('')}${more}</ul>`;
  }

  // The message that an event was about, to be followed.
  origin(event) {
    const { film } = this, kind = film.column.event[event - 1], number = film.column.detail[event - 1];
    return (kind === 0 || kind === 4) && number ? `<button data-follow="${number}">its way</button>` : '';
  }

  // What an event was, in words.
  cause(event) {
    const { film } = this, { detail } = film.column, number = detail[event - 1];
    switch (film.column.event[event - 1]) {
      case 0: return number ? `← ${film.kindOf(number)} from ${film.processes[film.column.from[number - 1]]}: ${film.text('words', number - 1)}` : 'a message arrives';
      case 1: return `its timer ${number} fires`;
      case 2: return `its sync ${number} ends`;
      case 3: return 'starts';
      case 4: return number ? `turns to ${film.kindOf(number)} from ${film.processes[film.column.from[number - 1]]}, which had waited since ${moment(film.endsAt(number))}` : 'takes a request';
      case 5: return 'finds a connection closed';
      case 6: return 'a fault begins or ends';
      case 7: return 'hears of its work or its resources';
      case 9: return 'has a message back: there is no connection';
      default: return number ? `operation ${number - 1} is asked` : 'goes on';
    }
  }

  showState(process, event) {
    const { film } = this, steps = film.steps[process], place = lower(steps, event);
    const before = place > 0 ? film.state(process, steps[place - 1]) : new Map();
    const state = event ? film.state(process, event) : new Map();
    // What has changed stands first, under its condition: it is what people look for.
    const isChanged = (name) => event && before.get(name) !== state.get(name);
    const names = [...new Set([...before.keys(), ...state.keys()])].sort((a, b) => isChanged(b) - isChanged(a));
    const rows = names.map((name) => {
      const [was, is, changed] = [before.get(name), state.get(name), isChanged(name)];
      return `<tr${changed ? ' class="changed"' : ''}><th>${escapeText(name)}</th><td>${is === undefined ? '<i>nothing</i>' : escapeText(is)}${
        changed ? ` <del>${was === undefined ? 'nothing' : escapeText(was)}</del>` : ''}</td></tr>`;
    });
    const sent = event ? film.sentDuring(event).filter((m) => film.column.from[m - 1] === process) : [];
    const [earlier, later] = [steps[place - 1], steps[place + 1]];
    this.show(`<h3>${escapeText(film.processes[process])} <small>${event ? `after event ${count(event)} at ${moment(film.timeOf(event))}` : 'before its first event'}</small></h3>
      <p class="steps">${earlier ? `<button data-step="${process},${earlier}">← its event before</button>` : ''} ${
      later ? `<button data-step="${process},${later}">its next event →</button>` : ''}</p>
      ${event ? `<p>${escapeText(this.cause(event))} ${this.origin(event)}</p>` : ''}
      ${log(state)}<table class="state">${rows.join('')}</table>${rows.length ? '<p class="quiet">Struck through: what it showed the moment before.</p>' : ''}
      ${this.list('It sent', sent)}`);
  }

  show(html) {
    const panel = element('look');
    if (panel) panel.innerHTML = html;
  }

  // Brings a stretch of time into the window of the messages.
  reveal(from, until) {
    const axis = this.axis;
    if (from >= axis.from && until <= axis.until) return;
    const span = Math.max(until - from, Math.min(axis.span, 50e6));
    axis.set(from - span * 0.1, from + span * 1.1);
  }
}

// A log as boxes coloured by term: `1–4 of term 1, 5–9 of term 3`, with what is committed and applied.
function log(state) {
  const words = state.get('log');
  if (!words || !/of term/.test(words)) return '';
  const runs = [...words.matchAll(/(\d+)(?:–(\d+))? of term (\d+)/g)].map(([, first, last, term]) => [Number(first), Number(last || first), term]);
  const [commit, applied] = [Number(state.get('commit') || 0), Number(state.get('applied') || 0)];
  const boxes = [], end = runs.at(-1)[1], start = Math.max(runs[0][0], end - 23);
  if (start > 1) boxes.push(`<span class="elided">${count(start - 1)} before</span>`);
  for (const [first, last, term] of runs) {
    for (let i = Math.max(first, start); i <= last; i++) {
      const kind = i <= applied ? 'applied' : i <= commit ? 'committed' : 'loose';
      boxes.push(`<button class="entry ${kind}" style="--hue:${termHue(term)}" data-entry="${i}" title="entry ${i} of term ${term}, ${
        { applied: 'committed and applied', committed: 'committed, not yet applied', loose: 'not known to be committed' }[kind]}">${i}<small>t${term}</small></button>`);
    }
  }
  return `<div class="log" role="group" aria-label="the log">${boxes.join('')}</div>`;
}

function describeOperation(film, row) {
  const { client, call, length, outcome } = film.column, answer = film.text('answer', row);
  const kind = ['ok', 'failed', 'unknown whether it took place', 'no answer'][outcome[row]];
  return `${film.processes[client[row]]} asks ${film.text('asked', row)} at ${moment(call[row])}: ${kind}${answer ? `, ${answer}` : ''}${
    length[row] ? `, after ${duration(length[row] - 1)}` : ''}`;
}
