namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>Something in the account that a target can resolve to.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Type">Its type, such as <c>aws:ec2:instance</c>.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Attributes">What filters look at, by path, such as <c>State.Name</c>.</param>
internal sealed record FisResource(
    string Arn, string Type, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A resource that a target of an experiment resolved to.</summary>
/// <param name="Target">The target's name in the template.</param>
/// <param name="Resource">The resource.</param>
internal sealed record FisResolved(string Target, FisResource Resource);
