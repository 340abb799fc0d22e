using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// The runs that are not over yet and the safety lever, as they are now. A change holds at once, for everybody; <see cref="RunRecords"/> brings it to
/// the disk.
/// </summary>
internal sealed class RunBook(RunFeed feed)
{
    private const int MaxRecent = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Actor, string Experiment, string Token), string> _tokens = [];
    private ImmutableList<Run> _recent = [];
    private SafetyLever _lever = SafetyLever.Disengaged;
    private long _leverRevision;

    public RunSnapshot Now => feed.Current;

    /// <summary>Whether what is on disk was taken over; before that nothing may start.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>A run that is not over, or whose end is not on disk yet, or that ended lately.</summary>
    public Run? Find(string id)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(id, out var entry) ? entry.Run : _recent.Find(run => run.Id == id);
        }
    }

    /// <summary>A run that is not over, or whose end is not on disk yet: what the store says of it may be old.</summary>
    public Run? FindLive(string id) => Entry(id)?.Run;

    /// <summary>The run that a client launched before under the same token.</summary>
    public string? FindByToken(string actor, string experiment, string? token)
    {
        lock (_lock)
        {
            return token is null ? null : _tokens.GetValueOrDefault((actor, experiment, token));
        }
    }

    /// <summary>Takes over what is on disk.</summary>
    public void Load(IEnumerable<Stored<Run>> runs, Stored<SafetyLever>? lever)
    {
        lock (_lock)
        {
            foreach (var stored in runs)
            {
                Remember(stored.Value);
                if (!stored.Value.IsOver)
                {
                    _entries.TryAdd(stored.Id, new RunEntry(stored));
                }
                else
                {
                    _recent = _recent.RemoveAll(run => run.Id == stored.Id).Add(stored.Value);
                }
            }

            _recent = [.. _recent.OrderByDescending(run => run.Id, StringComparer.Ordinal).Take(MaxRecent)];
            _lever = _lever.Engaged ? _lever : lever?.Value ?? _lever;
            _leverRevision = lever?.Revision ?? 0;
            IsLoaded = true;
            Publish();
        }
    }

    /// <summary>Takes in what another replica may have written.</summary>
    /// <param name="stored">The run as it is on disk.</param>
    /// <param name="anew">What this replica knows beyond the disk counts no more, but for halts: it has ceased to lead.</param>
    public void Take(Stored<Run> stored, bool anew = false)
    {
        lock (_lock)
        {
            Remember(stored.Value);
            if (!_entries.TryGetValue(stored.Id, out var entry))
            {
                if (stored.Value.IsOver)
                {
                    _recent = [.. _recent.RemoveAll(run => run.Id == stored.Id).Add(stored.Value).OrderByDescending(run => run.Id, StringComparer.Ordinal).Take(MaxRecent)];
                }
                else
                {
                    _entries.Add(stored.Id, new RunEntry(stored));
                }
            }
            else if (stored.Value.IsOver)
            {
                TakeOver(stored.Id, entry, stored.Value);
            }
            else if (anew || stored.Revision > entry.Revision)
            {
                entry.Run = RunMerge.Join(anew ? entry.Run with { Term = -1 } : entry.Run, stored.Value);
                entry.Revision = stored.Revision;
                entry.Late &= !anew || entry.Run.HaltRequestedAt != stored.Value.HaltRequestedAt;
            }
            else
            {
                return;
            }

            Publish();
        }
    }

    /// <summary>Shows a run as the leader has it in hand; what is on disk may be a step behind.</summary>
    public void Follow(Run live)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(live.Id, out var entry))
            {
                entry.Run = RunMerge.Follow(live, entry.Run);
                Publish();
            }
        }
    }

    /// <summary>Changes a run, for everybody at once.</summary>
    /// <param name="id">The run.</param>
    /// <param name="change">The run as it shall be; <see langword="null"/> to leave it as it is.</param>
    /// <returns>The run as it is now, or <see langword="null"/> if nothing was changed.</returns>
    public Run? Change(string id, Func<Run, Run?> change)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry) || entry.Run.IsOver || change(entry.Run) is not { } changed)
            {
                return null;
            }

            entry.Run = changed;
            if (changed.IsOver)
            {
                _recent = [.. _recent.Insert(0, changed).Take(MaxRecent)];
            }

            Publish();
            return changed;
        }
    }

    /// <summary>Shows a run that is over as it now is on disk.</summary>
    public void Refresh(Run over)
    {
        lock (_lock)
        {
            _recent = [.. _recent.Select(run => run.Id == over.Id ? over : run)];
            Publish();
        }
    }

    public void MoveLever(SafetyLever lever)
    {
        lock (_lock)
        {
            _lever = lever;
            Publish();
        }
    }

    /// <summary>Moves the lever as another replica has written it.</summary>
    public void TakeLever(Stored<SafetyLever> stored)
    {
        lock (_lock)
        {
            if (stored.Revision > _leverRevision)
            {
                _leverRevision = stored.Revision;
                _lever = stored.Value;
                Publish();
            }
        }
    }

    /// <summary>What is kept of a run that is not over, or whose end is not on disk yet.</summary>
    public RunEntry? Entry(string id)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(id);
        }
    }

    /// <summary>The runs of which the disk is behind.</summary>
    public IReadOnlyList<KeyValuePair<string, RunEntry>> Late()
    {
        lock (_lock)
        {
            return [.. _entries.Where(pair => pair.Value.Late)];
        }
    }

    /// <summary>Enters a run that has just been written.</summary>
    /// <returns><see langword="false"/> if the lever was engaged, or another run entered, meanwhile: then the run must not go on.</returns>
    public bool Enter(Stored<Run> stored)
    {
        var run = stored.Value;
        lock (_lock)
        {
            if (run.IsOver)
            {
                _recent = [.. _recent.Insert(0, run).Take(MaxRecent)];
                Publish();
                return true;
            }

            // It may have been heard of already, from the leader who has just taken it up.
            var mayGoOn = run.Experiment.CanLaunch(Snapshot(except: run.Id), out _);
            _entries.TryAdd(run.Id, new RunEntry(stored));
            Remember(run);
            Publish();
            return mayGoOn;
        }
    }

    /// <summary>Notes what the timeline has been told.</summary>
    public void NoteTold(RunEntry entry, TimelineEvent change)
    {
        lock (_lock)
        {
            entry.Run = entry.Run.Telling(change);
        }
    }

    /// <summary>The run with the term of the leader that writes it.</summary>
    public Run Signed(RunEntry entry, long term)
    {
        lock (_lock)
        {
            if (term > entry.Run.Term)
            {
                entry.Run = entry.Run with { Term = term };
            }

            return entry.Run;
        }
    }

    /// <summary>Brings together what is known here and what is on disk.</summary>
    public void Join(RunEntry entry, Run theirs)
    {
        lock (_lock)
        {
            entry.Run = RunMerge.Join(entry.Run, theirs);
            Publish();
        }
    }

    /// <summary>Another console on the same store has closed the run: what is over stays as it ended.</summary>
    public void TakeOver(string id, RunEntry entry, Run over)
    {
        lock (_lock)
        {
            entry.Run = over;
            _entries.Remove(id);
            _recent = [.. _recent.RemoveAll(run => run.Id == id).Insert(0, over).Take(MaxRecent)];
            Publish();
        }
    }

    /// <summary>Lets go of a run that is over and on disk, unless it has changed since it was written.</summary>
    public void Forget(string id, Run saved)
    {
        lock (_lock)
        {
            if (saved.IsOver && ReferenceEquals(_entries.GetValueOrDefault(id)?.Run, saved))
            {
                _entries.Remove(id);
            }
        }
    }

    private void Remember(Run run)
    {
        if (run.ClientToken is { } token && run.State != RunState.Refused)
        {
            _tokens[(run.RequestedBy, run.Experiment.Id, token)] = run.Id;
        }
    }

    private RunSnapshot Snapshot(string? except = null) => new(
        [.. _entries.Values.Select(entry => entry.Run).Where(run => !run.IsOver && run.Id != except).OrderBy(run => run.Id, StringComparer.Ordinal)], _recent, _lever);

    private void Publish() => feed.Publish(Snapshot());
}
