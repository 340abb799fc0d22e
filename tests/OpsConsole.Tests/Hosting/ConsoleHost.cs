using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Tests.Hosting;

/// <summary>The whole console on a real socket of 127.0.0.1 with a data directory of its own.</summary>
internal sealed class ConsoleHost : WebApplicationFactory<Program>
{
    public const string ViewerKey = "viewer-key-for-tests-0123456789";
    public const string OperatorKey = "operator-key-for-tests-0123456789";
    public const string AdminKey = "admin-key-for-tests-0123456789";
    public const string ApplicationKey = "application-key-for-tests-0123456789";

    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _services;
    private readonly bool _ownsDirectory;

    public ConsoleHost(
        Action<IServiceCollection>? services = null, string? dataDirectory = null, params (string Name, string Value)[] settings)
    {
        _services = services;
        _ownsDirectory = dataDirectory is null;
        DataDirectory = dataDirectory ?? Directory.CreateTempSubdirectory("opsconsole-test-").FullName;
        _settings = new(StringComparer.OrdinalIgnoreCase)
        {
            ["OpsConsole:DataDirectory"] = DataDirectory,
            ["OpsConsole:Environment"] = "test",
            ["OpsConsole:Storefront:Enabled"] = "false",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        (string Name, string Key, string Role)[] keys =
        [
            ("vera", ViewerKey, "viewer"), ("otto", OperatorKey, "operator"), ("ada", AdminKey, "admin"), ("shop", ApplicationKey, "application"),
        ];
        foreach (var ((name, key, role), index) in keys.Select((key, index) => (key, index)))
        {
            _settings[$"OpsConsole:Auth:ApiKeys:{index}:Name"] = name;
            _settings[$"OpsConsole:Auth:ApiKeys:{index}:Key"] = key;
            _settings[$"OpsConsole:Auth:ApiKeys:{index}:Role"] = role;
        }

        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }

        UseKestrel(0);
        StartServer();
    }

    public string DataDirectory { get; }

    public Uri Address => ClientOptions.BaseAddress;

    public HttpClient Client(string? apiKey = OperatorKey)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (apiKey is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Testing");
        foreach (var (name, value) in _settings)
        {
            builder.UseSetting(name, value);
        }

        if (_services is not null)
        {
            builder.ConfigureServices(_services);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _ownsDirectory && Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }
}
