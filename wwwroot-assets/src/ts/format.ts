/** How times, ages and figures are written. Pure. */
export type WrittenZone = 'utc' | 'local';

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

interface Parts {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

function offset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export function timeParts(ms: number, zone: WrittenZone): Parts {
  const at = new Date(ms);
  return zone === 'utc'
    ? {
        date: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
        time: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`,
        zone: 'Z',
      }
    : {
        date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
        time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
        zone: ` ${offset(at)}`,
      };
}

/** Today's times without the date, older ones with it; the zone always. */
export function writeTime(ms: number, zone: WrittenZone, nowMs: number): string {
  const at = timeParts(ms, zone);
  return at.date === timeParts(nowMs, zone).date ? `${at.time}${at.zone}` : `${at.date} ${at.time}${at.zone}`;
}

/** A length of time in the two largest units: 8 s, 3 min 5 s, 2 h 4 min, 3 d 1 h. */
export function writeLength(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.floor(s / 60);
  if (s < 86400) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.floor(s / 3600);
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A countdown: 0:42, 12:05, 1:00:00. */
export function writeCountdown(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  const tail = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${tail}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}
