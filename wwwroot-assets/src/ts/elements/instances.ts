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

/** `<ops-instances service>`: keeps the server-rendered table of a service's instances up to date while it is on the screen. */
class OpsInstances extends HTMLElement {
  #stop: (() => void) | undefined;
  #onScreen = false;
  #readAt = 0;

  connectedCallback(): void {
    hub.start();
    const seen = new IntersectionObserver(([entry]) => (this.#onScreen = entry?.isIntersecting ?? false));
    seen.observe(this);
    const unsubscribe = everySecond(() => void this.#tick());
    this.#stop = () => (seen.disconnect(), unsubscribe());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    if (!this.#onScreen || document.hidden || now - this.#readAt < everyMs) return;
    this.#readAt = now;
    const response = await fetch('/api/v1/health').catch(() => undefined);
    this.toggleAttribute('data-stale', !response?.ok);
    if (!response?.ok) return;
    const answer = (await response.json()) as HealthAnswer;
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
