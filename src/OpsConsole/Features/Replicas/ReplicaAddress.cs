using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Replicas;

/// <summary>Where other replicas reach this one: as it is set, else the address on which it listens, as seen from another machine.</summary>
internal sealed class ReplicaAddress(IServer server, IOptions<ReplicasOptions> options)
{
    private string? _found;

    /// <summary>The address; <see langword="null"/> until the console listens.</summary>
    public string? Find() => _found ??= options.Value.Address?.ToString() ?? Listening();

    private string? Listening()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses
            .OrderBy(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault();
        if (address is null || BindingAddress.Parse(address) is not { Port: > 0 } bound)
        {
            return null;
        }

        var host = bound.Host is "*" or "+" or "0.0.0.0" or "[::]" ? Outside() : bound.Host;
        return $"{bound.Scheme}://{host}:{bound.Port}";
    }

    private static string Outside() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is not [169, 254, ..])?
        .ToString() ?? "127.0.0.1";
}
