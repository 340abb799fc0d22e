import { writeLength, writeTime } from '../format';
import { judge, toneOf } from '../live/freshness';
import { hub } from '../live/hub';
import { framesBehind, onPause, pausedAtSeconds, togglePause } from '../live/pause';
import { signs, writeSign, type SignKey } from '../live/wire';
import { everySecond } from '../shell/clock';
import { currentZone } from '../shell/zone';

const silence = (): number => (performance.now() - hub.framedAt) / 1000;

/** Text and attributes that change often are only written when they differ. */
function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

abstract class LiveElement extends HTMLElement {
  #stops: (() => void)[] = [];

  protected abstract build(): void;
  protected abstract update(): void;

  connectedCallback(): void {
    hub.start();
    this.build();
    const update = (): void => this.update();
    this.#stops = [everySecond(update), hub.on('link', update), hub.on('status', update), hub.on('frame', update), onPause(update)];
    update();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}

/** `<ops-freshness>`: how old what is on this page is, by the browser's own clock. */
class OpsFreshness extends LiveElement {
  readonly #word = document.createElement('span');
  readonly #age = document.createElement('span');
  #timer = 0;

  protected build(): void {
    const dot = document.createElement('span');
    dot.className = 'dot';
    this.#age.className = 'age';
    this.replaceChildren(dot, this.#word, ' ', this.#age);
    this.#timer = window.setInterval(() => this.update(), 200);
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  protected update(): void {
    const silent = silence();
    const never = !Number.isFinite(silent);
    const state = never ? (hub.link === 'lost' ? 'lost' : 'waiting')
      : silent > 3 ? (hub.link === 'lost' ? 'lost' : 'stale')
      : silent > 1.8 ? 'late' : 'fresh';
    const words = { fresh: 'fresh', late: 'late', stale: 'stale', lost: 'no connection', waiting: 'no data yet' };
    if (this.dataset['state'] !== state) {
      this.dataset['state'] = state;
      this.setAttribute('aria-label', `Figures are ${words[state]}`);
      write(this.#word, words[state]);
    }

    write(this.#age, never ? '' : silent < 10 ? `${silent.toFixed(1)} s` : writeLength(silent));
  }
}

/** `<ops-status>`: the counts in the header, and the banners of the safety lever and of the store. */
class OpsStatus extends LiveElement {
  protected build(): void {}

  protected update(): void {
    const { status } = hub;
    if (status === undefined) return;
    this.#chip('[data-flags-shed]', status.flagsShed, 'warn', `${status.flagsShed} ${status.flagsShed === 1 ? 'flag' : 'flags'} shed`);
    this.#chip('[data-active-runs]', status.activeRuns, 'info', `${status.activeRuns} ${status.activeRuns === 1 ? 'run' : 'runs'}`);
    this.#banner('lever-banner', 'lever-why', status.leverEngaged ? `by ${status.leverActor}: ${status.leverReason}` : '');
    this.#banner('store-banner', 'store-problem', status.storeProblem);
  }

  #banner(name: string, part: string, text: string): void {
    const banner = document.querySelector<HTMLElement>(`[data-${name}]`);
    if (banner === null) return;
    banner.hidden = text === '';
    const words = banner.querySelector(`[data-${part}]`);
    if (words !== null && text !== '') write(words, text);
  }

  #chip(selector: string, count: number, tone: string, text: string): void {
    const chip = this.querySelector(selector);
    if (chip === null) return;
    write(chip, text);
    chip.classList.toggle(`chip--${tone}`, count > 0);
    chip.classList.toggle('chip--off', count === 0);
  }
}

const vitals: readonly SignKey[] = ['errorRate', 'latencyP95', 'throughput', 'cpuUtilization', 'activeConnections'];

/** `<ops-vitals service>`: one line of live figures with their freshness. */
class OpsVitals extends LiveElement {
  readonly #chip = document.createElement('span');
  readonly #values = new Map<SignKey, HTMLElement>();

  protected build(): void {
    this.#chip.className = 'chip';
    const list = document.createElement('dl');
    for (const key of vitals) {
      const name = document.createElement('dt');
      name.textContent = key === 'latencyP95' ? 'p95' : key === 'throughput' ? 'rate' : signs[key].short;
      name.title = signs[key].title;
      const value = document.createElement('dd');
      this.#values.set(key, value);
      const pair = document.createElement('div');
      pair.append(name, value);
      list.append(pair);
    }

    this.replaceChildren(this.#chip, list);
  }

  protected update(): void {
    const frame = hub.services.get(this.getAttribute('service') ?? '');
    const silent = Number.isFinite(silence()) ? silence() : 0;
    const { freshness, age } = judge(frame, silent);
    const tone = toneOf[freshness];
    this.dataset['state'] = freshness.toLowerCase();
    this.#chip.className = `chip chip--${tone}`;
    const icon = { ok: '✓', warn: '!', bad: '✕', off: '○' }[tone];
    write(this.#chip, `${icon} ${freshness.toLowerCase()}${age === undefined ? '' : ` ${age < 10 ? `${age.toFixed(1)} s` : writeLength(age)}`}`);
    for (const [key, element] of this.#values) write(element, writeSign(key, frame?.[key]));
  }
}

/** `<ops-pause>`: stops and restarts every chart of the page; says how many frames it is behind. */
class OpsPause extends LiveElement {
  readonly #button = document.createElement('button');

  protected build(): void {
    this.#button.type = 'button';
    this.#button.className = 'btn btn--small';
    this.#button.addEventListener('click', togglePause);
    this.replaceChildren(this.#button);
  }

  protected update(): void {
    const paused = pausedAtSeconds();
    this.#button.setAttribute('aria-pressed', String(paused !== undefined));
    write(this.#button, paused === undefined ? '❚❚ Pause' : `▶ Go on · ${framesBehind()} behind`);
    this.#button.title = paused === undefined ? 'Space' : `Paused at ${writeTime(paused * 1000, currentZone(), Date.now())}`;
  }
}

customElements.define('ops-freshness', OpsFreshness);
customElements.define('ops-status', OpsStatus);
customElements.define('ops-vitals', OpsVitals);
customElements.define('ops-pause', OpsPause);
