#pragma warning disable IDE0130 // The breach must stand where the rule looks.
#pragma warning disable MA0048

namespace OpsConsole.Tests.Architecture.Planted.Features.Health
{
    internal sealed class Secret
    {
        public int Value { get; init; }
    }
}

namespace OpsConsole.Tests.Architecture.Planted.Features.Flags
{
    internal static class Breach
    {
        public static int Reach() => new Health.Secret { Value = 1 }.Value;
    }
}
