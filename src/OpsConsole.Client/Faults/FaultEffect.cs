namespace OpsConsole.Client;

/// <summary>A fault that the application carries out itself.</summary>
public sealed class FaultEffect
{
    private readonly InjectedFault _fault;

    internal FaultEffect(InjectedFault fault) => _fault = fault;

    /// <summary>The fault's identity.</summary>
    public string FaultId => _fault.Order.FaultId;

    /// <summary>The run that ordered it.</summary>
    public string RunId => _fault.Order.RunId;

    /// <summary>What it is, e.g. <c>instance-termination</c>.</summary>
    public string Kind => _fault.Order.Kind;

    /// <summary>The instance that it is about.</summary>
    public string Target => _fault.Order.Target;

    /// <summary>Counts that the fault has struck.</summary>
    public void Struck() => _fault.Strike();
}
