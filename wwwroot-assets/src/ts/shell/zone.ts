/** The zone in which times are written: UTC, or the browser's own. One choice for every page of this browser. */
export type Zone = 'utc' | 'local';

const key = 'opsconsole-zone';
const listeners = new Set<() => void>();
let zone: Zone = localStorage.getItem(key) === 'local' ? 'local' : 'utc';

export const currentZone = (): Zone => zone;

export function toggleZone(): void {
  zone = zone === 'utc' ? 'local' : 'utc';
  localStorage.setItem(key, zone);
  for (const listener of listeners) listener();
}

export function onZoneChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener('storage', event => {
  if (event.key !== key) return;
  zone = event.newValue === 'local' ? 'local' : 'utc';
  for (const listener of listeners) listener();
});
