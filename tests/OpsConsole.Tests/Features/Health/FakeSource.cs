using OpsConsole.Core.Health;

namespace OpsConsole.Tests.Features.Health;

/// <summary>A health source that says what it is told to.</summary>
internal sealed class FakeSource(TimeProvider time) : IHealthSource
{
    private volatile SourceReading[] _readings = [];

    public string Name => "fake";

    public Exception? Problem { get; set; }

    public bool Hangs { get; set; }

    /// <summary>Reports now; what is not reported again stays as it is and grows old.</summary>
    public void Report(params (string Service, double ErrorRate)[] services) => _readings =
    [
        .. services.Select(service => new SourceReading
        {
            Service = service.Service,
            Environment = "test",
            At = time.GetUtcNow(),
            Period = TimeSpan.FromSeconds(1),
            Signs = new VitalSigns(ErrorRate: service.ErrorRate, Throughput: 0),
        }),
    ];

    public async ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, CancellationToken.None);
        }

        return Problem is null ? _readings : throw Problem;
    }
}
