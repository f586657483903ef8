// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The map of the monitor page: cells in a ring, each with its members in it and its bridge on its inner
// edge; the links of bridges go across. What comes from the network gets into it as text only.

const SVG = 'http://www.w3.org/2000/svg';
const SIZE = 1000;
const CENTRE = SIZE / 2;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const MAX_DOTS = 3000;        // peers; beyond, cells are drawn and their members are not
const MAX_CELLS = 1500;
const MAX_MESH = 16;          // members whose links among themselves are drawn
const MAX_DOT = 30;
const LABEL_PX = 11;
const NAME_PX = 46;           // between two dots that have names below them
const NAMED_DOT_PX = 8;
const FLASH_MS = 1600;

export const canDraw = layout => layout.total <= MAX_CELLS;

function draw(parent, name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  parent.append(element);
  return element;
}

const round = value => Math.round(value * 10) / 10;
const nameOf = id => id.slice(0, 6);
const at = (angle, radius) => [CENTRE + radius * Math.cos(angle), CENTRE + radius * Math.sin(angle)].map(round);
export const distanceClass = distance => `away-${Math.min(Math.log2(distance), 7)}`;

// The radius of a cell in units: a member takes one, and there is some space around them.
const sizeOf = members => Math.sqrt(members.length) * 1.1 + 0.5;

// Where a member goes in its cell, as [turn from outwards, part of the radius]: beside the bridge, which is on
// the inner edge, in a circle; and like the seeds of a sunflower when there are many.
const inCircle = (i, count) => [Math.PI + 2 * Math.PI * i / count, count > 2 ? 0.78 : 0.35];
const inSunflower = (i, count) => [i * GOLDEN, Math.sqrt((i - 0.5) / count)];

// Events by callback: choose ({cell, id} or null), hover ({cell, id, x, y} or null).
export class CellMap {
  #svg;
  #links;
  #cells;
  #own;
  #names;
  #layout = null;
  #shown = null;
  #width = 0;
  #places = [];             // of each cell: {angle, x, y, radius, bridge: [x, y], group}
  #dots = new Map();        // id → its <circle>
  #wires = [];              // [a, b, <path>]
  #chosen = {cell: null, id: null};
  #onChoose;
  #onHover;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(svg, {choose, hover}) {
    this.#svg = svg;
    this.#onChoose = choose;
    this.#onHover = hover;
    svg.addEventListener('click', event => this.#onChoose(this.#subject(event.target)));
    svg.addEventListener('keydown', event => this.#onKey(event));
    svg.addEventListener('pointermove', event => this.#onPointer(event));
    svg.addEventListener('pointerleave', () => this.#onHover(null));
    svg.addEventListener('focusin', event => this.#onFocus(event.target));
    svg.addEventListener('focusout', () => this.#onHover(null));
    new ResizeObserver(() => this.#onResize()).observe(svg);
  }

  // `describe(cell, id)`: the words for it, also for who cannot see it.
  show(layout, words) {
    this.#shown = [layout, words];
    const {selfId, linked, describe} = words;
    const focused = this.#subject(document.activeElement);
    const hadFocus = this.#svg.contains(document.activeElement);
    this.#layout = layout;
    this.#svg.replaceChildren();
    this.#dots.clear();
    this.#wires = [];
    this.#places = [];
    if (!canDraw(layout))
      return;
    this.#links = draw(this.#svg, 'g', {class: 'links', 'aria-hidden': 'true'});
    this.#cells = draw(this.#svg, 'g');
    this.#own = draw(this.#svg, 'g', {'aria-hidden': 'true'});
    this.#names = draw(this.#svg, 'g', {'aria-hidden': 'true'});
    const filled = [...layout.cells.keys()].filter(cell => layout.cells[cell].length);
    const {ring, unit, turns} = this.#arrange(filled.map(cell => sizeOf(layout.cells[cell])));
    this.dot = Math.min(unit * 0.74, MAX_DOT);
    for (const [i, cell] of filled.entries())
      this.#drawCell(cell, turns[i] - Math.PI / 2, ring, unit * sizeOf(layout.cells[cell]), {selfId, describe});
    layout.edges.forEach(([a, b]) => this.#drawLink(a, b));
    this.#links.classList.toggle('many', this.#wires.length > 60);
    this.#drawOwnLinks(selfId, linked);
    this.#drawNumbers();
    this.choose(this.#chosen);
    this.#setStop(focused ?? {cell: filled[0] ?? 0, id: null}, hadFocus);
  }

  // Cells side by side in a ring, each with an area like its members' number. The unit is what a member needs.
  #arrange(sizes) {
    this.#width = this.#svg.clientWidth;
    this.scale = this.#width / SIZE || 1;
    this.label = Math.max(LABEL_PX / this.scale, Math.min(26, 500 / sizes.length));
    const edge = CENTRE - (sizes.length > 1 ? 1.7 * this.label : 0) - 8;
    const largest = Math.max(1, ...sizes);
    if (sizes.length < 2)
      return {ring: 0, unit: edge * 0.85 / largest, turns: [0]};
    const sum = sizes.reduce((all, size) => all + size, 0);
    // Half the angle of a cell is what its radius takes of the ring; few of them are bounded by their chords.
    const slimmest = Math.min(...sizes.map(size => Math.sin(Math.min(Math.PI * size / sum, Math.PI / 2)) / size));
    const unitFor = ring => ring * Math.min(0.94 * slimmest, 0.56 / largest);
    const ring = edge / (1 + unitFor(1) * largest);
    let turn = -sizes[0] / sum * Math.PI;
    const turns = sizes.map(size => {
      const middle = turn + size / sum * Math.PI;
      turn += 2 * size / sum * Math.PI;
      return middle;
    });
    return {ring, unit: unitFor(ring), turns};
  }

  #onResize() {
    if (this.#shown && this.#svg.clientWidth !== this.#width)
      this.show(...this.#shown);
  }

  #drawCell(cell, angle, ring, radius, {selfId, describe}) {
    const members = this.#layout.cells[cell];
    const [x, y] = at(angle, ring);
    const inward = radius - this.dot * 0.2;
    const bridge = [x - inward * Math.cos(angle), y - inward * Math.sin(angle)].map(round);
    const group = draw(this.#cells, 'g', {class: 'cell', 'data-cell': cell, role: 'button', tabindex: -1,
      'aria-label': describe(cell)});
    draw(group, 'circle', {class: 'ground', cx: x, cy: y, r: round(radius)});
    this.#places[cell] = {angle, outside: ring + radius, bridge, group};
    if (this.#layout.peers > MAX_DOTS)
      return;
    const isLarge = members.length <= MAX_MESH && this.dot > 9;
    const place = isLarge ? inCircle : inSunflower;
    const spots = members.map((id, i) => {
      const [turn, part] = place(i, members.length);
      const reach = (radius - this.dot * 1.3) * part;
      return i === 0 ? bridge : [x + reach * Math.cos(angle + turn), y + reach * Math.sin(angle + turn)].map(round);
    });
    if (isLarge)
      this.#drawMesh(group, spots);
    for (const [i, id] of members.entries()) {
      const kind = i === 0 ? 'bridge' : 'member';
      const dot = draw(group, 'circle', {class: `dot ${kind}${id === selfId ? ' self' : ''}`, cx: spots[i][0],
        cy: spots[i][1], r: round(this.dot * (i === 0 ? 1.3 : 0.8)), role: 'button', tabindex: -1,
        'aria-label': describe(cell, id)});
      dot.dataset.id = id;
      this.#dots.set(id, dot);
    }
    const apart = 2 * (radius - this.dot) * 0.78 * Math.sin(Math.PI / Math.max(members.length, 2)) * this.scale;
    if (isLarge && (members.length < 3 || apart >= NAME_PX) && this.dot * this.scale >= NAMED_DOT_PX)
      members.forEach((id, i) => this.#drawName(id, spots[i], this.dot * (i === 0 ? 1.3 : 0.8)));
  }

  #drawName(id, [x, y], radius) {
    const size = LABEL_PX / this.scale;
    draw(this.#names, 'text', {class: 'name', x, y: round(y + radius + size * 0.9), 'font-size': round(size)})
      .textContent = nameOf(id);
  }

  #drawMesh(group, spots) {
    const lines = spots.flatMap(([x1, y1], i) => spots.slice(i + 1).map(([x2, y2]) => `M${x1} ${y1}L${x2} ${y2}`));
    draw(group, 'path', {class: 'mesh', d: lines.join('')});
  }

  #curve(a, b) {
    const [{angle: angleA, bridge: from}, {angle: angleB, bridge: to}] = [this.#places[a], this.#places[b]];
    const apart = Math.abs(angleA - angleB);
    const half = Math.min(apart, 2 * Math.PI - apart) / 2;
    // Bent towards the centre, the more the longer it is, so that those of one length are a layer.
    const bend = 0.06 + 0.75 * Math.sin(half);
    const middle = [0, 1].map(axis => {
      const mean = (from[axis] + to[axis]) / 2;
      return round(mean + (CENTRE - mean) * bend);
    });
    return `M${from.join(' ')}Q${middle.join(' ')} ${to.join(' ')}`;
  }

  #drawLink(a, b) {
    this.#wires.push([a, b, draw(this.#links, 'path', {class: `link ${distanceClass(b - a)}`, d: this.#curve(a, b)})]);
  }

  // Those that this page has itself: seen, not worked out.
  #drawOwnLinks(selfId, linked) {
    const own = this.#dots.get(selfId);
    for (const id of own ? linked : []) {
      const dot = this.#dots.get(id);
      if (dot)
        draw(this.#own, 'line', {class: 'own', x1: own.getAttribute('cx'), y1: own.getAttribute('cy'),
          x2: dot.getAttribute('cx'), y2: dot.getAttribute('cy')});
    }
  }

  // As many as can be read at the size that the map has on the screen.
  #drawNumbers() {
    const count = this.#places.filter(Boolean).length;
    const apart = 2 * Math.PI * CENTRE * this.scale / count;
    const step = Math.ceil(LABEL_PX * 2 / apart);
    this.#places.forEach(({angle, outside}, cell) => {
      if (count < 2 || cell % step)
        return;
      const [x, y] = at(angle, outside + this.label * 0.9);
      draw(this.#names, 'text', {class: 'number', x, y, 'font-size': round(this.label)})
        .textContent = cell;
    });
  }

  // ── what changes between seals ──

  flash(id) {
    const dot = this.#dots.get(id);
    if (!dot)
      return;
    dot.classList.remove('quiet');
    if (!this.#calm.matches && !document.hidden)
      dot.animate([{fill: 'var(--heard)'}, {}], {duration: FLASH_MS, easing: 'ease-out'});
  }

  markQuiet(isQuiet) {
    for (const [id, dot] of this.#dots)
      dot.classList.toggle('quiet', isQuiet(id));
  }

  // What is found stands out; null: everybody is the same again.
  markFound(isFound) {
    this.#svg.classList.toggle('finding', isFound !== null);
    for (const [id, dot] of this.#dots)
      dot.classList.toggle('found', isFound?.(id) ?? false);
  }

  choose(subject) {
    this.#chosen = subject ?? {cell: null, id: null};
    const {cell, id} = this.#chosen;
    this.#svg.classList.toggle('choosing', cell !== null);
    this.#places.forEach(({group}, number) => group.classList.toggle('chosen', number === cell));
    this.#dots.forEach((dot, other) => dot.classList.toggle('chosen', other === id));
    for (const [a, b, path] of this.#wires) {
      const touches = a === cell || b === cell;
      path.classList.toggle('chosen', touches);
      if (touches)
        this.#links.append(path);
    }
  }

  // ── pointer and keyboard ──

  #subject(element) {
    const group = this.#svg.contains(element) ? element.closest?.('[data-cell]') : null;
    return group ? {cell: Number(group.dataset.cell), id: element.dataset.id ?? null} : null;
  }

  #elementOf({cell, id}) {
    return this.#dots.get(id) ?? this.#places[cell]?.group;
  }

  // One of them can be reached with the Tab key; the arrows go on from there.
  #setStop(subject, focus) {
    this.#svg.querySelector('[tabindex="0"]')?.setAttribute('tabindex', -1);
    const element = this.#elementOf(subject) ?? this.#elementOf({cell: this.#places.findIndex(Boolean), id: null});
    element?.setAttribute('tabindex', 0);
    if (focus)
      element?.focus();
  }

  #step(key, {cell, id}) {
    const filled = [...this.#places.keys()].filter(number => this.#places[number]);
    const members = this.#layout.peers > MAX_DOTS ? [] : this.#layout.cells[cell];
    const index = members.indexOf(id);
    const turn = {ArrowLeft: -1, ArrowRight: 1}[key];
    if (turn)
      return {cell: filled.at((filled.indexOf(cell) + turn) % filled.length), id: null};
    if (key === 'ArrowDown')
      return {cell, id: members[index + 1] ?? members[0] ?? null};
    if (key === 'ArrowUp')
      return {cell, id: members[index - 1] ?? null};
    return null;
  }

  #onKey(event) {
    const subject = this.#subject(event.target);
    if (!subject)
      return;
    const next = this.#step(event.key, subject);
    if (next)
      this.#setStop(next, true);
    else if (event.key === 'Enter' || event.key === ' ')
      this.#onChoose(subject);
    else if (event.key === 'Escape')
      this.#onChoose(null);
    else
      return;
    event.preventDefault();
  }

  #tell(element) {
    const subject = this.#subject(element);
    const box = element.getBoundingClientRect();
    this.#onHover(subject && {...subject, x: box.x + box.width / 2, y: box.y});
  }

  #onPointer({target}) {
    this.#tell(target);
  }

  #onFocus(target) {
    if (target.matches(':focus-visible'))
      this.#tell(target);
  }
}
