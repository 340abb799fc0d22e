using System.Collections.Immutable;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>Everything that the checks before a start look at.</summary>
public sealed record PreflightInputs
{
    /// <summary>What is to be run.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>What runs now, and the safety lever.</summary>
    public required RunSnapshot Runs { get; init; }

    /// <summary>Where the console is.</summary>
    public required ConsoleEnvironment Environment { get; init; }

    /// <summary>When experiments may run in production.</summary>
    public required ProductionWindow Window { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The instances that can be touched; <see langword="null"/> if the engine did not say.</summary>
    public IReadOnlyList<FaultTarget>? Targets { get; init; }

    /// <summary>The template, if the experiment names one that an engine of this console has.</summary>
    public TemplateInputs? Template { get; init; }

    /// <summary>Why it is not known whether a template is mapped to the experiment; <see langword="null"/> if it is.</summary>
    public string? MappingProblem { get; init; }

    /// <summary>The service's health now.</summary>
    public Sample? Sample { get; init; }

    /// <summary>Why the timeline cannot be written; <see langword="null"/> if it can.</summary>
    public string? StoreProblem { get; init; }
}

/// <summary>“Look both ways”: the checks before a start. Every check that does not pass names its mend.</summary>
public static class Preflight
{
    /// <summary>The share of the error-rate safeguard up to which the service counts as steady.</summary>
    public const double SteadyErrorShare = 0.5;

    /// <summary>The share of the latency safeguard up to which the service counts as steady.</summary>
    public const double SteadyLatencyShare = 0.8;

    /// <summary>Makes every check, so that all that is wrong is seen at once.</summary>
    /// <param name="inputs">What is looked at.</param>
    public static ImmutableArray<PreflightCheck> Check(PreflightInputs inputs) =>
    [
        Lever(inputs.Runs.Lever),
        OtherRuns(inputs),
        Window(inputs),
        .. Mapping(inputs.MappingProblem),
        .. inputs.Experiment.Template is null ? (IEnumerable<PreflightCheck>)[Targets(inputs)] : TemplatePreflight.Check(inputs),
        Health(inputs.Experiment.Service, inputs.Sample),
        ErrorRate(inputs),
        Latency(inputs),
        Store(inputs.StoreProblem),
    ];

    /// <summary>Whether every check passed.</summary>
    /// <param name="checks">The checks.</param>
    public static bool Passed(ImmutableArray<PreflightCheck> checks) => checks.All(check => check.Passed);

    private static PreflightCheck Lever(SafetyLever lever) => lever.Engaged
        ? new("Safety lever", false, RunMachine.LeverSentence(lever), "Have an administrator disengage it when its reason is gone.")
        : new("Safety lever", true, "The safety lever is not engaged.");

    private static PreflightCheck OtherRuns(PreflightInputs inputs)
    {
        var other = inputs.Runs.Active.Find(run => run.Experiment.Service == inputs.Experiment.Service);
        return other is null
            ? new("Other runs", true, $"No other run is active on {inputs.Experiment.Service}.")
            : new("Other runs", false, $"Run {other.Id} of {other.Experiment.Id} is {other.State}.", "Wait until it is over, or halt it.");
    }

    private static PreflightCheck Window(PreflightInputs inputs)
    {
        const string Name = "Production window";
        if (!inputs.Environment.IsProduction)
        {
            return new(Name, true, $"Environment {inputs.Environment.Name} has no window; production has {inputs.Window}.");
        }

        if (inputs.Window.IsOpen(inputs.Now))
        {
            return new(Name, true, $"Open: {inputs.Window}. A run that is still going at closing time is stopped.");
        }

        var opening = inputs.Window.NextOpening(inputs.Now).UtcDateTime;
        return new(
            Name, false, $"Closed: production is open {inputs.Window}.", $"Launch it from {opening:ddd yyyy-MM-dd HH:mm} UTC on.");
    }

    /// <summary>Only where it fails: whoever has no shared parameters need not read of them.</summary>
    private static IEnumerable<PreflightCheck> Mapping(string? problem) => problem is null
        ? []
        : [new("Template mapping", false, $"{problem} A template may be mapped to this experiment.", "See /parameters, and look again.")];

    private static PreflightCheck Targets(PreflightInputs inputs)
    {
        const string Name = "Targets";
        var service = inputs.Experiment.Service;
        if (inputs.Targets is not { } targets)
        {
            return new(Name, false, "The engine did not say which instances there are.", "Try again; if it stays so, look at the console's log.");
        }

        var connected = targets.Count(target => target.Connected);
        if (connected == 0)
        {
            return new(
                Name,
                false,
                $"None of the {targets.Count} known instances of {service} has a connected fault agent.",
                $"Start {service} with the console's address and an application key.");
        }

        var terminated = inputs.Experiment.Faults
            .Where(fault => fault.Kind == FaultKind.InstanceTermination)
            .Select(fault => fault.Instances ?? int.MaxValue)
            .DefaultIfEmpty(0)
            .Max();
        if (terminated >= connected)
        {
            return new(
                Name,
                false,
                $"It would take down every one of the {connected} connected instances of {service}.",
                "Terminate fewer instances, or scale the service up first.");
        }

        var width = BlastRadius.Width(inputs.Experiment, connected);
        return new(
            Name,
            true,
            $"{width} of {targets.Count} instances ({100.0 * width / targets.Count:F0} % of the fleet); {connected} connected.");
    }

    private static PreflightCheck Health(string service, Sample? sample)
    {
        const string Name = "Fresh health";
        return sample is { Freshness: Freshness.Fresh }
            ? new(Name, true, $"The newest sample of {service} is {sample.Age?.TotalSeconds ?? 0:F1} s old.")
            : new(
                Name,
                false,
                $"Health of {service} is {sample?.Freshness ?? Freshness.Unknown}: nobody would see what a fault does.",
                $"See to it that {service} sends metrics to the console once a second.");
    }

    private static PreflightCheck ErrorRate(PreflightInputs inputs) => Steady(
        "Steady error rate",
        inputs.Sample is { IsEvidence: true, Requests: 0, Signs.ErrorRate: null } ? 0 : inputs.Sample?.Signs.ErrorRate,
        inputs.Experiment.Safeguards.MaxErrorRate,
        SteadyErrorShare,
        VitalSign.ErrorRate);

    private static PreflightCheck Latency(PreflightInputs inputs) => Steady(
        "Steady latency", inputs.Sample?.Signs.LatencyP95, inputs.Experiment.Safeguards.MaxLatency, SteadyLatencyShare, VitalSign.LatencyP95);

    private static PreflightCheck Steady(string name, double? value, double? safeguard, double share, VitalSign sign)
    {
        var info = sign.Info();
        if (safeguard is not { } limit)
        {
            return new(name, true, $"There is no safeguard on {info.Title}.");
        }

        var steady = limit * share;
        return value is not { } now
            ? new(name, false, $"There is no evidence of {info.Title}.", "Wait until the service has traffic and sends metrics.")
            : now <= steady
                ? new(name, true, $"{info.Format(now)} now; up to {info.Format(steady)} is steady (safeguard {info.Format(limit)}).")
                : new(
                    name,
                    false,
                    $"{info.Format(now)} now is over {info.Format(steady)}, which is {share:0.0} × the safeguard of {info.Format(limit)}.",
                    "Wait until the service is steady, or raise the safeguard if this is how it always is.");
    }

    private static PreflightCheck Store(string? problem) => problem is null
        ? new("Timeline", true, "The timeline can be written.")
        : new("Timeline", false, problem, "Nothing starts without its record. Free or mend the console's disk.");
}
