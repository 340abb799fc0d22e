using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>
/// What shall go wrong, and for whom. Calls are named as IAM names them: <c>fis:StartExperiment</c>, <c>cloudwatch:*</c>, <c>*</c>.
/// </summary>
/// <param name="time">The server's clock, for faults that last.</param>
internal sealed class Faults(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);
    private readonly List<(string Calls, Fault Fault, int Left, DateTimeOffset Until)> _planned = [];
    private readonly Dictionary<string, int> _rates = new(StringComparer.Ordinal);
    private readonly List<(string Permission, DateTimeOffset At)> _recent = [];

    /// <summary>How far the server's clock is ahead of the callers' when it judges signatures; beyond five minutes it refuses them.</summary>
    public TimeSpan ClockSkew { get; set; }

    /// <summary>Whether the callers' credentials have run out.</summary>
    public bool CredentialsExpired { get; set; }

    /// <summary>Refuses calls for lack of permission, until <see cref="Allow"/>.</summary>
    /// <param name="calls">Which calls.</param>
    public void Deny(string calls)
    {
        lock (_gate)
        {
            _denied.Add(calls);
        }
    }

    /// <summary>Takes back a <see cref="Deny"/> of the same name.</summary>
    /// <param name="calls">Which calls.</param>
    public void Allow(string calls)
    {
        lock (_gate)
        {
            _denied.Remove(calls);
        }
    }

    /// <summary>Answers calls with an error, so many times; a retry of the SDK counts as one.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="status">The HTTP status, such as 500, 503 or 429.</param>
    /// <param name="times">How many times; then the service is well again.</param>
    /// <param name="code">The error's code.</param>
    public void Fail(string calls, int status, int times = 1, string code = "ServiceUnavailable") => Plan(calls, new Fault.Refuse(status, code), times);

    /// <summary>Answers calls that they come too fast, so many times.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="times">How many times.</param>
    public void Throttle(string calls, int times = 1) => Plan(calls, new Fault.Throttle(), times);

    /// <summary>Answers calls that they come too fast, for so long by the server's clock.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="duration">How long.</param>
    public void ThrottleFor(string calls, TimeSpan duration) => Plan(calls, new Fault.Throttle(), int.MaxValue, time.GetUtcNow() + duration);

    /// <summary>Answers that calls come too fast when more than so many came within a second of the server's clock.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="perSecond">How many may come.</param>
    public void LimitRate(string calls, int perSecond)
    {
        lock (_gate)
        {
            _rates[calls] = perSecond;
        }
    }

    /// <summary>
    /// Cuts the connection of calls before they are carried out. The SDK takes that for a stale connection and asks again, up to ten times beside
    /// its retries (<c>MaxStaleConnectionRetries</c>).
    /// </summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="times">How many times.</param>
    public void Drop(string calls, int times = 1) => Plan(calls, new Fault.Drop(), times);

    /// <summary>Forgets the token of a page that is asked for, so that the service refuses it.</summary>
    /// <param name="calls">Which calls.</param>
    public void LoseToken(string calls) => Plan(calls, new Fault.LoseToken(), 1);

    /// <summary>Answers the next call for a further page with an empty page that leads on.</summary>
    /// <param name="calls">Which calls.</param>
    public void EmptyPage(string calls) => Plan(calls, new Fault.EmptyPage(), 1);

    /// <summary>Carries calls out and cuts the connection in the middle of the answer; the SDK asks again as after <see cref="Drop"/>.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="times">How many times.</param>
    public void CutAnswer(string calls, int times = 1) => Plan(calls, new Fault.Cut(), times);

    /// <summary>Changes answers on their way.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="change">Changes the answer.</param>
    /// <param name="times">How many times.</param>
    public void Rewrite(string calls, Action<JsonObject> change, int times = int.MaxValue) => Plan(calls, new Fault.Rewrite(change), times);

    /// <summary>Puts a value that no model knows into every member of the answers that is an enumeration.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="value">The value.</param>
    /// <param name="times">How many times.</param>
    public void UnknownValues(string calls, string value = "from-the-future", int times = int.MaxValue) =>
        Rewrite(calls, answer => Enumerations.Replace(answer, value), times);

    /// <summary>Keeps calls waiting before they are carried out.</summary>
    /// <param name="calls">Which calls.</param>
    /// <returns>Lets them go.</returns>
    public Held Hold(string calls)
    {
        var held = new Held();
        Plan(calls, new Fault.Wait(held), int.MaxValue);
        return held;
    }

    /// <summary>All is well again: nothing is denied, nothing fails.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _denied.Clear();
            _planned.Clear();
            _rates.Clear();
            ClockSkew = default;
            CredentialsExpired = false;
        }
    }

    internal bool IsDenied(string permission)
    {
        lock (_gate)
        {
            return _denied.Any(calls => Fits(calls, permission));
        }
    }

    /// <summary>The faults of the call that has come, in the order in which they were planned; each is used up by one.</summary>
    /// <param name="permission">What the call asks for.</param>
    /// <param name="isFurtherPage">Whether it carries the token of a page.</param>
    internal IReadOnlyList<Fault> Next(string permission, bool isFurtherPage)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            List<Fault> found = [];
            for (var i = 0; i < _planned.Count; i++)
            {
                var (calls, fault, left, until) = _planned[i];
                if (left > 0 && now < until && Fits(calls, permission) && (isFurtherPage || fault is not (Fault.LoseToken or Fault.EmptyPage)))
                {
                    found.Add(fault);
                    _planned[i] = (calls, fault, left == int.MaxValue ? left : left - 1, until);
                    if (fault is Fault.Refuse or Fault.Throttle or Fault.Drop)
                    {
                        break;
                    }
                }
            }
            _planned.RemoveAll(plan => plan.Left == 0 || plan.Until <= now);
            if (IsTooFast(permission, now))
            {
                found.Add(new Fault.Throttle());
            }
            return found;
        }
    }

    private bool IsTooFast(string permission, DateTimeOffset now)
    {
        if (_rates.Count == 0)
        {
            return false;
        }
        _recent.RemoveAll(call => call.At <= now - TimeSpan.FromSeconds(1));
        var tooFast = _rates.Any(rate => Fits(rate.Key, permission) && _recent.Count(call => Fits(rate.Key, call.Permission)) >= rate.Value);
        if (!tooFast)
        {
            _recent.Add((permission, now));
        }
        return tooFast;
    }

    private void Plan(string calls, Fault fault, int times, DateTimeOffset? until = null)
    {
        lock (_gate)
        {
            _planned.Add((calls, fault, times, until ?? DateTimeOffset.MaxValue));
        }
    }

    private static bool Fits(string calls, string permission) =>
        calls == permission || calls == "*" || (calls.EndsWith(":*", StringComparison.Ordinal) && permission.StartsWith(calls[..^1], StringComparison.Ordinal));
}
