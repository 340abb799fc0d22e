import uPlot from 'uplot';
import { timeParts, writeLength, writeTime } from '../format';
import { stepFor } from '../live/buckets';
import { Dataset, liveDataset } from '../live/dataset';
import { judge } from '../live/freshness';
import { hub } from '../live/hub';
import { marksOf, onMarks, readMarks } from '../live/marks';
import { framesBehind, onPause, pausedAtSeconds } from '../live/pause';
import { isSign, signs, writeSign, type SignKey } from '../live/wire';
import { everySecond } from '../shell/clock';
import { themeChanged } from '../shell/theme';
import { currentZone, onZoneChange } from '../shell/zone';
import { cluster } from './cluster';
import { forget, requestDraw, type Drawable } from './frames';
import { ChartFrame } from './markup';
import { paintEnds, paintLimits, paintMarks, readPalette, tracePath, type Palette } from './paint';
import { largestOf, topFor } from './scale';

const timeSteps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const markGap = 16;
const cursorGroup = 'opsconsole';

let palette: Palette | undefined;
document.addEventListener(themeChanged, () => (palette = undefined));

/** The arrays of one sign that are drawn. */
interface Trace {
  readonly key: SignKey;
  readonly max: Float32Array;
  readonly min: Float32Array;
}

/**
 * `<ops-chart service signs window limits heading run height>`, or with `from` and `to` a stretch of the past: signs of a service, live.
 */
export class OpsChart extends HTMLElement implements Drawable {
  static readonly observedAttributes = ['service', 'signs', 'window', 'limits', 'heading', 'from', 'to', 'run'];

  readonly #frame = new ChartFrame();
  #stops: (() => void)[] = [];
  #plot: uPlot | undefined;
  #dataset: Dataset | undefined;
  #traces: Trace[] = [];
  #xs = new Float64Array(0);
  #limits: { readonly key: SignKey; readonly value: number; readonly label: string }[] = [];
  #markXs: number[] = [];
  #top = 0;
  #onScreen = false;
  #built = false;
  #word: string | undefined;

  get visible(): boolean {
    return this.#onScreen;
  }

  connectedCallback(): void {
    hub.start();
    this.#frame.mount(this);
    const seen = new IntersectionObserver(([entry]) => {
      this.#onScreen = entry?.isIntersecting ?? false;
      if (this.#onScreen) requestDraw(this);
    }, { rootMargin: '80px' });
    seen.observe(this);
    const sized = new ResizeObserver(() => this.#resize());
    sized.observe(this.#frame.plot);
    const redraw = (): void => requestDraw(this);
    const rebuild = (): void => this.#rebuild();
    document.addEventListener(themeChanged, rebuild);
    this.#stops = [
      () => seen.disconnect(),
      () => sized.disconnect(),
      () => document.removeEventListener(themeChanged, rebuild),
      hub.on('frame', frame => frame.service === this.service && redraw()),
      onMarks(redraw),
      onPause(() => (this.#showState(), redraw())),
      onZoneChange(redraw),
      everySecond(() => this.#second()),
    ];
    this.#built = true;
    this.#rebuild();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#built = false;
    forget(this);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  attributeChangedCallback(): void {
    if (this.#built) this.#rebuild();
  }

  get service(): string {
    return this.getAttribute('service') ?? '';
  }

  get #windowSeconds(): number {
    const fixed = this.#fixed;
    if (fixed !== undefined) return Math.max(60, fixed.to - fixed.from);
    const given = Number(this.getAttribute('window'));
    return given >= 60 ? Math.min(given, 86_400) : 300;
  }

  get #fixed(): { readonly from: number; readonly to: number } | undefined {
    const from = Date.parse(this.getAttribute('from') ?? '') / 1000;
    const to = Date.parse(this.getAttribute('to') ?? '') / 1000;
    return from < to ? { from, to } : undefined;
  }

  #rebuild(): void {
    palette ??= readPalette();
    this.#plot?.destroy();
    const keys = (this.getAttribute('signs') ?? '').split(',').map(key => key.trim()).filter(isSign);
    this.#limits = (this.getAttribute('limits') ?? '').split(',').flatMap(limit => {
      const [key, value] = limit.split(':').map(part => part.trim());
      return key !== undefined && isSign(key) && Number(value) > 0
        ? [{ key, value: Number(value), label: `limit ${keys.length > 1 ? `${signs[key].short} ` : ''}${writeSign(key, Number(value))}` }]
        : [];
    });
    this.#dataset = this.#findDataset();
    this.#dataset.addEventListener('change', () => (this.#showState(), requestDraw(this)));
    const count = Math.ceil(this.#windowSeconds / this.#dataset.buckets.step) + 1;
    this.#xs = new Float64Array(count);
    this.#traces = keys.map(key => ({ key, max: new Float32Array(count), min: new Float32Array(count) }));
    this.#top = 0;
    this.#frame.describe(this.getAttribute('heading') ?? keys.map(key => signs[key].title).join(', '), keys);
    this.#plot = new uPlot(this.#options(keys), [this.#xs, ...this.#traces.map(trace => trace.max)] as unknown as uPlot.AlignedData, this.#frame.plot);
    void readMarks((this.#fixed?.from ?? hub.now() / 1000 - this.#windowSeconds) * 1000);
    this.#showState();
    requestDraw(this);
  }

  #findDataset(): Dataset {
    const fixed = this.#fixed;
    const paused = pausedAtSeconds();
    const window = this.#windowSeconds;
    // In steps of 480 pixels, so that charts of nearly the same width share their data.
    const step = stepFor(window, Math.ceil(Math.max(1, this.#frame.plot.clientWidth) / 480) * 480);
    if (fixed === undefined && (paused === undefined || hub.now() / 1000 - paused < window)) return liveDataset(this.service, window, step);
    const dataset = new Dataset(this.service, window, step, fixed ?? { from: paused! - window, to: paused! });
    void dataset.load();
    return dataset;
  }

  #options(keys: readonly SignKey[]): uPlot.Options {
    const { series, grid, muted, font } = palette!;
    const banded = this.#dataset!.buckets.step > 1;
    const dense = this.#xs.length > 400;
    const named = keys.length > 1;
    return {
      width: Math.max(80, this.#frame.plot.clientWidth),
      height: Math.max(80, this.#frame.plot.clientHeight),
      pxAlign: 0,
      legend: { show: false },
      padding: [14, named ? 34 : 12, 0, 0],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
        sync: { key: cursorGroup, setSeries: false, scales: ['x', null] },
      },
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      axes: [
        {
          stroke: muted, font: `11px ${font}`, size: 26, gap: 6, incrs: timeSteps, space: 84,
          grid: { stroke: grid, width: 1 }, ticks: { show: false },
          values: (_u, splits) => splits.map(at => this.#axisTime(at)),
        },
        {
          stroke: muted, font: `11px ${font}`, size: 46, gap: 6, space: 34,
          grid: { stroke: grid, width: 1 }, ticks: { show: false },
          values: (_u, splits) => splits.map(value => `${+value.toPrecision(6)}`),
        },
      ],
      series: [
        {},
        ...this.#traces.map((trace, index) => {
          const color = series[index % series.length]!;
          const area = !named && !dense;
          return {
            stroke: color,
            width: 1,
            fill: area ? `color-mix(in srgb, ${color} 11%, transparent)` : undefined,
            points: { show: false },
            paths: tracePath(trace.max, banded ? trace.min : undefined, area),
          } as uPlot.Series;
        }),
      ],
      hooks: {
        drawAxes: [u => paintMarks(u, palette!, this.#markXs)],
        draw: [u => {
          paintLimits(u, palette!, this.#limits);
          if (named) paintEnds(u, palette!, this.#traces.map(trace => ({ name: signs[trace.key].short, value: lastOf(trace.max) })));
        }],
        setCursor: [u => this.#showValues(u.cursor.idx ?? undefined)],
      },
    };
  }

  #axisTime(at: number): string {
    const { time } = timeParts(at * 1000, currentZone());
    return this.#windowSeconds <= 900 ? time : time.slice(0, 5);
  }

  draw(): void {
    const plot = this.#plot;
    const dataset = this.#dataset;
    if (plot === undefined || dataset === undefined || !this.#built) return;
    const { step } = dataset.buckets;
    const count = this.#xs.length;
    const end = this.#end();
    const first = Math.floor(end / step) - count + 1;
    for (let i = 0; i < count; i++) this.#xs[i] = (first + i) * step;
    let largest = 0;
    let floor = 0;
    for (const { key, max, min } of this.#traces) {
      dataset.buckets.read(key, 'max', first, count, max);
      if (step > 1) dataset.buckets.read(key, 'min', first, count, min);
      largest = Math.max(largest, largestOf(max, count));
      floor = Math.max(floor, signs[key].floor);
    }

    this.#top = topFor(largest, this.#limits.map(limit => limit.value), floor, this.#top);
    const from = end - this.#windowSeconds;
    this.#placeMarks(plot, from, end);
    plot.batch(() => {
      plot.setData(plot.data, false);
      plot.setScale('x', { min: from, max: end });
      plot.setScale('y', { min: 0, max: this.#top });
    });
    this.#showValues(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? undefined) : undefined);
    this.#frame.table(() => this.#rows());
  }

  /** The right edge: now by the console's clock, or where the view was paused. */
  #end(): number {
    return this.#fixed?.to ?? pausedAtSeconds() ?? Math.floor(hub.now() / 1000);
  }

  #placeMarks(plot: uPlot, from: number, end: number): void {
    const width = plot.bbox.width / devicePixelRatio;
    const placed = marksOf(this.service)
      .map(item => ({ x: ((Date.parse(item.at) / 1000 - from) / (end - from)) * width, item }))
      .filter(mark => mark.x >= 0 && mark.x <= width);
    this.#markXs = placed.map(mark => mark.x);
    this.#frame.showMarks(cluster(placed, markGap), plot.bbox.left / devicePixelRatio, width, this.getAttribute('run'));
  }

  #showValues(index: number | undefined): void {
    const at = index === undefined ? undefined : this.#xs[index];
    this.#frame.showValues(
      this.#traces.map(({ key, max }) => writeSign(key, index === undefined ? this.#newest(key, max) : max[index])),
      at === undefined ? undefined : writeTime(at * 1000, currentZone(), hub.now()));
  }

  #newest(key: SignKey, max: Float32Array): number | null | undefined {
    return this.#fixed !== undefined || pausedAtSeconds() !== undefined ? lastOf(max) : hub.services.get(this.service)?.[key];
  }

  #second(): void {
    this.#showState();
    // Without frames nothing else would move the chart, and its gap would not be seen to grow.
    if (performance.now() - hub.framedAt > 1_800) requestDraw(this);
  }

  #showState(): void {
    let word: string | undefined;
    let note: string | undefined;
    let state = 'fresh';
    if (this.#dataset?.state === 'failed') note = 'History unavailable, trying again';
    if (this.#dataset?.state === 'loading') state = 'loading';
    if (this.#fixed === undefined && pausedAtSeconds() !== undefined) {
      note = `Paused · ${framesBehind()} behind`;
      state = 'paused';
    } else if (this.#fixed === undefined) {
      const standing = judge(hub.services.get(this.service), hub.link === 'connecting' ? 0 : (performance.now() - hub.framedAt) / 1000);
      if (hub.link !== 'connecting' || this.#dataset?.state === 'ready') {
        word = standing.freshness === 'Fresh' || standing.freshness === 'Late'
          ? undefined
          : standing.age === undefined ? standing.word : `${standing.word} · ${writeLength(standing.age)} old`;
        if (standing.freshness === 'Late') note = 'Late';
        if (word !== undefined) state = standing.freshness.toLowerCase();
      }
    }

    this.dataset['state'] = state;
    if (word !== this.#word || note !== undefined || this.#frame.hasNote) this.#frame.showState(word, note);
    this.#word = word;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#frame.plot;
    if (this.#plot === undefined || clientWidth < 40 || (clientWidth === this.#plot.width && clientHeight === this.#plot.height)) return;
    this.#plot.setSize({ width: clientWidth, height: clientHeight });
    requestDraw(this);
  }

  /** A dozen rows over the window, for whoever reads rather than looks. */
  #rows(): string[][] {
    const count = this.#xs.length;
    const stride = Math.max(1, Math.floor(count / 12));
    const rows: string[][] = [];
    for (let end = count; end > 0 && rows.length < 12; end -= stride) {
      const begin = Math.max(0, end - stride);
      rows.push([
        writeTime(this.#xs[begin]! * 1000, currentZone(), hub.now()),
        ...this.#traces.map(({ key, max }) => {
          const part = max.subarray(begin, end).filter(value => value === value);
          return part.length === 0 ? 'no evidence' : writeSign(key, part.reduce((a, b) => Math.max(a, b)));
        }),
      ]);
    }

    return rows;
  }
}

function lastOf(values: Float32Array): number {
  for (let i = values.length - 1; i >= 0; i--) {
    if (!Number.isNaN(values[i]!)) return values[i]!;
  }

  return NaN;
}

customElements.define('ops-chart', OpsChart);
