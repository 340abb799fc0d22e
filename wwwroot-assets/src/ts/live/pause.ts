import { hub } from './hub';

/** Whether this page's charts stand still. It is in the address, so a paused view can be handed on. */
const changed = new EventTarget();
const initial = Number(new URLSearchParams(location.search).get('paused'));
let pausedAt: number | undefined = Number.isFinite(initial) && initial > 0 ? initial : undefined;
let behind = 0;

export const pausedAtSeconds = (): number | undefined => pausedAt;
export const framesBehind = (): number => behind;

export function onPause(listener: () => void): () => void {
  changed.addEventListener('change', listener);
  return () => changed.removeEventListener('change', listener);
}

export function togglePause(): void {
  pausedAt = pausedAt === undefined ? Math.floor(hub.now() / 1000) : undefined;
  behind = 0;
  const url = new URL(location.href);
  if (pausedAt === undefined) url.searchParams.delete('paused');
  else url.searchParams.set('paused', String(pausedAt));
  history.replaceState(history.state, '', url);
  changed.dispatchEvent(new Event('change'));
}

let newest = 0;
hub.on('frame', frame => {
  if (pausedAt === undefined || frame.sequence <= newest) return;
  newest = frame.sequence;
  behind = Math.max(0, Math.round(Date.parse(frame.at) / 1000 - pausedAt));
  changed.dispatchEvent(new Event('change'));
});

document.addEventListener('keydown', event => {
  const target = event.target as HTMLElement;
  if (event.key === ' ' && document.querySelector('ops-pause') !== null && !target.closest('button, a, input, select, textarea, summary, [contenteditable]')) {
    event.preventDefault();
    togglePause();
  }
});
