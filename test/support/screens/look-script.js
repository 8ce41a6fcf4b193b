// Runs in a page of the gate before its own scripts: `look` says what a person in front of the display can see and hear of
// it. It reads what is painted and changes nothing, but that `down` cuts the page from the gate.
(() => {
  const Native = WebSocket;
  const topics = {};
  const sockets = new Set();
  let down = location.hash === '#cut';
  let heard = '';

  globalThis.WebSocket = class extends Native {
    constructor(address) {
      super(down ? new URL('/ws/none', address).href : address);
      sockets.add(this);
      this.addEventListener('message', ({ data }) => {
        for (const { topic, value } of JSON.parse(data)) topics[topic] = value;
      });
    }
  };
  // A running clock of sound costs as much as all the drawing; tones have tests of their own.
  AudioContext.prototype.resume = () => new Promise(() => undefined);
  document.addEventListener(
    'playing',
    ({ target }) => {
      heard = `${target.lang} ${target.dataset.sentence} ${target.volume}`;
    },
    true,
  );

  /** Resolves once it holds, looked at every so many milliseconds. */
  async function until(holds, everyMs) {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, everyMs));
    // The page has then drawn it: what follows the news is drawn within two turns.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  }

  const isSeen = (element) =>
    element.closest('.hidden') === null &&
    getComputedStyle(element).visibility === 'visible' &&
    element.getClientRects().length > 0;

  const colours = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((one) =>
      one <= 10.31475 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  function behind(element) {
    for (let at = element; at !== null; at = at.parentElement) {
      const back = colours(getComputedStyle(at).backgroundColor);
      if (back[3] !== 0) return back;
    }
    return [255, 255, 255];
  }
  function contrast(element) {
    const style = getComputedStyle(element);
    const ink = colours(element instanceof SVGElement ? style.fill : style.color);
    const [one, other] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05);
  }

  const PLACES = '.picture, .words, .foot, .ribbons, .requests';
  /** What people have to read to know what to do. */
  const BODY = '.say, .do, .contact, .pages .text p, .pages h2, .requests p, .assist p';

  function wrongText(node, found) {
    const element = node.parentElement;
    if (!isSeen(element)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    const name = `“${node.textContent.trim().slice(0, 40)}”`;
    // Letters are lower than the box that a browser gives them.
    const slack = element instanceof SVGElement ? 1 : size * 0.3;
    const boxes = [{ left: 0, top: 0, right: innerWidth, bottom: innerHeight }];
    for (let at = element; at !== null; at = at.parentElement)
      if (getComputedStyle(at).overflow !== 'visible') boxes.push(at.getBoundingClientRect());
    for (const rect of range.getClientRects()) {
      if (rect.width === 0) continue;
      const { left, top, right, bottom } = rect;
      for (const box of boxes)
        if (
          left < box.left - 1 ||
          right > box.right + 1 ||
          top + slack < box.top - 1 ||
          bottom - slack > box.bottom + 1
        )
          found.push(`${name} is cut off`);
      found.letters.push({
        name,
        place: element.closest(PLACES),
        left,
        right,
        top: top + slack,
        bottom: bottom - slack,
      });
    }
    const ratio = contrast(element);
    if (ratio < 7) found.push(`${name} stands out by ${ratio.toFixed(1)}`);
    if (element.closest(BODY) !== null && element.closest('.second') === null) {
      if (size / innerHeight < 0.0499) found.push(`${name} is small: ${size}px`);
    }
  }

  function wrongButton(button, found) {
    if (!isSeen(button)) return;
    const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
    const name = `button “${button.textContent.trim()}”`;
    if (Math.min(width, height) < 44) found.push(`${name} is ${width} by ${height}`);
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) found.push(`${name} is cut off`);
    found.letters.push({ name, place: button.closest(PLACES), left, right, top, bottom });
  }

  function overlaps({ letters }) {
    return letters.flatMap((one, at) =>
      letters
        .slice(at + 1)
        .filter((other) => one.place !== other.place)
        .filter(
          (other) =>
            one.left < other.right - 1 &&
            other.left < one.right - 1 &&
            one.top < other.bottom - 1 &&
            other.top < one.bottom - 1,
        )
        .map((other) => `${one.name} lies over ${other.name}`),
    );
  }

  const unpainted = new CSSStyleSheet();
  unpainted.replaceSync('html { opacity: 0 }');
  const builds = new Set();
  /** The page without its words, told once. */
  function newBuild() {
    const build = document.body.innerHTML
      .replace(/<svg.*?<\/svg>/gs, (svg) => svg.replace(/>.*</s, '><'))
      .replace(/<wbr>/g, '')
      .replace(/>[^<]+</g, '>.<')
      .replace(
        / (style|src|aria-label|aria-valuenow|aria-pressed|lang|data-sentence|data-picture)="[^"]*"/g,
        '',
      );
    if (builds.has(build)) return undefined;
    builds.add(build);
    return build;
  }

  const look = {
    /** Resolves once the page has drawn these values of topics. */
    shows: (values) => {
      const wanted = Object.entries(values).map(([topic, value]) => [topic, JSON.stringify(value)]);
      return until(() => wanted.every(([topic, value]) => JSON.stringify(topics[topic]) === value), 2);
    },
    heard: (what) => until(() => heard === what, 20),
    /** Whether the page is painted, which is half of the work: laid out it is in any case. */
    paints: (isPainted) => {
      document.adoptedStyleSheets = isPainted ? [] : [unpainted];
    },
    /** Without the gate, and back. */
    cut: () => {
      down = true;
      for (const socket of sockets) socket.close();
    },
    join: () => {
      down = false;
    },
    /** What is wrong with what is painted, and what there is to see; what moves is given time to come to rest. */
    at: async () => {
      const seen = look.now();
      if (seen.wrong.length === 0) return seen;
      for (let frame = 0; frame < 3; frame += 1)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      return { ...look.now(), build: seen.build };
    },
    now: () => {
      const found = Object.assign([], { letters: [] });
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
        if (node.textContent.trim() !== '') wrongText(node, found);
      for (const button of document.querySelectorAll('button')) wrongButton(button, found);
      const drawn = document.querySelector('[data-picture]');
      const { width = 0, height = 0 } = drawn?.getBoundingClientRect() ?? {};
      if (Math.min(width, height) < Math.min(innerWidth, innerHeight) / 8)
        found.push(`picture of ${width} by ${height}`);
      const text = (selector) => document.querySelector(selector)?.innerText ?? '';
      return {
        wrong: [...new Set([...found, ...overlaps(found)])],
        picture: drawn?.dataset.picture,
        tone: document.querySelector('.tone-act, [data-tone]')?.dataset.tone,
        say: text('.say'),
        do: text('.do'),
        call: text('.assist p'),
        contact: text('.contact'),
        codes: document.querySelectorAll('.code svg.qr').length,
        ribbons: [...document.querySelectorAll('.ribbon')].map((one) => one.innerText),
        text: text('.words'),
        build: newBuild(),
      };
    },
  };
  globalThis.look = look;
  look.paints(false);
})();
