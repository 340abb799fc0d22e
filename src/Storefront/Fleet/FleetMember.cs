namespace Storefront.Fleet;

/// <summary>One instance that is kept alive: started again whenever it ends, except while it is held down.</summary>
internal sealed partial class FleetMember(
    string name, StorefrontSettings settings, string dependencies, HttpClient probe, TimeProvider time, Action changed, ILogger logger)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private TaskCompletionSource _released = Done();
    private (int Id, Action Kill)? _running;
    private Uri? _address;

    public string Name => name;

    /// <summary>Where it answers; <see langword="null"/> while it does not.</summary>
    public Uri? Address => Volatile.Read(ref _address);

    public int? ProcessId
    {
        get
        {
            lock (_gate)
            {
                return _running?.Id;
            }
        }
    }

    /// <summary>Keeps it alive until the fleet ends.</summary>
    public async Task KeepAsync(CancellationToken ending)
    {
        var backoff = FirstBackoff;
        while (!ending.IsCancellationRequested)
        {
            await Released().WaitAsync(ending);
            var startedAt = time.GetTimestamp();
            await LiveOnceAsync(ending);
            if (ending.IsCancellationRequested)
            {
                return;
            }

            backoff = time.GetElapsedTime(startedAt) > Steady ? FirstBackoff : backoff;
            await Task.Delay(backoff, time, ending);
            backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, LongestBackoff.Ticks));
        }
    }

    /// <summary>Kills it and keeps it down.</summary>
    public void HoldDown()
    {
        lock (_gate)
        {
            if (_released.Task.IsCompleted)
            {
                _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Kill();
        }
    }

    /// <summary>Lets it come back, and waits until it answers.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _released.TrySetResult();
        }

        while (Address is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private Task Released()
    {
        lock (_gate)
        {
            return _released.Task;
        }
    }

    private async Task LiveOnceAsync(CancellationToken ending)
    {
        InstanceProcess process;
        lock (_gate)
        {
            if (!_released.Task.IsCompleted)
            {
                return;
            }

            process = new(name, settings, dependencies, line => LogLine(name, line));
            _running = (process.Id, process.Kill);
        }

        try
        {
            var exit = process.WaitForExitAsync(ending);
            await Task.WhenAny(process.Address, exit);
            if (process.Address.IsCompletedSuccessfully && await IsWellAsync(await process.Address, ending))
            {
                Become(await process.Address);
                LogUp(name, process.Id);
            }

            await exit;
        }
        catch (OperationCanceledException)
        {
            // The fleet ends.
        }
        finally
        {
            Become(null);
            lock (_gate)
            {
                Kill();
                _running = null;
                process.Dispose();
            }

            if (!ending.IsCancellationRequested)
            {
                LogDown(name);
            }
        }
    }

    private async Task<bool> IsWellAsync(Uri address, CancellationToken ending)
    {
        try
        {
            using var answer = await probe.GetAsync(new Uri(address, "/healthz"), ending);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Become(Uri? address)
    {
        Volatile.Write(ref _address, address);
        changed();
    }

    private void Kill()
    {
        try
        {
            _running?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} is up as process {Process}.")]
    private partial void LogUp(string instance, int process);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} is down.")]
    private partial void LogDown(string instance);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance}: {Line}")]
    private partial void LogLine(string instance, string line);
}
