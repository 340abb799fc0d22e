using System.Text.Json;
using Amazon.FIS.Model;
using Amazon.Runtime.Wire;

namespace Amazon.FIS;

/// <summary>How the operations look on the wire: REST with JSON bodies, as of 2020-12-01.</summary>
internal static class Operations
{
    private static readonly JsonService Service = new(
        "Amazon.FIS",
        JsonNamingPolicy.CamelCase,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = "application/json", ["x-amz-api-version"] = "2020-12-01" },
        (message, inner, type, code, id, status) => new AmazonFISException(message, inner, type, code, id, status),
        new(nameof(ConflictException), nameof(ConflictException), (message, inner, type, code, id, status) => new ConflictException(message, inner, type, code, id, status)),
        new(nameof(ResourceNotFoundException), nameof(ResourceNotFoundException), (message, inner, type, code, id, status) => new ResourceNotFoundException(message, inner, type, code, id, status)),
        new(nameof(ServiceQuotaExceededException), nameof(ServiceQuotaExceededException), (message, inner, type, code, id, status) => new ServiceQuotaExceededException(message, inner, type, code, id, status)),
        new(nameof(ValidationException), nameof(ValidationException), (message, inner, type, code, id, status) => new ValidationException(message, inner, type, code, id, status)));

    public static readonly JsonOperation<CreateExperimentTemplateRequest, CreateExperimentTemplateResponse> CreateExperimentTemplate = new(Service, "POST", "/experimentTemplates");
    public static readonly JsonOperation<DeleteExperimentTemplateRequest, DeleteExperimentTemplateResponse> DeleteExperimentTemplate = new(Service, "DELETE", "/experimentTemplates/{id}");
    public static readonly JsonOperation<GetExperimentRequest, GetExperimentResponse> GetExperiment = new(Service, "GET", "/experiments/{id}");
    public static readonly JsonOperation<GetExperimentTemplateRequest, GetExperimentTemplateResponse> GetExperimentTemplate = new(Service, "GET", "/experimentTemplates/{id}");
    public static readonly JsonOperation<GetSafetyLeverRequest, GetSafetyLeverResponse> GetSafetyLever = new(Service, "GET", "/safetyLevers/{id}");
    public static readonly JsonOperation<ListExperimentResolvedTargetsRequest, ListExperimentResolvedTargetsResponse> ListExperimentResolvedTargets = new(Service, "GET", "/experiments/{id}/resolvedTargets");
    public static readonly JsonOperation<ListExperimentsRequest, ListExperimentsResponse> ListExperiments = new(Service, "GET", "/experiments");
    public static readonly JsonOperation<ListExperimentTemplatesRequest, ListExperimentTemplatesResponse> ListExperimentTemplates = new(Service, "GET", "/experimentTemplates");
    public static readonly JsonOperation<StartExperimentRequest, StartExperimentResponse> StartExperiment = new(Service, "POST", "/experiments");
    public static readonly JsonOperation<StopExperimentRequest, StopExperimentResponse> StopExperiment = new(Service, "DELETE", "/experiments/{id}");
    public static readonly JsonOperation<TagResourceRequest, TagResourceResponse> TagResource = new(Service, "POST", "/tags/{resourceArn}");
    public static readonly JsonOperation<UpdateSafetyLeverStateRequest, UpdateSafetyLeverStateResponse> UpdateSafetyLeverState = new(Service, "PATCH", "/safetyLevers/{id}/state");
}
