import { writeLength } from '../format';
import { hub } from '../live/hub';
import { toneOf } from '../live/freshness';
import { writeSign, type Freshness, type SignKey } from '../live/wire';
import { everySecond } from '../shell/clock';

interface Instance extends Readonly<Record<SignKey, number | null>> {
  readonly instance: string;
  readonly freshness: Freshness;
}

interface HealthAnswer {
  readonly services: readonly { readonly service: string; readonly instances: readonly Instance[] }[];
}

const columns: readonly SignKey[] = ['errorRate', 'latencyP50', 'latencyP95', 'throughput', 'cpuUtilization', 'activeConnections'];
const everyMs = 2_000;
/** An answer that is this old is not the present any more. */
const staleMs = 6_000;

/** `<ops-instances service>`: keeps the server-rendered table of a service's instances up to date while it is on the screen. */
class OpsInstances extends HTMLElement {
  readonly #notice = document.createElement('p');
  #stop: (() => void) | undefined;
  #onScreen = false;
  #askedAt = 0;
  #answeredAt = 0;

  connectedCallback(): void {
    hub.start();
    this.#answeredAt = performance.now();
    this.#notice.className = 'instances-stale';
    this.#notice.setAttribute('role', 'status');
    this.#notice.hidden = true;
    this.prepend(this.#notice);
    const seen = new IntersectionObserver(([entry]) => (this.#onScreen = entry?.isIntersecting ?? false));
    seen.observe(this);
    const unsubscribe = everySecond(() => this.#second());
    this.#stop = () => (seen.disconnect(), unsubscribe());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #second(): void {
    if (!this.#onScreen || document.hidden) return;
    const now = performance.now();
    // It is the age of the answer that counts: one that never comes is no answer.
    const age = now - this.#answeredAt;
    this.toggleAttribute('data-stale', age > staleMs);
    this.#notice.hidden = age <= staleMs;
    if (age > staleMs) this.#notice.textContent = `✕ Not heard of for ${writeLength(age / 1000)}`;
    if (now - this.#askedAt < everyMs) return;
    this.#askedAt = now;
    void this.#read();
  }

  async #read(): Promise<void> {
    const response = await fetch('/api/v1/health', { signal: AbortSignal.timeout(staleMs) }).catch(() => undefined);
    const answer = response?.ok ? await (response.json() as Promise<HealthAnswer>).catch(() => undefined) : undefined;
    if (answer === undefined) return;
    this.#answeredAt = performance.now();
    const service = answer.services.find(found => found.service === this.getAttribute('service'));
    const body = this.querySelector('tbody');
    if (service === undefined || body === null || service.instances.length === 0) return;
    body.replaceChildren(...service.instances.map(instance => this.#row(instance)));
  }

  #row(instance: Instance): HTMLTableRowElement {
    const row = document.createElement('tr');
    const name = document.createElement('th');
    name.scope = 'row';
    name.className = 'mono';
    name.textContent = instance.instance;
    const state = document.createElement('td');
    const tone = toneOf[instance.freshness];
    const chip = document.createElement('span');
    chip.className = `chip chip--${tone}`;
    chip.textContent = `${{ ok: '✓', warn: '!', bad: '✕', off: '○' }[tone]} ${instance.freshness.toLowerCase()}`;
    state.append(chip);
    row.append(name, state, ...columns.map(key => {
      const cell = document.createElement('td');
      cell.className = 'num';
      cell.textContent = writeSign(key, instance[key]);
      return cell;
    }));
    return row;
  }
}

customElements.define('ops-instances', OpsInstances);

// The page that waits for the first application goes on by itself.
if (document.querySelector('[data-await-service]') !== null) {
  hub.start();
  hub.on('frame', () => location.reload());
}
