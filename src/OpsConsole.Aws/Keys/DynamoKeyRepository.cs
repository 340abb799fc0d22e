using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Amazon.DynamoDBv2.Model;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Keys;

/// <summary>
/// The keys that sign cookies, in the table of records, so that a person who has signed in at one replica has at all. A copy lies in the data
/// directory: while the table cannot be reached, whoever has signed in stays so, also over a new start, and can halt.
/// </summary>
internal sealed partial class DynamoKeyRepository(
    DynamoCalls calls, AwsOptions options, IXmlRepository copy, ILogger<DynamoKeyRepository> logger) : IXmlRepository
{
    private const string Partition = "keys", Xml = "xml";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var known = copy.GetAllElements().ToDictionary(NameOf, StringComparer.Ordinal);
        try
        {
            var shared = Read().ToDictionary(NameOf, StringComparer.Ordinal);
            foreach (var (name, key) in shared.Where(key => !known.ContainsKey(key.Key)))
            {
                copy.StoreElement(key, name);
            }

            // What was made here while the table could not be reached, or before there was one.
            foreach (var (name, key) in known.Where(key => !shared.ContainsKey(key.Key)))
            {
                Write(key, name);
                shared.Add(name, key);
            }

            return shared.Values;
        }
        catch (StoreUnavailableException problem)
        {
            LogCopyOnly(problem.Message);
            return known.Values;
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        copy.StoreElement(element, friendlyName);
        try
        {
            Write(element, NameOf(element));
        }
        catch (StoreUnavailableException problem)
        {
            LogCopyOnly(problem.Message);
        }
    }

    /// <summary>Keys and revocations never change: what they say is what they are called by.</summary>
    private static string NameOf(XElement element) =>
        $"{element.Name.LocalName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(element))))}";

    private static string Text(XElement element) => element.ToString(SaveOptions.DisableFormatting);

    private List<XElement> Read() => calls.QueryAsync(new QueryRequest
    {
        TableName = options.RecordsTable,
        ConsistentRead = true,
        KeyConditionExpression = $"{RecordsTable.Partition} = :keys",
        ExpressionAttributeValues = new(StringComparer.Ordinal) { [":keys"] = Attributes.Text(Partition) },
    }).Select(static item => XElement.Parse(item.GetText(Xml)!)).ToListAsync().AsTask().GetAwaiter().GetResult();

    private void Write(XElement element, string name)
    {
        var key = RecordsTable.Key(options.RecordsTable, Partition, name);
        var item = new Item(key.Key, StringComparer.Ordinal) { [Xml] = Attributes.Text(Text(element)) };
        calls.PutAsync(new() { TableName = key.Table, Item = item }, key).GetAwaiter().GetResult();
    }

    [LoggerMessage(LogLevel.Warning, "The keys that sign cookies are read and written in the data directory only: {Problem}")]
    private partial void LogCopyOnly(string problem);
}
