using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace OpsConsole.Aws.Dynamo;

/// <summary>
/// Changes of one item with what must still be as it was read. Maps and lists are compared member by member, because not every server
/// compares them whole.
/// </summary>
internal sealed class ItemUpdate
{
    private readonly List<string> _sets = [];
    private readonly List<string> _removes = [];
    private readonly List<string> _conditions = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Item _values = new(StringComparer.Ordinal);

    public string Path(params ReadOnlySpan<string> names)
    {
        var path = "";
        foreach (var name in names)
        {
            path += (path.Length == 0 ? "" : ".") + Alias(name);
        }

        return path;
    }

    public void Set(string path, AttributeValue value) => _sets.Add($"{path} = {Value(value)}");

    public void Remove(string path) => _removes.Add(path);

    public void RequireAbsent(string path) => _conditions.Add($"attribute_not_exists({path})");

    /// <summary>The attribute must be as it was read; <see langword="null"/>: it must not be there.</summary>
    public void Require(string path, AttributeValue? read)
    {
        switch (read)
        {
            case null:
                RequireAbsent(path);
                break;
            case { M: { } members }:
                RequireSize(path, members.Count);
                foreach (var (name, value) in members)
                {
                    Require($"{path}.{Alias(name)}", value);
                }

                break;
            case { L: { } elements }:
                RequireSize(path, elements.Count);
                for (var index = 0; index < elements.Count; index++)
                {
                    Require(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), elements[index]);
                }

                break;
            case { NULL: true }:
                _conditions.Add($"attribute_type({path}, {Value(Attributes.Text("NULL"))})");
                break;
            default:
                _conditions.Add($"{path} = {Value(read)}");
                break;
        }
    }

    /// <summary>Makes the attributes from what was read to what they are to be, member by member in maps.</summary>
    public void Change(Item read, Item target, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Change(Alias(name), read.Get(name), target.Get(name));
        }
    }

    public UpdateItemRequest ToUpdate(ItemKey key) => new()
    {
        TableName = key.Table,
        Key = key.Key,
        UpdateExpression = string.Join(' ', Section("SET", _sets), Section("REMOVE", _removes)).Trim(),
        ConditionExpression = Condition(),
        ExpressionAttributeNames = _names.Count == 0 ? null : _names,
        ExpressionAttributeValues = _values.Count == 0 ? null : _values,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
    };

    public DeleteItemRequest ToDelete(ItemKey key) => new()
    {
        TableName = key.Table,
        Key = key.Key,
        ConditionExpression = Condition(),
        ExpressionAttributeNames = _names.Count == 0 ? null : _names,
        ExpressionAttributeValues = _values.Count == 0 ? null : _values,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
    };

    private void Change(string path, AttributeValue? read, AttributeValue? target)
    {
        if (Attributes.Same(read, target))
        {
            return;
        }

        if (target is null)
        {
            Remove(path);
        }
        else if (read is { M: { } before } && target is { M: { } after })
        {
            foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
            {
                Change($"{path}.{Alias(name)}", before.Get(name), after.Get(name));
            }
        }
        else
        {
            Set(path, target);
        }
    }

    private void RequireSize(string path, int count) => _conditions.Add($"size({path}) = {Value(Attributes.Number(count))}");

    private string? Condition() => _conditions.Count == 0 ? null : string.Join(" AND ", _conditions);

    private static string Section(string word, List<string> parts) => parts.Count == 0 ? "" : $"{word} {string.Join(", ", parts)}";

    private string Alias(string name)
    {
        foreach (var (alias, known) in _names)
        {
            if (known == name)
            {
                return alias;
            }
        }

        var added = string.Create(CultureInfo.InvariantCulture, $"#n{_names.Count}");
        _names.Add(added, name);
        return added;
    }

    private string Value(AttributeValue value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $":v{_values.Count}");
        _values.Add(name, value);
        return name;
    }
}
