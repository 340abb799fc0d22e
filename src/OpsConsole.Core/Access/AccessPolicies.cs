namespace OpsConsole.Core.Access;

/// <summary>The names of the authorization policies. Every endpoint asks for one of them; who is asked for nothing else may <see cref="View"/>.</summary>
public static class AccessPolicies
{
    /// <summary>Look at everything, evaluate flags: roles viewer, operator, admin, application.</summary>
    public const string View = "view";

    /// <summary>Flip, launch, halt, engage the safety lever: roles operator, admin.</summary>
    public const string Operate = "operate";

    /// <summary>Disengage the safety lever: role admin.</summary>
    public const string Administer = "administer";

    /// <summary>Send metrics, hold a fault agent's stream: roles application, operator, admin.</summary>
    public const string Report = "report";

    /// <summary>Speak for another replica of this console: role replica, which no key and no person has.</summary>
    public const string Replicate = "replicate";
}

/// <summary>The roles of people and API keys.</summary>
public static class AccessRoles
{
    /// <summary>Looks.</summary>
    public const string Viewer = "viewer";

    /// <summary>Acts.</summary>
    public const string Operator = "operator";

    /// <summary>Acts, and undoes protections.</summary>
    public const string Admin = "admin";

    /// <summary>An application: sends metrics, evaluates flags, holds a fault agent's stream.</summary>
    public const string Application = "application";

    /// <summary>Another replica of this console, speaking for itself.</summary>
    public const string Replica = "replica";
}
