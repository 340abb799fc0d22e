/**
 * The theme. It is kept in a cookie, so the server writes it into the first byte of the page: no flash, and no script in the head.
 * Charts listen to the event, because a canvas does not follow CSS.
 */
export type Theme = 'dark' | 'light';

export const themeChanged = 'opsconsole:theme';

export const currentTheme = (): Theme => (document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');

export function setTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  document.cookie = `opsconsole-theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  document.dispatchEvent(new CustomEvent(themeChanged));
}

document.addEventListener('click', event => {
  if (event.target instanceof Element && event.target.closest('[data-action="toggle-theme"]')) {
    setTheme(currentTheme() === 'dark' ? 'light' : 'dark');
  }
});
