using System.Reflection;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using OpsConsole.Aws;
using OpsConsole.Core;
using OpsConsole.Embedded;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace OpsConsole.Tests.Architecture;

/// <summary>A project boundary is a package boundary; a folder boundary is a feature boundary.</summary>
public sealed class LayeringTests
{
    private static readonly Assembly Core = typeof(DataDirectory).Assembly;
    private static readonly Assembly Embedded = typeof(EmbeddedBackend).Assembly;
    private static readonly Assembly Aws = typeof(AwsBackend).Assembly;
    private static readonly Assembly Client = Assembly.Load("OpsConsole.Client");
    private static readonly Assembly Host = typeof(Program).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Console = new ArchLoader().LoadAssemblies(Core, Embedded, Aws, Host).Build();

    public static TheoryData<string> Features => [.. FeaturesBelow("OpsConsole", Host)];

    /// <summary>The parts of the AWS backend that stand on others, and on which: nothing else may know anything else.</summary>
    public static TheoryData<string, string[]> AwsParts => new()
    {
        { "Dynamo", [] },
        { "Timeline", ["Dynamo"] },
        { "Records", ["Dynamo", "Timeline", "Flags"] },
        { "Flags", ["Dynamo", "Timeline", "Records"] },
        { "Replicas", ["Dynamo"] },
        { "Keys", ["Dynamo"] },
        { "Tables", ["Dynamo", "Flags"] },
        { "Health", [] },
    };

    [Fact]
    public void The_core_needs_nothing_but_the_framework() =>
        Assert.All(Core.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void The_client_stands_alone() =>
        Assert.DoesNotContain(
            Client.GetReferencedAssemblies(), reference => reference.Name!.StartsWith("OpsConsole", StringComparison.Ordinal));

    [Theory]
    [InlineData("OpsConsole.Embedded")]
    [InlineData("OpsConsole.Aws")]
    public void A_backend_knows_only_the_core(string backend) =>
        Assert.Equal(
            ["OpsConsole.Core"],
            Assembly.Load(backend).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => name.StartsWith("OpsConsole", StringComparison.Ordinal)));

    [Fact]
    public void Only_the_program_picks_the_backend()
    {
        foreach (var backend in (Assembly[])[Embedded, Aws])
        {
            Types().That().ResideInAssembly(Host).And().DoNotHaveFullName("Program")
                .Should().NotDependOnAny(Types().That().ResideInAssembly(backend))
                .Check(Console);
        }
    }

    [Fact]
    public void Only_its_backend_knows_the_vendor()
    {
        Assembly[] others = [Core, Embedded, Client, Host];
        Assert.All(others.SelectMany(static assembly => assembly.GetReferencedAssemblies()), static reference => Assert.DoesNotContain("AWSSDK", reference.Name, StringComparison.Ordinal));
        Assert.All(Aws.GetExportedTypes(), static type => Assert.Equal(nameof(AwsBackend), type.Name));
    }

    [Theory]
    [MemberData(nameof(AwsParts))]
    public void A_part_of_the_AWS_backend_knows_only_what_it_stands_on(string part, string[] known)
    {
        var unknown = AwsParts.Select(row => row.Data.Item1).Except([part, .. known], StringComparer.Ordinal);
        Types().That().ResideInNamespaceMatching($@"^OpsConsole\.Aws\.{part}(\.|$)")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^OpsConsole\.Aws\.({string.Join('|', unknown)})(\.|$)"))
            .Check(Console);
    }

    [Theory]
    [MemberData(nameof(Features))]
    public void A_feature_does_not_reach_into_another(string feature) => Isolated("OpsConsole", feature).Check(Console);

    [Fact]
    public void A_planted_breach_is_found()
    {
        const string Root = "OpsConsole.Tests.Architecture.Planted";
        var planted = new ArchLoader().LoadAssembly(typeof(LayeringTests).Assembly).Build();

        Assert.False(Isolated(Root, "Flags").HasNoViolations(planted));
        Assert.True(Isolated(Root, "Health").HasNoViolations(planted));
    }

    private static IArchRule Isolated(string root, string feature)
    {
        var all = $@"^{root.Replace(".", "\\.", StringComparison.Ordinal)}\.Features\.";
        return Types().That().ResideInNamespaceMatching(all + feature + @"(\.|$)")
            .Should().NotDependOnAny(
                Types().That().ResideInNamespaceMatching(all).And().DoNotResideInNamespaceMatching(all + feature + @"(\.|$)"));
    }

    private static IEnumerable<string> FeaturesBelow(string root, Assembly assembly) => assembly.GetTypes()
        .Select(type => type.Namespace ?? "")
        .Where(name => name.StartsWith(root + ".Features.", StringComparison.Ordinal))
        .Select(name => name.Split('.')[2])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);
}
