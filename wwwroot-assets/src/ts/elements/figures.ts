import { writeLength } from '../format';
import { judge, toneOf } from '../live/freshness';
import { hub } from '../live/hub';
import { writeSign, type SignKey } from '../live/wire';
import { everySecond } from '../shell/clock';

const shown: readonly (readonly [SignKey, string])[] = [
  ['errorRate', 'error rate'], ['latencyP95', 'p95 latency'], ['throughput', 'throughput'], ['cpuUtilization', 'CPU'], ['activeConnections', 'connections'],
];

/** `<ops-figures service heading>`: a service's figures, large enough to be read across a room. */
class OpsFigures extends HTMLElement {
  readonly #values = new Map<SignKey, HTMLElement>();
  readonly #state = document.createElement('span');
  #stops: (() => void)[] = [];

  connectedCallback(): void {
    hub.start();
    const head = document.createElement('h2');
    this.#state.className = 'figures-state';
    head.append(this.getAttribute('heading') ?? this.getAttribute('service') ?? '', this.#state);
    const list = document.createElement('dl');
    for (const [key, title] of shown) {
      const name = document.createElement('dt');
      name.textContent = title;
      const value = document.createElement('dd');
      this.#values.set(key, value);
      const pair = document.createElement('div');
      pair.append(value, name);
      list.append(pair);
    }

    this.replaceChildren(head, list);
    this.#stops = [everySecond(() => this.#update()), hub.on('frame', () => this.#update())];
    this.#update();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
  }

  #update(): void {
    const frame = hub.services.get(this.getAttribute('service') ?? '');
    const silent = (performance.now() - hub.framedAt) / 1000;
    const { freshness, age, word } = judge(frame, Number.isFinite(silent) ? silent : 0);
    this.dataset['state'] = freshness.toLowerCase();
    const icon = { ok: '✓', warn: '!', bad: '✕', off: '○' }[toneOf[freshness]];
    this.#state.textContent = word === undefined ? `${icon} fresh` : `${icon} ${word}${age === undefined ? '' : ` · ${writeLength(age)} old`}`;
    for (const [key, element] of this.#values) {
      const text = writeSign(key, frame?.[key]);
      if (element.textContent !== text) element.textContent = text;
    }
  }
}

customElements.define('ops-figures', OpsFigures);
