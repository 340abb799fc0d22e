using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws;
using OpsConsole.Aws.Tables;
using YamlDotNet.RepresentationModel;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>The policies and the template in <c>docs/aws</c> say what the code really does.</summary>
public sealed class DeploymentDocumentsTests
{
    /// <summary>What the console needs beside its own calls: AWS asks for it when a document is started that assumes a role.</summary>
    private const string PassRole = "iam:PassRole";

    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["IAmazonDynamoDB"] = "dynamodb",
        ["IAmazonCloudWatch"] = "cloudwatch",
        ["IAmazonFIS"] = "fis",
        ["IAmazonSimpleSystemsManagement"] = "ssm",
    };

    public static TheoryData<string> Policies => [.. Directory.GetFiles(Docs("iam"), "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_allows_named_actions_and_nothing_by_a_wildcard(string policy)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Docs("iam", policy)));

        Assert.Equal("2012-10-17", document.RootElement.GetProperty("Version").GetString());
        Assert.All(document.RootElement.GetProperty("Statement").EnumerateArray(), statement =>
        {
            Assert.Equal("Allow", statement.GetProperty("Effect").GetString());
            Assert.Matches("^[A-Za-z]+$", statement.GetProperty("Sid").GetString());
            Assert.All(statement.GetProperty("Action").EnumerateArray(), action => Assert.Matches("^[a-z]+:[A-Z][A-Za-z]+$", action.GetString()));
            Assert.True(statement.TryGetProperty("Resource", out _));
        });
        Assert.DoesNotContain("NotAction", document.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_call_that_the_code_makes_is_allowed_by_a_policy()
    {
        var called = Called();
        Assert.Contains("ssm:StartAutomationExecution", called);
        Assert.Contains("dynamodb:UpdateTimeToLive", called);

        Assert.Empty(called.Except(Allowed(), StringComparer.Ordinal));
    }

    [Fact]
    public void A_policy_allows_nothing_of_a_feature_that_the_code_does_not_call()
    {
        // The client of FIS is not called by every build of the console; its policy stands by itself.
        var unused = Allowed().Except(Called(), StringComparer.Ordinal).Where(action =>
            action != PassRole && action != "cloudwatch:PutMetricData" && !action.StartsWith("fis:", StringComparison.Ordinal));

        Assert.Empty(unused);
    }

    [Fact]
    public void The_templates_role_may_do_what_the_policies_say_but_make_no_tables()
    {
        var policies = Children(Properties("TaskRole"), "Policies").ToList();
        var files = Directory.GetFiles(Docs("iam"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "setup").ToList();

        Assert.Equal(files.Order(StringComparer.Ordinal), policies.Select(policy => Text(policy, "PolicyName")).Order(StringComparer.Ordinal));
        Assert.All(policies, policy => Assert.Equal(
            ActionsOf(Text(policy, "PolicyName") + ".json").Order(StringComparer.Ordinal), Actions(policy).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_templates_tables_are_those_that_the_command_makes()
    {
        foreach (var (shape, resource) in TableShape.All(new AwsOptions()).Zip(["FlagsTable", "RecordsTable"]))
        {
            var wanted = shape.ToCreate();
            var table = Properties(resource);
            Assert.Equal(wanted.TableName, Text(Map(Map(Template(), "Parameters"), Text(table, "TableName")), "Default"));
            Assert.Equal(wanted.BillingMode.Value, Text(table, "BillingMode"));
            Assert.Equal(
                wanted.AttributeDefinitions.Select(attribute => (attribute.AttributeName, attribute.AttributeType.Value)),
                Children(table, "AttributeDefinitions").Select(attribute => (Text(attribute, "AttributeName"), Text(attribute, "AttributeType"))));
            Assert.Equal(Keys(wanted.KeySchema), Keys(table));
            Assert.Equal(
                (wanted.GlobalSecondaryIndexes ?? []).Select(index => $"{index.IndexName} {Keys(index.KeySchema)} {index.Projection.ProjectionType}"),
                Children(table, "GlobalSecondaryIndexes").Select(index => $"{Text(index, "IndexName")} {Keys(index)} {Text(Map(index, "Projection"), "ProjectionType")}"));
            Assert.Equal(shape.Expiry, Has(table, "TimeToLiveSpecification") ? Text(Map(table, "TimeToLiveSpecification"), "AttributeName") : null);
            Assert.Equal("true", Text(Map(table, "PointInTimeRecoverySpecification"), "PointInTimeRecoveryEnabled"));
            Assert.Equal("Retain", Text(Map(Map(Template(), "Resources"), resource), "DeletionPolicy"));
        }
    }

    [Fact]
    public void The_template_refers_to_nothing_that_it_does_not_hold()
    {
        var known = Names("Parameters").Concat(Names("Resources")).ToHashSet(StringComparer.Ordinal);
        var conditions = Names("Conditions").ToHashSet(StringComparer.Ordinal);
        foreach (var node in Template().AllNodes)
        {
            var tag = node.Tag.IsEmpty ? "" : node.Tag.Value;
            IEnumerable<string> used = tag switch
            {
                "!Ref" => [Value(node)],
                "!GetAtt" => [Value(node).Split('.')[0]],
                "!Sub" => Regex.Matches(Value(node), @"\$\{(?<name>[^}]+)\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                    .Select(match => match.Groups["name"].Value.Split('.')[0]),
                _ => [],
            };
            Assert.All(used.Where(name => !name.StartsWith("AWS::", StringComparison.Ordinal)), name => Assert.Contains(name, known));
            if (tag == "!If")
            {
                Assert.Contains(Value(((YamlSequenceNode)node).Children[0]), conditions);
            }
        }
    }

    [Fact]
    public void The_load_balancer_keeps_circuits_together_and_looks_whether_the_console_is_ready()
    {
        Assert.Equal("/healthz/ready", Text(Properties("Targets"), "HealthCheckPath"));
        Assert.Equal("true", Attribute("Targets", "TargetGroupAttributes", "stickiness.enabled"));
        Assert.Equal("4000", Attribute("Balancer", "LoadBalancerAttributes", "idle_timeout.timeout_seconds"));
    }

    private static string Attribute(string resource, string list, string key) =>
        Text(Children(Properties(resource), list).Single(attribute => Text(attribute, "Key") == key), "Value");

    /// <summary>The calls of the SDK's clients that the assembly holds, as IAM names them.</summary>
    private static HashSet<string> Called()
    {
        using var file = File.OpenRead(typeof(AwsBackend).Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (
                Client: metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name), Method: metadata.GetString(member.Name)))
            .Where(call => Prefixes.ContainsKey(call.Client) && call.Method.EndsWith("Async", StringComparison.Ordinal))
            .Select(call => $"{Prefixes[call.Client]}:{call.Method[..^"Async".Length]}")
            .ToHashSet(StringComparer.Ordinal);
    }

    private static HashSet<string> Allowed() => Directory.GetFiles(Docs("iam"), "*.json").SelectMany(file => ActionsOf(Path.GetFileName(file))).ToHashSet(StringComparer.Ordinal);

    private static List<string> ActionsOf(string policy)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Docs("iam", policy)));
        return
        [
            .. document.RootElement.GetProperty("Statement").EnumerateArray()
                .SelectMany(statement => statement.GetProperty("Action").EnumerateArray().Select(action => action.GetString()!)),
        ];
    }

    private static IEnumerable<string> Actions(YamlNode policy) => policy.AllNodes.OfType<YamlMappingNode>()
        .Where(statement => Has(statement, "Action"))
        .SelectMany(statement => Children(statement, "Action").Select(Value));

    private static string Keys(IEnumerable<KeySchemaElement> keys) => string.Join(',', keys.Select(key => $"{key.AttributeName}:{key.KeyType}"));

    private static string Keys(YamlNode node) => string.Join(',', Children(node, "KeySchema").Select(key => $"{Text(key, "AttributeName")}:{Text(key, "KeyType")}"));

    private static YamlMappingNode Template()
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Docs("opsconsole.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlNode Properties(string resource) => Map(Map(Map(Template(), "Resources"), resource), "Properties");

    private static IEnumerable<string> Names(string section) => ((YamlMappingNode)Map(Template(), section)).Children.Keys.Select(Value);

    private static bool Has(YamlNode node, string key) => ((YamlMappingNode)node).Children.ContainsKey(key);

    private static YamlNode Map(YamlNode node, string key) => ((YamlMappingNode)node).Children[key];

    private static IEnumerable<YamlNode> Children(YamlNode node, string key) => Has(node, key) ? ((YamlSequenceNode)Map(node, key)).Children : [];

    private static string Text(YamlNode node, string key) => Value(Map(node, key));

    private static string Value(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static string Docs(params ReadOnlySpan<string> path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "OpsConsole.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("These tests run in the repository.");
        }

        return Path.Combine([directory.FullName, "docs", "aws", .. path]);
    }
}
