import { HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { FrameOrder } from './order';
import type { ConsoleStatus, Frame, TimelineEntry, WatchAnswer } from './wire';

/** How the one connection of this tab stands. */
export type Link = 'connecting' | 'open' | 'lost';

interface HubEvents {
  frame: Frame;
  status: ConsoleStatus;
  event: TimelineEntry;
  link: Link;
  /** The connection was away for so long that the hub may no longer have every frame: load the history anew. */
  reload: undefined;
}

/** The hub keeps the frames of 15 minutes; a little less is safe. */
const keptFramesMs = 14 * 60_000;
const slowestRetryMs = 5_000;

/** One connection for a whole tab: every chart, figure and mark hangs on it. It never gives up, and asks for what it missed. */
class Hub {
  readonly #listeners: { readonly [K in keyof HubEvents]: Set<(value: HubEvents[K]) => void> } = {
    frame: new Set(), status: new Set(), event: new Set(), link: new Set(), reload: new Set(),
  };
  readonly #orders = new Map<string, FrameOrder>();
  readonly #newest = new Map<string, Frame>();
  #connection: HubConnection | undefined;
  #link: Link = 'connecting';
  #sequence = 0;
  #framedAt = -Infinity;
  #answeredAt = -Infinity;
  #skewMs = 0;
  #status: ConsoleStatus | undefined;

  get link(): Link {
    return this.#link;
  }

  get status(): ConsoleStatus | undefined {
    return this.#status;
  }

  /** When the newest frame came, on the browser's monotonic clock. */
  get framedAt(): number {
    return this.#framedAt;
  }

  /** The newest frame of every service. */
  get services(): ReadonlyMap<string, Frame> {
    return this.#newest;
  }

  /** The console's clock, in milliseconds. */
  now(): number {
    return Date.now() + this.#skewMs;
  }

  on<K extends keyof HubEvents>(name: K, listener: (value: HubEvents[K]) => void): () => void {
    const wrapped = (value: HubEvents[K]): void => listener(value);
    this.#listeners[name].add(wrapped);
    return () => this.#listeners[name].delete(wrapped);
  }

  /** Tells everybody; one that fails is reported and keeps nothing from the others. */
  #emit<K extends keyof HubEvents>(name: K, value: HubEvents[K]): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(value);
      } catch (problem) {
        reportError(problem);
      }
    }
  }

  /** Connects, if nobody did before. */
  start(): void {
    if (this.#connection !== undefined) return;
    const connection = new HubConnectionBuilder()
      .withUrl('/hubs/health')
      .withHubProtocol(new MessagePackHubProtocol())
      .configureLogging(LogLevel.None)
      .build();
    connection.serverTimeoutInMilliseconds = 15_000;
    connection.keepAliveIntervalInMilliseconds = 5_000;
    connection.on('frame', (frame: Frame) => this.#take(frame));
    connection.on('status', (status: ConsoleStatus) => this.#takeStatus(status));
    connection.on('event', (entry: TimelineEntry) => this.#emit('event', entry));
    connection.onclose(() => void this.#open());
    this.#connection = connection;
    void this.#open();
    window.addEventListener('online', () => this.#wake?.());
    document.addEventListener('visibilitychange', () => !document.hidden && this.#wake?.());
  }

  #wake: (() => void) | undefined;

  /** Connects and watches, again and again until it works; reconnecting is the same thing as connecting. */
  async #open(): Promise<void> {
    const connection = this.#connection!;
    if (this.#link === 'open') this.#setLink('lost');
    for (let delay = 250; ; delay = Math.min(delay * 2, slowestRetryMs)) {
      try {
        if (connection.state === HubConnectionState.Disconnected) await connection.start();
        const away = performance.now() - this.#answeredAt;
        const answer = await connection.invoke<WatchAnswer>('Watch', [], this.#sequence);
        this.#answeredAt = performance.now();
        for (const frame of answer.services) this.#take(frame, true);
        this.#takeStatus(answer.status);
        this.#setLink('open');
        if (Number.isFinite(away) && away > keptFramesMs) this.#emit('reload', undefined);
        return;
      } catch {
        if (this.#link !== 'connecting') this.#setLink('lost');
        await connection.stop().catch(() => undefined);
        await new Promise<void>(resolve => {
          this.#wake = resolve;
          setTimeout(resolve, delay * (0.75 + Math.random() / 2));
        });
      }
    }
  }

  #take(frame: Frame, snapshot = false): void {
    const sequence = Number(frame.sequence);
    let order = this.#orders.get(frame.service);
    if (order === undefined) this.#orders.set(frame.service, (order = new FrameOrder()));
    if (snapshot && sequence > order.last) {
      // The frames between are already on their way: they were asked for with Watch.
      this.#newest.set(frame.service, frame);
    } else {
      const { arrival, after } = order.arrived(sequence);
      if (arrival === 'gap' && !snapshot) void this.#connection?.invoke('Refill', [frame.service], after).catch(() => undefined);
      if (arrival !== 'old') this.#newest.set(frame.service, frame);
    }

    if (sequence > this.#sequence) {
      this.#sequence = sequence;
      this.#framedAt = this.#answeredAt = performance.now();
      this.#skew(Date.parse(frame.at));
    }

    this.#emit('frame', frame);
  }

  #skew(atMs: number): void {
    const skew = atMs - Date.now();
    // A look takes a moment to arrive: the largest skew of late is nearest to the truth; it may also shrink slowly.
    this.#skewMs = Math.abs(skew - this.#skewMs) > 2_000 ? skew : Math.max(skew, this.#skewMs - 5);
  }

  #takeStatus(status: ConsoleStatus): void {
    this.#status = status;
    this.#emit('status', status);
  }

  #setLink(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    this.#emit('link', link);
  }
}

export const hub = new Hub();
