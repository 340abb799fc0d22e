using OpsConsole.Core.Replicas;
using OpsConsole.Shell.Auth;
using OpsConsole.Tests.Replicas;

namespace OpsConsole.Tests.Shell;

public sealed class SignInLinksTests
{
    private static readonly ReplicaNote Printing = new("a-1", "a", null, DateTimeOffset.UnixEpoch, "off");
    private static readonly ReplicaNote Another = new("c-1", "c", null, DateTimeOffset.UnixEpoch, "off");

    private readonly MemoryCells _cells = new();
    private readonly ReplicaFeed _replicas = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_of_a_replica_that_lives_signs_in_once_at_another()
    {
        var (token, links) = await ShareAsync();
        _replicas.Publish(new([Printing]));
        Assert.True(await links.TryUseAsync(token, Cancel));
        Assert.False(await links.TryUseAsync(token, Cancel));
    }

    [Fact]
    public async Task The_link_of_a_replica_that_has_ended_signs_nobody_in()
    {
        var (token, links) = await ShareAsync();
        _replicas.Publish(new([Another]));
        Assert.False(await links.TryUseAsync(token, Cancel));
    }

    private async Task<(string Token, SignInLinks Links)> ShareAsync()
    {
        var printed = new SignInLinks(_cells.Open(), new(Printing.Id, Printing.Name), new());
        await printed.ShareAsync(Cancel);
        return (printed.Token, new(_cells.Open(), new("b-1", "b"), _replicas));
    }
}
