/** Watches the numbers of a service's frames. Pure. */
export type Arrival = 'next' | 'gap' | 'old';

export class FrameOrder {
  #last = 0;

  /** The highest number seen. */
  get last(): number {
    return this.#last;
  }

  /** Says whether a frame follows its predecessor, leaves a gap behind it (then `after` says from where to refill) or is older than the newest. */
  arrived(sequence: number): { readonly arrival: Arrival; readonly after: number } {
    const after = this.#last;
    if (sequence <= after) return { arrival: 'old', after };
    this.#last = sequence;
    return { arrival: after !== 0 && sequence > after + 1 ? 'gap' : 'next', after };
  }
}
