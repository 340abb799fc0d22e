using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Shell.Auth;

/// <summary>
/// The one-time sign-in link. There is one at a time; whoever uses it up makes the console print the next. Every replica has its own and lets
/// those of the others in too: it does not matter where a balancer sends a browser. What they share is the token's hash, in a cell that is
/// deleted by the use, so that a link is used once wherever it is used.
/// </summary>
internal sealed class SignInLinks(ICellStore cells, ReplicaIdentity self, ReplicaFeed replicas)
{
    private const string Prefix = "signin/";

    private readonly Lock _turn = new();
    private string _token = NewToken();
    private string? _published;

    /// <summary>The token that signs in once.</summary>
    public string Token
    {
        get
        {
            lock (_turn)
            {
                return _token;
            }
        }
    }

    /// <summary>Uses a token up, if it is one that a living replica has printed.</summary>
    public async Task<bool> TryUseAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
        {
            return false;
        }

        return TakeOwn(token, out var cell)
            ? cell is null || await IsUnusedAsync(cell, cancellationToken)
            : !replicas.IsAlone && await TryUseAnothersAsync(token, cancellationToken);
    }

    /// <summary>Lets the other replicas know the token, and gives a new one if the old one was used at another.</summary>
    /// <returns>Whether there is a new one.</returns>
    /// <exception cref="StoreUnavailableException">Nothing has changed.</exception>
    public async Task<bool> ShareAsync(CancellationToken cancellationToken)
    {
        string token;
        string? published;
        lock (_turn)
        {
            (token, published) = (_token, _published);
        }

        if (published is null)
        {
            var name = CellOf(self.Id, token);
            await cells.WriteAsync(name, Hash(token), 0, cancellationToken);
            bool used;
            lock (_turn)
            {
                used = _token != token;
                _published = used ? _published : name;
            }

            if (used)
            {
                await cells.DeleteAsync(name, 1, cancellationToken);
            }

            return false;
        }

        return await cells.ReadAsync(published, cancellationToken) is null && TakeOwn(token, out _);
    }

    /// <summary>Removes what dead replicas have left.</summary>
    /// <param name="gone">Whether a replica has been dead for long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task TidyAsync(Func<string, bool> gone, CancellationToken cancellationToken)
    {
        foreach (var cell in await cells.ListAsync(Prefix, cancellationToken))
        {
            var owner = OwnerOf(cell);
            if (owner != self.Id && !Lives(owner) && gone(owner))
            {
                await cells.DeleteAsync(cell.Name, cell.Version, cancellationToken);
            }
        }
    }

    private async Task<bool> IsUnusedAsync(string cell, CancellationToken cancellationToken)
    {
        try
        {
            return await cells.DeleteAsync(cell, 1, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Whoever comes to mend the store must get in, by the link of the replica that answers.
            return true;
        }
    }

    private async Task<bool> TryUseAnothersAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            // The link of a replica that has ended is dead, as it is when a console alone is started again.
            var hash = Hash(token);
            var cell = (await cells.ListAsync(Prefix, cancellationToken)).FirstOrDefault(
                cell => CryptographicOperations.FixedTimeEquals(cell.Content.Span, hash) && Lives(OwnerOf(cell)));
            return cell is not null && await cells.DeleteAsync(cell.Name, cell.Version, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private bool Lives(string id) => replicas.Current.Others.Any(note => note.Id == id);

    /// <summary>Takes the own token, if it is that; then there is a new one.</summary>
    private bool TakeOwn(string token, out string? cell)
    {
        lock (_turn)
        {
            cell = _published;
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token)))
            {
                return false;
            }

            _published = null;
            _token = NewToken();
            return true;
        }
    }

    private static string CellOf(string id, string token) => $"{Prefix}{id}/{Convert.ToHexStringLower(Hash(token)[..8])}";

    private static string OwnerOf(Cell cell) => cell.Name[Prefix.Length..].Split('/')[0];

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string NewToken() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
}
