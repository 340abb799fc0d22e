using System.Text.Json.Nodes;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>A request that reached the scripted server; a retry is a call of its own.</summary>
/// <param name="Permission">What it asks for, as IAM names it: <c>fis:StartExperiment</c>, <c>cloudwatch:GetMetricData</c>.</param>
/// <param name="Input">Its members, from the path, the query and the body.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="BodyBytes">The length of the body on the wire, in bytes; of the packed body when it is packed.</param>
/// <param name="At">When it came, by the server's <see cref="TimeProvider"/>.</param>
internal sealed record AwsCall(string Permission, JsonObject Input, IReadOnlyDictionary<string, string> Headers, int BodyBytes, DateTimeOffset At)
{
    /// <summary>The status that it was answered with; 0 when the connection was cut.</summary>
    public int Status { get; internal set; }

    /// <summary>The code of the error that it was answered with; null when it went well.</summary>
    public string? Error { get; internal set; }

    /// <summary>Whether the body came packed.</summary>
    public bool Gzipped => Headers.GetValueOrDefault("Content-Encoding") == "gzip";
}
