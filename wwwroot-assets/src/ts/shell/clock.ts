/** Calls back once a second, all on one timer; at once when a hidden page is shown again. */
type Tick = (nowMs: number) => void;

const subscribers = new Set<Tick>();
let timer: number | undefined;

function tick(): void {
  timer = window.setTimeout(tick, 1000 - (Date.now() % 1000));
  const now = Date.now();
  for (const subscriber of subscribers) subscriber(now);
}

export function everySecond(subscriber: Tick): () => void {
  subscribers.add(subscriber);
  if (timer === undefined) timer = window.setTimeout(tick, 1000 - (Date.now() % 1000));
  subscriber(Date.now());
  return () => {
    subscribers.delete(subscriber);
    if (subscribers.size === 0) {
      window.clearTimeout(timer);
      timer = undefined;
    }
  };
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && timer !== undefined) {
    window.clearTimeout(timer);
    tick();
  }
});
