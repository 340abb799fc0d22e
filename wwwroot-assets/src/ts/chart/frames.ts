/** One redraw a tick for every chart of the page, in one animation frame; what is off the screen is not drawn until it is seen. */
export interface Drawable {
  readonly visible: boolean;
  draw(): void;
}

const waiting = new Set<Drawable>();
let scheduled = false;

export function requestDraw(drawable: Drawable): void {
  waiting.add(drawable);
  if (scheduled || !drawable.visible) return;
  scheduled = true;
  requestAnimationFrame(drawAll);
}

export function forget(drawable: Drawable): void {
  waiting.delete(drawable);
}

function drawAll(): void {
  scheduled = false;
  for (const drawable of waiting) {
    if (!drawable.visible) continue;
    waiting.delete(drawable);
    drawable.draw();
  }
}
