using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace OpsConsole.Shell.Security;

/// <summary>The hosts by which the console may be called: those that the settings name, and those that no page of another site can have.</summary>
internal static class HostNames
{
    private const string Loopback = "localhost;127.0.0.1;[::1]";

    /// <summary>The hosts as <c>AllowedHosts</c> writes them.</summary>
    /// <param name="named">The hosts that the settings name; empty if none.</param>
    /// <remarks>
    /// A load balancer looks at the console's health by its address, and a rebound name never arrives as an address. A console that has no name
    /// of its own listens for this machine alone.
    /// </remarks>
    public static string Allowed(string? named) =>
        string.IsNullOrWhiteSpace(named) ? Loopback : string.Join(';', OfThisMachine().Prepend(Loopback).Prepend(named));

    private static IEnumerable<string> OfThisMachine() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .Where(address => !address.IsIPv6LinkLocal)
        .Select(address => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString())
        .Distinct(StringComparer.Ordinal);
}
