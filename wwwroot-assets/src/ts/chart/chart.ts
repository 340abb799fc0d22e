import type uPlot from 'uplot';
import { writeTime } from '../format';
import { datasetFor, type Dataset } from '../live/dataset';
import { hub } from '../live/hub';
import { marksOf, onMarks, readMarks } from '../live/marks';
import { framesBehind, onPause, pausedAtSeconds } from '../live/pause';
import { signs, writeSign, type TimelineEntry } from '../live/wire';
import { everySecond } from '../shell/clock';
import { themeChanged } from '../shell/theme';
import { currentZone, onZoneChange } from '../shell/zone';
import { cluster } from './cluster';
import { settle, spread } from './ends';
import { forget, requestDraw, type Drawable } from './frames';
import { ChartFrame } from './markup';
import { paintEnds, paintLimits, paintMarks, paintZone, readPalette, type Palette } from './paint';
import { makePlot } from './plot';
import { topFor } from './scale';
import { readSettings, type ChartSettings } from './settings';
import { standingOf, type ChartStanding } from './standing';
import { writeRows } from './table';
import { sameBox, traceBoxOf, type TraceBox } from './trace-canvas';
import { makeTraces, type Traces } from './traces';

const markGap = 36;
const nameHeight = 12;
const framesMayRestMs = 1_800;

let palette: Palette | undefined;
document.addEventListener(themeChanged, () => (palette = undefined));

/**
 * `<ops-chart service signs window limits heading run>`, or with `from` and `to` a stretch of the past: signs of a service, live.
 */
export class OpsChart extends HTMLElement implements Drawable {
  static readonly observedAttributes = ['service', 'signs', 'window', 'limits', 'heading', 'from', 'to', 'run'];

  readonly #frame = new ChartFrame(() => requestDraw(this));
  #stops: (() => void)[] = [];
  #settings: ChartSettings = readSettings(() => null);
  #plot: uPlot | undefined;
  #traces: Traces | undefined;
  #box: TraceBox | undefined;
  #step = 0;
  #dataset: Dataset | undefined;
  #unwatch: (() => void) | undefined;
  #marks: readonly TimelineEntry[] = [];
  #groupXs: readonly number[] = [];
  #eventXs: readonly number[] = [];
  #ends: readonly number[] = [];
  #top = 0;
  #drawnEnd = NaN;
  #blank = false;
  #standing: ChartStanding | undefined;
  #dirty = true;
  #onScreen = false;
  #changing = false;

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
    const repaint = (): void => {
      this.#dirty = true;
      requestDraw(this);
    };
    document.addEventListener(themeChanged, rebuild);
    this.#stops = [
      () => seen.disconnect(),
      () => sized.disconnect(),
      () => document.removeEventListener(themeChanged, rebuild),
      hub.on('frame', frame => frame.service === this.#settings.service && this.#moves && redraw()),
      onMarks(redraw),
      onPause(() => {
        this.#second();
        if (this.#moves) redraw();
      }),
      onZoneChange(repaint),
    ];
    this.#rebuild();
    this.#stops.push(everySecond(() => this.#second()));
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    forget(this);
    this.#unwatch?.();
    this.#plot?.destroy();
    this.#plot = this.#dataset = this.#unwatch = undefined;
  }

  /** Attributes that change together build the chart anew once. */
  attributeChangedCallback(): void {
    if (this.#plot === undefined || this.#changing) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      if (this.#plot !== undefined) this.#rebuild();
    });
  }

  #rebuild(): void {
    palette ??= readPalette();
    const settings = (this.#settings = readSettings(name => this.getAttribute(name)));
    this.#plot?.destroy();
    this.#box = this.#traces = undefined;
    this.#top = 0;
    this.#frame.describe(settings.heading, settings.keys);
    this.#plot = makePlot(this.#frame.plot, palette, settings.window, settings.keys.length > 1 ? 38 : 12, {
      paint: plot => this.#paint(plot),
      cursorMoved: () => this.#showValues(),
      resized: () => requestDraw(this),
    });
    this.#watch();
    void readMarks((settings.fixed?.from ?? this.#end() - settings.window) * 1000);
    this.#second();
    // At once, so that no axis of nothing is ever seen.
    this.draw();
  }

  /** Takes the data that belong to what is shown: live, or of the past when the view was paused long ago. */
  #watch(): void {
    const { service, window, fixed } = this.#settings;
    const dataset = datasetFor(service, window, this.#plot!.width, fixed, pausedAtSeconds());
    if (dataset === this.#dataset) return;
    this.#unwatch?.();
    this.#dataset = dataset;
    this.#unwatch = dataset.onChange(() => {
      this.#showStanding();
      requestDraw(this);
    });
  }

  draw(): void {
    const plot = this.#plot;
    const dataset = this.#dataset;
    if (plot === undefined || dataset === undefined) return;
    const traces = this.#fit(plot, dataset.buckets.step);
    const { keys, limits } = this.#settings;
    this.#drawnEnd = this.#end();
    const largest = traces.read(dataset.buckets, this.#drawnEnd);
    this.#top = topFor(largest, limits.map(limit => limit.value), Math.max(0, ...keys.map(key => signs[key].floor)), this.#top);
    traces.draw(this.#top);
    const ends = traces.ends();
    this.#blank = ends.every(Number.isNaN);
    this.#drawAround(plot, traces, ends);
    this.#showStanding();
    this.#showValues();
    this.#frame.table(() => writeRows(keys, traces));
  }

  /** The traces as large as the plot is, with the pixels that the screen has now. */
  #fit(plot: uPlot, step: number): Traces {
    const box = traceBoxOf(plot);
    if (this.#traces !== undefined && step === this.#step && sameBox(box, this.#box!)) return this.#traces;
    const { keys, window } = this.#settings;
    const { series } = palette!;
    const fill = keys.length === 1 ? `color-mix(in srgb, ${series[0]} 12%, transparent)` : undefined;
    const traces = makeTraces(keys, window, step, box, { colors: series, fill });
    traces.element.style.left = `${(box.left - plot.bbox.left) / box.ratio}px`;
    traces.element.style.top = `${(box.top - plot.bbox.top) / box.ratio}px`;
    plot.under.replaceChildren(traces.element);
    this.#box = box;
    this.#step = step;
    this.#dirty = true;
    return (this.#traces = traces);
  }

  /** Axes, limits, marks and names are drawn anew only when they stand elsewhere than before. */
  #drawAround(plot: uPlot, traces: Traces, values: readonly number[]): void {
    const { ratio, height } = this.#box!;
    const tall = height / ratio;
    const wanted = values.length < 2 ? [] : spread(values.map(value => (1 - value / this.#top) * tall), nameHeight, tall);
    const ends = settle(this.#ends, wanted, 4);
    const marks = marksOf(this.#settings.service);
    const { x, y } = plot.scales;
    const still = !this.#dirty && ends === this.#ends && marks === this.#marks
      && x!.min === traces.from && x!.max === traces.to && y!.max === this.#top;
    if (still) return;
    this.#ends = ends;
    this.#marks = marks;
    this.#dirty = false;
    this.#placeMarks(plot, traces);
    plot.batch(() => {
      plot.setData([[traces.from, traces.to]], false);
      plot.setScale('x', { min: traces.from, max: traces.to });
      plot.setScale('y', { min: 0, max: this.#top });
    });
  }

  #paint(plot: uPlot): void {
    if (this.#traces === undefined) return;
    const { keys, limits } = this.#settings;
    paintMarks(plot, palette!, this.#groupXs, this.#eventXs);
    paintLimits(plot, palette!, limits);
    paintEnds(plot, palette!, keys.map(key => signs[key].short), this.#ends);
    paintZone(plot, palette!, this.#traces.to * 1000);
  }

  #placeMarks(plot: uPlot, { from, to }: Traces): void {
    const width = plot.bbox.width / devicePixelRatio;
    const placed = this.#marks
      .map(item => ({ x: ((Date.parse(item.at) / 1000 - from) / (to - from)) * width, item }))
      .filter(mark => mark.x >= 0 && mark.x <= width);
    const groups = cluster(placed, markGap);
    this.#groupXs = groups.map(group => group.x);
    this.#eventXs = placed.map(mark => mark.x);
    this.#frame.showMarks(groups, plot.bbox.left / devicePixelRatio, width, this.#settings.run);
  }

  get #moves(): boolean {
    return this.#settings.fixed === undefined && pausedAtSeconds() === undefined;
  }

  /** The right edge: now by the console's clock, or where the view was paused. */
  #end(): number {
    return this.#settings.fixed?.to ?? pausedAtSeconds() ?? Math.floor(hub.now() / 1000);
  }

  /** Under the cursor the values of its time, else the newest. */
  #showValues(): void {
    const traces = this.#traces;
    const plot = this.#plot;
    if (traces === undefined || plot === undefined) return;
    const { keys, service } = this.#settings;
    const left = plot.cursor.left ?? -1;
    const under = left < 0 ? undefined : traces.indexAt(plot.posToVal(left, 'x'));
    const index = under ?? (this.#moves ? undefined : traces.indexAt(this.#drawnEnd));
    const values = index === undefined ? undefined : traces.valuesAt(index);
    const newest = hub.services.get(service);
    this.#frame.showValues(keys.map((key, i) => writeSign(key, values === undefined ? newest?.[key] : values[i])));
    if (under === undefined) {
      this.#frame.showCursor(undefined, 0);
    } else {
      const at = writeTime(traces.secondAt(under) * 1000, currentZone(), hub.now());
      this.#frame.showCursor(traces.resolution < 2 ? at : `${at} highest`, plot.bbox.left / devicePixelRatio + left);
    }
  }

  #second(): void {
    if (this.#plot === undefined) return;
    this.#watch();
    this.#showStanding();
    // Without frames nothing else would move the chart, and its gap would not be seen to grow.
    const resting = performance.now() - hub.framedAt > framesMayRestMs;
    if ((resting || !this.#moves) && this.#end() !== this.#drawnEnd) requestDraw(this);
  }

  #showStanding(): void {
    const standing = standingOf({
      history: this.#dataset?.state ?? 'loading',
      past: this.#settings.fixed !== undefined,
      behind: pausedAtSeconds() === undefined ? undefined : framesBehind(),
      newest: hub.services.get(this.#settings.service),
      silentFor: hub.link === 'connecting' ? 0 : (performance.now() - hub.framedAt) / 1000,
      // What is out of sight is not drawn, and says nothing of itself.
      blank: this.#onScreen && this.#blank,
    });
    const shown = this.#standing;
    if (standing.state === shown?.state && standing.word === shown.word && standing.note === shown.note) return;
    this.#standing = standing;
    this.dataset['state'] = standing.state;
    this.#frame.showState(standing.word, standing.note);
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#frame.plot;
    if (this.#plot === undefined || clientWidth < 40 || (clientWidth === this.#plot.width && clientHeight === this.#plot.height)) return;
    this.#plot.setSize({ width: clientWidth, height: clientHeight });
    this.#watch();
    requestDraw(this);
  }
}

customElements.define('ops-chart', OpsChart);
