using OpsConsole.Aws;
using OpsConsole.Embedded;
using OpsConsole.Features.Experiments;
using OpsConsole.Features.Flags;
using OpsConsole.Features.Health;
using OpsConsole.Features.Replicas;
using OpsConsole.Features.Runbooks;
using OpsConsole.Features.Storefront;
using OpsConsole.Features.Timeline;
using OpsConsole.Shell;
using OpsConsole.Shell.Starting;

if (args is [HealthCheck.Command])
{
    return await HealthCheck.RunAsync();
}

if (args is [AwsBackend.Command, .. var command])
{
    return await AwsBackend.RunCommandAsync(command);
}

var builder = ConsoleBuilder.Create(args);

builder.AddShell();
if (BackendOptions.IsAws(builder))
{
    builder.AddAwsBackend();
    builder.AddEmbeddedSignals();
}
else
{
    builder.AddEmbeddedBackend();
}

builder.AddReplicas();
builder.AddTimeline();
builder.AddHealth();
builder.AddFlags();
builder.AddExperiments();
builder.AddRunbooks();
builder.AddStorefront();

await using var app = builder.Build();

app.UseShell();
app.UseReplicas();
app.MapShell();
app.MapEmbeddedBackend();
app.MapReplicas();
app.MapTimeline();
app.MapHealth();
app.MapFlags();
app.MapExperiments();
app.MapRunbooks();

return await app.RunToTheEndAsync();
