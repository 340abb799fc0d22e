using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpsConsole.Core.Access;
using OpsConsole.Core.Replicas;
using OpsConsole.Shell.Auth;

namespace OpsConsole.Features.Replicas;

/// <summary>Asks the leader over HTTP.</summary>
internal sealed class LeaderLine(LeaderWatch watch, LeaderHttp http, ReplicaTokens tokens, ReplicaIdentity self, IConfiguration settings)
    : ILeaderLine
{
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    /// <summary>A host by which every replica answers; their addresses are none of those.</summary>
    private readonly string? _host = settings["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] && first != "*"
        ? first.Replace("*", "replica", StringComparison.Ordinal)
        : null;

    public async ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asking, JsonTypeInfo<TAnswer> answering, CancellationToken cancellationToken)
    {
        var (_, leader, whileSo) = watch.Now;
        if (leader is null)
        {
            throw new NoLeaderException("No replica of the console leads at the moment.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, whileSo);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(leader), path));
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question, asking)) { Headers = { ContentType = JsonType } };
            request.Headers.Host = _host;
            request.Headers.Add(ReplicaTokens.Header, tokens.Issue(self.Name, AccessRoles.Replica));
            using var answer = await http.Invoker.SendAsync(request, either.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new NoLeaderException($"The leader at {leader} answers with status {(int)answer.StatusCode}.");
            }

            await using var body = await answer.Content.ReadAsStreamAsync(either.Token);
            return await JsonSerializer.DeserializeAsync(body, answering, either.Token)
                ?? throw new NoLeaderException($"The leader at {leader} answers with nothing.");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException)
        {
            throw new NoLeaderException($"The leader at {leader} cannot be reached: {problem.Message}", problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoLeaderException("The leader has changed.", problem);
        }
    }
}
