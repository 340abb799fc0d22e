using System.Text.Json.Serialization.Metadata;

namespace OpsConsole.Core.Replicas;

/// <summary>There is no leader that answers now. The message says why.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The cause.</param>
public sealed class NoLeaderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How a replica that does not lead asks the leader.</summary>
public interface ILeaderLine
{
    /// <summary>Asks the leader and waits for its answer.</summary>
    /// <typeparam name="TQuestion">What is sent, as JSON.</typeparam>
    /// <typeparam name="TAnswer">What comes back, as JSON.</typeparam>
    /// <param name="path">The leader's endpoint, e.g. <c>/replicas/v1/engine/stop</c>.</param>
    /// <param name="question">The question.</param>
    /// <param name="asking">How the question is written.</param>
    /// <param name="answering">How the answer is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoLeaderException">Nobody leads, or the leader cannot be reached, or is none any more.</exception>
    ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asking, JsonTypeInfo<TAnswer> answering, CancellationToken cancellationToken);
}
