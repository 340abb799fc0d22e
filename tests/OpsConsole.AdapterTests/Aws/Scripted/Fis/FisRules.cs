using OpsConsole.AdapterTests.Aws.Scripted.Wire;
using static OpsConsole.AdapterTests.Aws.Scripted.Wire.Rule;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>What the model of FIS says about the inputs of its operations.</summary>
internal static class FisRules
{
    private const string NoSpace = @"\S+";

    private static readonly Rule Id = Text(max: 64, pattern: NoSpace);
    private static readonly Rule Name = Text(max: 64, pattern: NoSpace);
    private static readonly Rule Token = Text(1, 1024, NoSpace);
    private static readonly Rule Arn = Text(20, 2048, NoSpace);
    private static readonly Rule Tags = MapOf(Text(max: 128, pattern: @"[\s\S]+"), Text(max: 256), 50);
    private static readonly Rule Description = Text(max: 512, pattern: @"[\s\S]+");
    private static readonly Rule Page = Whole(1, 100);
    private static readonly Rule Bucket = Object(("bucketName!", Text(3, 63, NoSpace)), ("prefix", Text(1, 700)));

    private static readonly Rule Target = Object(
        ("resourceType!", Text(max: 128, pattern: NoSpace)),
        ("resourceArns", ListOf(Arn, max: 5)),
        ("resourceTags", Tags),
        ("filters", ListOf(Object(("path!", Text(max: 256, pattern: NoSpace)), ("values!", ListOf(Text(max: 128, pattern: NoSpace)))))),
        ("selectionMode!", Text(max: 64, pattern: @"ALL|COUNT\([1-9]\d*\)|PERCENT\((100|[1-9]\d?)\)")),
        ("parameters", MapOf(Name, Text(1, 1024, @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"))));

    private static readonly Rule Action = Object(
        ("actionId!", Text(max: 128, pattern: NoSpace)),
        ("description", Description),
        ("parameters", MapOf(Name, Text(max: 1024, pattern: NoSpace))),
        ("targets", MapOf(Name, Name)),
        ("startAfter", ListOf(Name)));

    /// <summary>The rules by operation.</summary>
    public static readonly IReadOnlyDictionary<string, Rule> Inputs = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["CreateExperimentTemplate"] = Object(
            ("clientToken!", Token),
            ("description!", Description),
            ("stopConditions!", ListOf(Object(("source!", Text(max: 64, pattern: "none|aws:cloudwatch:alarm")), ("value", Text(20, 2048))))),
            ("targets", MapOf(Name, Target)),
            ("actions!", MapOf(Name, Action)),
            ("roleArn!", Arn),
            ("tags", Tags),
            ("logConfiguration", Object(
                ("cloudWatchLogsConfiguration", Object(("logGroupArn!", Arn))), ("s3Configuration", Bucket), ("logSchemaVersion!", Whole()))),
            ("experimentOptions", Object(
                ("accountTargeting", OneOf("single-account", "multi-account")), ("emptyTargetResolutionMode", OneOf("fail", "skip")))),
            ("experimentReportConfiguration", Object(
                ("outputs", Object(("s3Configuration", Bucket))),
                ("dataSources", Object(("cloudWatchDashboards", ListOf(Object(("dashboardIdentifier", Text(max: 512, pattern: NoSpace))))))),
                ("preExperimentDuration", Text(max: 32, pattern: NoSpace)),
                ("postExperimentDuration", Text(max: 32, pattern: NoSpace))))),
        ["DeleteExperimentTemplate"] = Object(("id!", Id)),
        ["GetExperiment"] = Object(("id!", Id)),
        ["GetExperimentTemplate"] = Object(("id!", Id)),
        ["GetSafetyLever"] = Object(("id!", Id)),
        ["ListExperimentResolvedTargets"] = Object(("id!", Id), ("maxResults", Page), ("nextToken", Token), ("targetName", Name)),
        ["ListExperiments"] = Object(("maxResults", Page), ("nextToken", Token), ("experimentTemplateId", Id)),
        ["ListExperimentTemplates"] = Object(("maxResults", Page), ("nextToken", Token)),
        ["StartExperiment"] = Object(
            ("clientToken!", Token),
            ("experimentTemplateId!", Id),
            ("experimentOptions", Object(("actionsMode", OneOf("skip-all", "run-all")))),
            ("tags", Tags)),
        ["StopExperiment"] = Object(("id!", Id)),
        ["TagResource"] = Object(("resourceArn!", Arn), ("tags!", Tags)),
        ["UpdateSafetyLeverState"] = Object(("id!", Id), ("state!", Object(("status!", OneOf("disengaged", "engaged")), ("reason!", Text(1))))),
    };
}
