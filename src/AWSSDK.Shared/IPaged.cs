namespace Amazon.Runtime.Wire;

/// <summary>A request or a response that carries the token of the next page.</summary>
internal interface IPaged
{
    /// <summary>Where the next page begins; null or empty when there is none.</summary>
    string NextToken { get; set; }
}
