using Storefront;
using Storefront.Fleet;
using Storefront.Instance;

var settings = StorefrontSettings.Read(args);
await using var app = settings.Role == StorefrontSettings.InstanceRole
    ? InstanceApp.Build(settings)
    : await FrontApp.BuildAsync(settings);
await app.RunAsync();
