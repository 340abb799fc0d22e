import { timeParts, writeCountdown, writeLength, writeTime } from '../format';
import { everySecond } from '../shell/clock';
import { currentZone, onZoneChange, toggleZone } from '../shell/zone';

/** An element whose text follows the clock and one attribute that holds a time. */
abstract class TickingElement extends HTMLElement {
  #stop: (() => void)[] = [];
  #shown = '';

  protected abstract text(nowMs: number): string;

  connectedCallback(): void {
    const update = (now = Date.now()): void => this.refresh(now);
    this.#stop = [everySecond(update), onZoneChange(update)];
    // Whoever inserts the element may add the text that it holds without scripts only afterwards.
    queueMicrotask(update);
  }

  disconnectedCallback(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.refresh(Date.now());
  }

  protected time(name: string): number | undefined {
    const value = Date.parse(this.getAttribute(name) ?? '');
    return Number.isNaN(value) ? undefined : value;
  }

  protected refresh(nowMs: number): void {
    const text = this.text(nowMs);
    if (text !== this.#shown || this.textContent !== text) {
      this.#shown = text;
      this.textContent = text;
    }
  }
}

/** `<ops-age at="…">`: 12 s ago, counting. */
class OpsAge extends TickingElement {
  static readonly observedAttributes = ['at'];

  protected text(nowMs: number): string {
    const at = this.time('at');
    if (at === undefined) return '–';
    this.title = writeTime(at, currentZone(), nowMs);
    return nowMs - at < 1000 ? 'now' : `${writeLength((nowMs - at) / 1000)} ago`;
  }
}

/** `<ops-time at="…">`: a time in the chosen zone, with the zone. */
class OpsTime extends TickingElement {
  static readonly observedAttributes = ['at'];

  protected text(nowMs: number): string {
    const at = this.time('at');
    if (at === undefined) return '–';
    const full = timeParts(at, currentZone());
    this.title = `${full.date} ${full.time}${full.zone}`;
    return writeTime(at, currentZone(), nowMs);
  }
}

/** `<ops-countdown until="…">`: 0:42, down to “over”. */
class OpsCountdown extends TickingElement {
  static readonly observedAttributes = ['until'];

  protected text(nowMs: number): string {
    const until = this.time('until');
    if (until === undefined) return '–';
    const over = until <= nowMs;
    this.toggleAttribute('data-over', over);
    return over ? 'over' : writeCountdown((until - nowMs) / 1000);
  }
}

/** `<ops-clock>`: the time now; pressing it switches every time on the page between UTC and local. */
class OpsClock extends TickingElement {
  readonly #button = document.createElement('button');

  override connectedCallback(): void {
    this.#button.type = 'button';
    this.#button.addEventListener('click', toggleZone);
    this.replaceChildren(this.#button);
    super.connectedCallback();
  }

  protected text(): string {
    return '';
  }

  protected override refresh(nowMs: number): void {
    const { date, time, zone } = timeParts(nowMs, currentZone());
    this.#button.textContent = `${time}${zone}`;
    this.#button.title = `${date}. Press to write times in ${currentZone() === 'utc' ? 'local time' : 'UTC'}.`;
    this.#button.setAttribute('aria-label', `${time}${zone}, switch between UTC and local time`);
  }
}

customElements.define('ops-age', OpsAge);
customElements.define('ops-time', OpsTime);
customElements.define('ops-countdown', OpsCountdown);
customElements.define('ops-clock', OpsClock);
