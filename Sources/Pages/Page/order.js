// Why a history has no legal order: the key's operations as bars by client, the longest legal order drawn through them, and the
// one that has no place.

function drawOrder(film, look) {
  const host = element('order');
  if (!host || !film.explanation) return;
  const { operation, order, around } = film.explanation;
  const all = new Map([...order, ...around, operation].map((line) => [line.number, line]));
  // What bears upon it: the end of the order, and all that was under way.
  const until = operation.end === null ? film.end : operation.end;
  const near = [...all.values()].filter((line) => line.end === null || line.end >= operation.call - 4 * Math.max(1e6, until - operation.call) || line.number === operation.number);
  const last = order.slice(-6).map((line) => line.number);
  const lines = [...all.values()].filter((line) => near.includes(line) || last.includes(line.number)).sort((a, b) => a.call - b.call).slice(-60);
  const clients = [...new Set(lines.map((line) => line.process))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const left = 52, width = Math.max(300, host.clientWidth), inner = width - left - 14, gap = 34;
  const from = Math.min(...lines.map((l) => l.call)), to = Math.max(until, ...lines.map((l) => (l.end === null ? l.call : l.end)));
  const x = (t) => left + ((t - from) / Math.max(1, to - from)) * inner, y = (c) => 24 + clients.indexOf(c) * gap;
  const height = 24 + clients.length * gap + 24, parts = [];
  const linear = order.filter(({ number }) => lines.some((line) => line.number === number));
  // Each takes effect after the one before it, and within its own time.
  const points = [];
  let after = from;
  for (const line of linear) {
    after = Math.max(after, line.call);
    points.push([x(after), y(line.process)]);
  }
  for (const client of clients) parts.push(`<text class="label" x="4" y="${y(client) + 4}">${escapeText(client)}</text><path class="life" d="M${left} ${y(client)}h${inner}"/>`);
  for (const line of lines) {
    const end = line.end === null ? to : line.end, culprit = line.number === operation.number;
    const w = Math.max(4, x(end) - x(line.call));
    const room = Math.floor((w - 6) / 6), label = line.text;
    parts.push(`<g class="bar${culprit ? ' culprit' : ''}${line.end === null ? ' open' : ''}" tabindex="0" role="button" data-operation="${line.number}"><rect x="${round(x(line.call))}" y="${y(line.process) - 10}" width="${round(w)}" height="20" rx="3"/><title>${
      escapeText(`${line.text} by ${line.process}, operation ${line.number}, from ${moment(line.call)} to ${line.end === null ? 'the end: its outcome is unknown' : moment(line.end)}`)}</title>${
      room > 3 ? `<text x="${round(x(line.call) + 4)}" y="${y(line.process) + 4}">${escapeText(label.length > room ? `${label.slice(0, room - 1)}…` : label)}</text>` : ''}${
      culprit ? `<text class="verdict" x="${round(Math.min(x(line.call), width - 150))}" y="${y(line.process) - 13}">✗ has no place</text>` : ''}</g>`);
  }
  if (points.length > 1) parts.push(`<path class="through" d="M${points.map(([a, b]) => `${round(a)} ${round(b)}`).join('L')}"/>`);
  points.forEach(([a, b], i) => parts.push(`<circle class="taken" cx="${round(a)}" cy="${round(b)}" r="3"><title>${linear.length - i === 1 ? 'the last' : `${i + 1}`} of those drawn in the legal order</title></circle>`));
  const { all: marks, step } = ticks(from, Math.max(to, from + 1), Math.max(2, inner / 110));
  for (const at of marks) parts.push(`<path class="tick" d="M${round(x(at))} ${height - 24}v5"/><text class="tick" x="${round(x(at))}" y="${height - 6}" text-anchor="middle">${moment(at, step * 1000)}</text>`);
  host.innerHTML = `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Operations of the key by client; operation ${operation.number} cannot be placed">${parts.join('')}</svg>`;
  element('order-note').textContent = all.size > lines.length ? `${count(lines.length)} of ${count(all.size)} operations are drawn: those under way near the one that has no place, and the end of the order before it.` : '';
  const follow = (target) => {
    const bar = target.closest('[data-operation]');
    if (bar) look.followOperation(Number(bar.dataset.operation));
  };
  host.onclick = ({ target }) => follow(target);
  host.onkeydown = (event) => { if (event.key === 'Enter' || event.key === ' ') { follow(event.target); event.preventDefault(); } };
}
