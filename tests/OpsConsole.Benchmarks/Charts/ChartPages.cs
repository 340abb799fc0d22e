using System.Globalization;

namespace OpsConsole.Benchmarks.Charts;

/// <summary>The same eight charts of the same size, drawn by the console's elements and by uPlot as it comes.</summary>
internal static class ChartPages
{
    public const int Charts = 8;

    public static string[] Signs { get; } = ["latencyMean", "latencyP50", "latencyP95", "latencyP99", "throughput"];

    public static string Ours { get; } = Page(
        """<script type="module" src="/assets/console.js"></script>""",
        string.Concat(Enumerable.Range(0, Charts).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"""<ops-chart service="s{i}" signs="{string.Join(',', Signs)}" window="3600" heading="Chart {i}"></ops-chart>"""))),
        // A tick is a change of the first chart's canvas; counted without touching it.
        "let last = ''; setInterval(() => { const now = document.querySelector('.chart-value')?.textContent ?? ''; if (now !== last) { last = now; window.ticks++; } }, 500);");

    public static string Plain { get; } = Page(
        """<link rel="stylesheet" href="/uplot/uPlot.min.css"><script src="/uplot/uPlot.iife.min.js"></script>""",
        string.Concat(Enumerable.Repeat("<div class=\"plain\"></div>", Charts)),
        """
        const colors = ['#56b4e9', '#e69f00', '#d58cb6', '#2fb98d', '#f0e442'];
        const n = 3600, start = Math.floor(Date.now() / 1000) - n;
        const charts = [...document.querySelectorAll('.plain')].map(host => {
          const data = [Array.from({ length: n }, (_, i) => start + i), ...colors.map((_, s) => Array.from({ length: n }, (_, i) => 60 + 30 * Math.sin(i / 240 + s) + 25 * Math.random()))];
          return { data, plot: new uPlot({ width: 690, height: 176, series: [{}, ...colors.map(stroke => ({ stroke }))] }, data, host) };
        });
        setInterval(() => {
          for (const { data, plot } of charts) {
            data[0].shift(); data[0].push(data[0].at(-1) + 1);
            for (let s = 1; s < data.length; s++) { data[s].shift(); data[s].push(60 + 30 * Math.sin(data[0].at(-1) / 240 + s) + 25 * Math.random()); }
            plot.setData(data);
          }
          window.ticks++;
        }, 1000);
        """);

    private static string Page(string head, string body, string script) =>
        $$"""
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>charts</title>
        <link rel="stylesheet" href="/assets/console-styles.css">{{head}}
        <style>main { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; } .plain { height: 230px; }</style></head>
        <body><main>{{body}}</main><script>window.ticks = 0; {{script}}</script></body></html>
        """;
}
