namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>Whom the scripted server lets in.</summary>
/// <param name="AccessKeyId">The access key id.</param>
/// <param name="SecretAccessKey">The secret that requests are signed with.</param>
/// <param name="SessionToken">The token of temporary credentials; null when they are lasting.</param>
internal sealed record ScriptedCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null);
