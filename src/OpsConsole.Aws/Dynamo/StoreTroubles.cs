using Microsoft.Extensions.Logging;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Dynamo;

/// <summary>Keeps what does not work, by table and operation, until it works again, and tells how the store is.</summary>
internal sealed partial class StoreTroubles(StoreConditionFeed feed, TimeProvider time, ILogger<StoreTroubles> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, string Operation), StoreCondition> _troubles = [];

    public void Note(string table, string operation, Failure failure)
    {
        if (failure.Trouble is StoreTrouble.None)
        {
            return;
        }

        lock (_gate)
        {
            var key = (table, operation);
            if (_troubles.TryGetValue(key, out var known) && known.Trouble == failure.Trouble)
            {
                return;
            }

            _troubles[key] = new(failure.Trouble, failure.Sentence, time.GetUtcNow());
            LogTrouble(operation, table, failure.Sentence);
            Publish();
        }
    }

    public void Clear(string table, string operation)
    {
        lock (_gate)
        {
            if (_troubles.Remove((table, operation)))
            {
                LogWell(operation, table);
                Publish();
            }
        }
    }

    private void Publish() => feed.Publish(_troubles.Count == 0 ? StoreCondition.Well : _troubles.Values.MinBy(trouble => trouble.Since)!);

    [LoggerMessage(LogLevel.Error, "{Operation} on table {Table} does not work: {Problem}")]
    private partial void LogTrouble(string operation, string table, string problem);

    [LoggerMessage(LogLevel.Information, "{Operation} on table {Table} works again.")]
    private partial void LogWell(string operation, string table);
}
