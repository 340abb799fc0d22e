/** What pages with a circuit ask of the browser. */
interface PageCalls {
  /** Puts the focus on the first field that is marked as wrong. */
  focusInvalid(): void;
}

declare global {
  interface Window {
    opsConsole: PageCalls;
  }
}

window.opsConsole = {
  focusInvalid: () => document.querySelector<HTMLElement>('main form [aria-invalid="true"]')?.focus(),
};

export {};
