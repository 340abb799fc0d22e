using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core;
using OpsConsole.Core.Replicas;
using OpsConsole.Embedded.Replicas;

namespace OpsConsole.AdapterTests.Replicas;

public sealed class ReplicaLocksTests : IDisposable
{
    private readonly SharedDirectory _directory = new(Directory.CreateTempSubdirectory("opsconsole-locks-").FullName);

    public void Dispose() => Directory.Delete(_directory.Path, recursive: true);

    [Fact]
    public void A_replica_that_lives_has_not_ended_and_nobody_beside_it_is_alone()
    {
        using var first = Open("first");
        Assert.True(first.IsAlone());
        using var second = Open("second");

        Assert.False(second.HasEnded("first"));
        Assert.False(first.HasEnded("second"));
        Assert.False(first.IsAlone());
        Assert.False(second.IsAlone());
    }

    [Fact]
    public void A_replica_that_was_killed_has_ended()
    {
        using var second = Open("second");

        // What the operating system leaves of a killed process: its file, which nobody holds.
        File.WriteAllText(Path.Combine(_directory.Path, "replicas", "first.lock"), "");

        Assert.True(second.HasEnded("first"));
        Assert.True(second.IsAlone());
    }

    [Fact]
    public void Of_a_replica_that_left_no_file_nothing_is_proven()
    {
        using var second = Open("second");
        Assert.False(second.HasEnded("first"));
    }

    [Fact]
    public void A_replica_whose_own_file_is_gone_claims_nothing()
    {
        using var first = Open("first");
        File.Delete(Path.Combine(_directory.Path, "replicas", "first.lock"));
        Assert.False(first.IsAlone());
    }

    private ReplicaLocks Open(string id) => new(_directory, new ReplicaIdentity(id, id), NullLogger<ReplicaLocks>.Instance);
}
