using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Api;

/// <summary>The problem details (RFC 9457) that the automation API answers with; each detail says what to do.</summary>
internal static class Problems
{
    /// <summary>404: there is no such thing.</summary>
    public static ProblemHttpResult NotFound(string what, string key, string whatToDo) =>
        TypedResults.Problem($"There is no {what} “{key}”. {whatToDo}", statusCode: StatusCodes.Status404NotFound, title: $"Unknown {what}");

    /// <summary>400: a member or parameter is wrong.</summary>
    public static ValidationProblem Invalid(string member, string message) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [message] });

    /// <summary>400: members or parameters are wrong.</summary>
    public static ValidationProblem Invalid(IDictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, title: "The request is not valid");

    /// <summary>409: it cannot be done as things are.</summary>
    public static ProblemHttpResult Refused(string detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "Refused", extensions: extensions);

    /// <summary>412: somebody else changed it meanwhile.</summary>
    public static ProblemHttpResult Changed(string what, long? currentRevision) =>
        TypedResults.Problem(
            $"The {what} was changed by somebody else. Read it again and repeat your change on the newest revision.",
            statusCode: StatusCodes.Status412PreconditionFailed,
            title: "Changed meanwhile",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["currentRevision"] = currentRevision });

    /// <summary>428: the request must say on which revision it rests.</summary>
    public static ProblemHttpResult RevisionRequired() =>
        TypedResults.Problem(
            "Send the revision that you read in If-Match, or If-None-Match: * to create.",
            statusCode: StatusCodes.Status428PreconditionRequired,
            title: "Revision required");

    /// <summary>503: the store cannot be reached.</summary>
    public static ProblemHttpResult StoreUnavailable(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The store is unavailable");

    /// <summary>503: what only a leader serves cannot be served at the moment.</summary>
    /// <summary>A run was halted of which nothing can be read: what was ordered and proven is said, and that the record is missing.</summary>
    public static ProblemHttpResult HaltedUnread(string run, StopProof proof, string problem) => TypedResults.Problem(
        proof.Gone
            ? $"Run {run} was ordered to end and nothing of it goes on. What is written of it cannot be read: {problem}"
            : $"Run {run} was ordered to end, and that is not proven; it ends by itself at {proof.ExpiresAt.UtcDateTime:HH:mm:ss} UTC at the latest. What is written of it cannot be read: {problem}",
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: proof.Gone ? "Halted, but not read" : "Halt ordered, but not read",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["run"] = run, ["halted"] = true, ["gone"] = proof.Gone });

    public static ProblemHttpResult NoLeader(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "No leader");
}
