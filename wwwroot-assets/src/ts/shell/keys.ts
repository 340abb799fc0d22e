/** The keys that work on every page. The list that `?` shows is server-rendered: `<dialog id="keys">`. */
const pages: Readonly<Record<string, string>> = { p: '/', f: '/flags', e: '/experiments', t: '/timeline', w: '/wall' };
const goPatienceMs = 1200;

let goPressedAt = -Infinity;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select'));
}

export function halt(): void {
  document.querySelector<HTMLFormElement>('form[data-halt]')?.requestSubmit();
}

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  if (event.shiftKey && event.code === 'KeyH') {
    event.preventDefault();
    halt();
    return;
  }

  if (event.key === '?') {
    event.preventDefault();
    document.querySelector<HTMLDialogElement>('#keys')?.showModal();
    return;
  }

  if (event.shiftKey) return;
  if (event.key === 'u') {
    document.querySelector<HTMLButtonElement>('.mud-snackbar-action-button')?.click();
    return;
  }

  const now = performance.now();
  if (now - goPressedAt < goPatienceMs) {
    goPressedAt = -Infinity;
    const page = pages[event.key];
    if (page !== undefined) {
      event.preventDefault();
      location.assign(page);
    }
  } else if (event.key === 'g') {
    goPressedAt = now;
  }
});

document.addEventListener('click', event => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest('[data-action="show-keys"]')) document.querySelector<HTMLDialogElement>('#keys')?.showModal();
  if (event.target.closest('[data-action="close-keys"]')) document.querySelector<HTMLDialogElement>('#keys')?.close();
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.user-menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.user-menu[open]')) {
    menu.open = false;
    menu.querySelector('summary')?.focus();
  }
});
