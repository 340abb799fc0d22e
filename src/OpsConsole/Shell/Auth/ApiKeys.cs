using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace OpsConsole.Shell.Auth;

/// <summary>Issues keys to applications that the console itself starts. Such a key is never written down and ends with the process.</summary>
internal interface IApplicationKeys
{
    string Issue(string name, string role);
}

/// <summary>Who an API key belongs to.</summary>
internal sealed record KeyHolder(string Name, string Role);

/// <summary>
/// Every API key that is accepted. Keys are looked up by their SHA-256, so how long a look-up takes says nothing about how
/// much of a guess was right.
/// </summary>
internal sealed class ApiKeys : IApplicationKeys
{
    private ImmutableDictionary<string, KeyHolder> _holders;

    public ApiKeys(IOptions<AuthOptions> options)
    {
        var holders = ImmutableDictionary.CreateBuilder<string, KeyHolder>(StringComparer.Ordinal);
        foreach (var key in options.Value.ApiKeys)
        {
            holders[Hash(key.Key)] = new KeyHolder(key.Name, key.Role);
        }

        _holders = holders.ToImmutable();
    }

    public string Issue(string name, string role)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        ImmutableInterlocked.TryAdd(ref _holders, Hash(key), new KeyHolder(name, role));
        return key;
    }

    public KeyHolder? Find(string key) => _holders.GetValueOrDefault(Hash(key));

    private static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
