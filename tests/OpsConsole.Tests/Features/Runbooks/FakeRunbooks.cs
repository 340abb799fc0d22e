using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Tests.Features.Runbooks;

/// <summary>An engine that starts one execution for one token and moves it when a test says so.</summary>
internal sealed class FakeRunbooks : IRunbookEngine
{
    private ImmutableSortedDictionary<string, Runbook> _runbooks = ImmutableSortedDictionary.Create<string, Runbook>(StringComparer.Ordinal);

    public string Name => "fake automation";

    public RunbookCatalog Catalog => new(_runbooks, Problems);

    public ImmutableArray<string> Problems { get; set; } = [];

    public TimeSpan LookEvery { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Every order that was sent, repeated ones too.</summary>
    public ConcurrentQueue<RunbookOrder> Orders { get; } = [];

    /// <summary>The executions by token.</summary>
    public ConcurrentDictionary<Guid, string> Started { get; } = [];

    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>Set: a start is carried out, but this is what the console hears.</summary>
    public Queue<RunbookStart> Answers { get; } = [];

    /// <summary>Set: a start waits for it before it is answered.</summary>
    public TaskCompletionSource? HoldStart { get; set; }

    /// <summary>What an execution is read as.</summary>
    public RunbookReading Reading { get; set; } = Read(RunbookState.InProgress);

    /// <summary>What a command is answered with.</summary>
    public RunbookCommand Command { get; set; } = RunbookCommand.Done;

    public static RunbookReading.Read Read(RunbookState state, params RunbookStep[] steps) =>
        new(state, state.ToString(), DateTimeOffset.UnixEpoch, state.IsFinal() ? DateTimeOffset.UnixEpoch.AddSeconds(30) : null, [.. steps], Failure: null);

    public static RunbookStep Approval(string name) => new(name, "aws:approve", RunbookState.Waiting)
    {
        Status = "Waiting",
        Approval = new(["arn:aws:iam::123456789012:role/on-call"], 1, "Scale up?"),
    };

    public FakeRunbooks Add(string name, params (string Name, string Value)[] parameters)
    {
        _runbooks = _runbooks.SetItem(name, new Runbook
        {
            Name = name,
            Title = $"Does {name}",
            Document = $"Doc-{name}",
            Version = "3",
            Parameters = parameters.ToImmutableSortedDictionary(parameter => parameter.Name, parameter => ImmutableArray.Create(parameter.Value), StringComparer.Ordinal),
            Source = "settings",
        });
        return this;
    }

    public async ValueTask<RunbookStart> StartAsync(RunbookOrder order, CancellationToken cancellationToken)
    {
        Orders.Enqueue(order);
        var answer = Answers.Count > 0 ? Answers.Dequeue() : null;
        if (answer is RunbookStart.Refused)
        {
            return answer;
        }

        var id = Started.GetOrAdd(order.ClientToken, _ => $"exec-{Started.Count + 1}");
        if (HoldStart is { } hold)
        {
            await hold.Task;
        }

        return answer ?? new RunbookStart.Started(id);
    }

    public ValueTask<RunbookReading> ReadAsync(string engineId, CancellationToken cancellationToken) => new(Reading);

    public ValueTask<RunbookCommand> StopAsync(string engineId, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"stop {engineId}");
        return new(Command);
    }

    public ValueTask<RunbookCommand> DecideAsync(string engineId, bool approved, string comment, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"{(approved ? "approve" : "reject")} {engineId} {comment}");
        return new(Command);
    }
}
