/** The buttons of the notice that Blazor shows when an interactive page loses its circuit. */
interface BlazorGlobal {
  reconnect?(): Promise<boolean>;
}

document.addEventListener('click', event => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest('[data-action="reload"]')) location.reload();
  if (event.target.closest('[data-action="reconnect"]')) void reconnect();
});

async function reconnect(): Promise<void> {
  const blazor = (window as unknown as { Blazor?: BlazorGlobal }).Blazor;
  const back = await blazor?.reconnect?.().catch(() => undefined);
  if (back === false) location.reload();
}
