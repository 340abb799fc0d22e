using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OpsConsole.Aws.Dynamo;

namespace OpsConsole.Aws.Tables;

/// <summary>Makes the tables that are missing, and what is missing in them; what is there stays as it is.</summary>
internal sealed class TableSetup(IAmazonDynamoDB client, TextWriter output, TimeProvider time)
{
    private const string NotKnown = "UnknownOperationException";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes what is missing and says what it did.</summary>
    /// <param name="shapes">What must be there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AwsSetupException">A table is there that cannot be used, or AWS refuses.</exception>
    public async Task RunAsync(IEnumerable<TableShape> shapes, CancellationToken cancellationToken)
    {
        foreach (var shape in shapes)
        {
            try
            {
                await RunAsync(shape, cancellationToken);
            }
            catch (Exception problem) when (AwsProblems.IsOfAws(problem))
            {
                throw new AwsSetupException(DynamoFailure.Explain(problem, client.Config, shape.Name, "setup").Sentence, problem);
            }
        }
    }

    private async Task RunAsync(TableShape shape, CancellationToken cancellationToken)
    {
        if (await FindAsync(shape, cancellationToken) is not { } table)
        {
            await client.CreateTableAsync(shape.ToCreate(), cancellationToken);
            await ActiveAsync(shape, cancellationToken);
            await SayAsync(shape, "created, billed on demand");
        }
        else if (!shape.HasItsKey(table))
        {
            throw new AwsSetupException(
                $"Table {shape.Name} has another key ({string.Join(", ", table.KeySchema.Select(part => part.AttributeName))}) than the console needs ({string.Join(", ", shape.Key)}, strings). Name another table in {AwsOptions.Section}:{shape.Setting}.");
        }
        else
        {
            await ActiveAsync(shape, cancellationToken);
            await SayAsync(shape, "is there");
            if (!shape.HasItsIndex(table))
            {
                await client.UpdateTableAsync(shape.ToAddIndex(), cancellationToken);
                await ActiveAsync(shape, cancellationToken);
                await SayAsync(shape, $"index {shape.Index} added");
            }
        }

        if (shape.Expiry is { } attribute)
        {
            await IfKnownAsync(shape, "expiry of items", () => ExpireAsync(shape, attribute, cancellationToken));
        }

        await IfKnownAsync(shape, "point-in-time recovery", () => RecoverableAsync(shape, cancellationToken));
    }

    private async Task<TableDescription?> FindAsync(TableShape shape, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.DescribeTableAsync(shape.Name, cancellationToken)).Table;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task ActiveAsync(TableShape shape, CancellationToken cancellationToken)
    {
        while (await FindAsync(shape, cancellationToken) is not { } table
            || table.TableStatus != TableStatus.ACTIVE
            || table.GlobalSecondaryIndexes?.Exists(index => index.IndexStatus != IndexStatus.ACTIVE) is true)
        {
            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private async Task ExpireAsync(TableShape shape, string attribute, CancellationToken cancellationToken)
    {
        var known = (await client.DescribeTimeToLiveAsync(shape.Name, cancellationToken)).TimeToLiveDescription;
        if (known?.TimeToLiveStatus == TimeToLiveStatus.ENABLED || known?.TimeToLiveStatus == TimeToLiveStatus.ENABLING)
        {
            await SayAsync(shape, $"items expire by {known.AttributeName}");
            return;
        }

        await client.UpdateTimeToLiveAsync(
            new() { TableName = shape.Name, TimeToLiveSpecification = new() { AttributeName = attribute, Enabled = true } }, cancellationToken);
        await SayAsync(shape, $"items expire by {attribute} from now on");
    }

    private async Task RecoverableAsync(TableShape shape, CancellationToken cancellationToken)
    {
        var known = (await client.DescribeContinuousBackupsAsync(new() { TableName = shape.Name }, cancellationToken)).ContinuousBackupsDescription;
        if (known?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus == PointInTimeRecoveryStatus.ENABLED)
        {
            await SayAsync(shape, "point-in-time recovery is on");
            return;
        }

        await client.UpdateContinuousBackupsAsync(
            new() { TableName = shape.Name, PointInTimeRecoverySpecification = new() { PointInTimeRecoveryEnabled = true } }, cancellationToken);
        await SayAsync(shape, "point-in-time recovery turned on");
    }

    /// <summary>Emulators lack some operations; AWS lacks none.</summary>
    private async Task IfKnownAsync(TableShape shape, string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (AmazonServiceException exception) when (exception.ErrorCode == NotKnown)
        {
            await SayAsync(shape, $"{what} left out, this server does not offer it");
        }
    }

    private Task SayAsync(TableShape shape, string what) => output.WriteLineAsync($"{shape.Name}: {what}");
}
