namespace OpsConsole.Aws;

/// <summary>What kept AWS from doing what it was asked for.</summary>
internal enum AwsTrouble
{
    /// <summary>The request itself is not acceptable, or AWS says something that is not known here.</summary>
    Refused,

    /// <summary>The credentials may not make this call.</summary>
    Denied,

    /// <summary>There are no credentials, they have expired, or they are not accepted.</summary>
    Credentials,

    /// <summary>There were too many calls, after every retry.</summary>
    Throttled,

    /// <summary>AWS cannot be reached, does not answer, or fails.</summary>
    Unreachable,
}
