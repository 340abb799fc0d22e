using System.Net;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.FIS;
using Amazon.FIS.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>What the clients make of refusals, of faults on the way and of answers from the future.</summary>
public sealed class SdkFaultTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private ScriptedAws _aws = null!;
    private IAmazonFIS _fis = null!;
    private IAmazonCloudWatch _cloudWatch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _fis = _aws.CreateFis();
        _cloudWatch = _aws.CreateCloudWatch();
    }

    public async ValueTask DisposeAsync()
    {
        _fis.Dispose();
        _cloudWatch.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Errors_of_FIS_have_classes_of_their_own()
    {
        _aws.Fis.MostActiveExperiments = 1;
        var template = _aws.Fis.AddTemplate();
        await _fis.StartExperimentAsync(new() { ClientToken = "one", ExperimentTemplateId = template }, Token);
        var other = _aws.Fis.AddTemplate();

        var quota = await Assert.ThrowsAsync<ServiceQuotaExceededException>(() => _fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token));
        var conflict = await Assert.ThrowsAsync<ConflictException>(() => _fis.StartExperimentAsync(new() { ClientToken = "one", ExperimentTemplateId = other }, Token));
        var missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _fis.GetExperimentAsync(new() { Id = "EXP0" }, Token));
        var invalid = await Assert.ThrowsAsync<ValidationException>(() => _fis.ListExperimentsAsync(new() { MaxResults = 101 }, Token));

        Assert.Equal((HttpStatusCode.PaymentRequired, "ServiceQuotaExceededException"), (quota.StatusCode, quota.ErrorCode));
        Assert.Equal((HttpStatusCode.Conflict, "ConflictException"), (conflict.StatusCode, conflict.ErrorCode));
        Assert.Equal((HttpStatusCode.NotFound, "ResourceNotFoundException"), (missing.StatusCode, missing.ErrorCode));
        Assert.Equal((HttpStatusCode.BadRequest, "ValidationException"), (invalid.StatusCode, invalid.ErrorCode));
        Assert.Contains("maxResults", invalid.Message, StringComparison.Ordinal);
        Assert.StartsWith("request-", missing.RequestId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_CloudWatch_have_classes_of_their_own_and_the_codes_of_the_query_protocol()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var ask = new GetMetricStatisticsRequest
        {
            Namespace = "N",
            MetricName = "M",
            StartTime = now.AddDays(-2),
            EndTime = now,
            Period = 60,
            Statistics = ["Sum"],
        };

        var combination = await Assert.ThrowsAsync<InvalidParameterCombinationException>(() => _cloudWatch.GetMetricStatisticsAsync(ask, Token));
        var value = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _cloudWatch.PutMetricDataAsync(
            new() { Namespace = "N", MetricData = [new() { MetricName = "M", Value = double.NaN }] }, Token));
        var required = await Assert.ThrowsAsync<MissingRequiredParameterException>(() => _cloudWatch.PutMetricDataAsync(new() { Namespace = "N" }, Token));
        var token = await Assert.ThrowsAsync<InvalidNextTokenException>(() => _cloudWatch.DescribeAlarmsAsync(new() { NextToken = "none" }, Token));
        _aws.Faults.Fail("cloudwatch:ListMetrics", 500, int.MaxValue, "InternalServiceFault");
        using var patient = _aws.CreateCloudWatch(config => config.MaxErrorRetry = 0);
        var service = await Assert.ThrowsAsync<InternalServiceException>(() => patient.ListMetricsAsync(Token));

        Assert.Equal("InvalidParameterCombination", combination.ErrorCode);
        Assert.Equal(("InvalidParameterValue", ErrorType.Sender), (value.ErrorCode, value.ErrorType));
        Assert.Equal("MissingParameter", required.ErrorCode);
        Assert.Equal("InvalidNextToken", token.ErrorCode);
        Assert.Equal(HttpStatusCode.InternalServerError, service.StatusCode);
    }

    [Fact]
    public async Task An_error_without_a_class_is_known_by_its_code()
    {
        _aws.Faults.Deny("fis:StartExperiment");
        _aws.Faults.Deny("cloudwatch:*");

        var fis = await Assert.ThrowsAsync<AmazonFISException>(() => _fis.StartExperimentAsync(new() { ExperimentTemplateId = _aws.Fis.AddTemplate() }, Token));
        var cloudWatch = await Assert.ThrowsAsync<AmazonCloudWatchException>(() => _cloudWatch.ListMetricsAsync(Token));
        Assert.Empty((await _fis.ListExperimentsAsync(new(), Token)).Experiments);

        Assert.Equal((HttpStatusCode.Forbidden, "AccessDeniedException"), (fis.StatusCode, fis.ErrorCode));
        Assert.Contains("fis:StartExperiment", fis.Message, StringComparison.Ordinal);
        Assert.Equal("AccessDenied", cloudWatch.ErrorCode);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_service_that_is_well_again_is_asked_again(int status)
    {
        _aws.Faults.Fail("fis:ListExperiments", status, times: 2);

        await _fis.ListExperimentsAsync(new(), Token);

        Assert.Equal([status, status, 200], _aws.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Throttling_is_waited_out_and_known_by_its_code_when_it_lasts()
    {
        using var hasty = _aws.CreateFis(config => config.MaxErrorRetry = 1);
        _aws.Faults.Throttle("fis:ListExperiments");
        await hasty.ListExperimentsAsync(new(), Token);

        _aws.Faults.ThrottleFor("fis:ListExperiments", TimeSpan.FromMinutes(1));
        var exception = await Assert.ThrowsAsync<AmazonFISException>(() => hasty.ListExperimentsAsync(new(), Token));
        _time.Advance(TimeSpan.FromMinutes(1));
        await hasty.ListExperimentsAsync(new(), Token);

        Assert.Equal(("ThrottlingException", (HttpStatusCode)429), (exception.ErrorCode, exception.StatusCode));
        Assert.Equal([429, 200, 429, 429, 200], _aws.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Calls_that_come_too_fast_are_throttled()
    {
        using var hasty = _aws.CreateCloudWatch(config => config.MaxErrorRetry = 0);
        _aws.Faults.LimitRate("cloudwatch:DescribeAlarms", 2);
        await hasty.DescribeAlarmsAsync(Token);
        await hasty.DescribeAlarmsAsync(Token);

        var exception = await Assert.ThrowsAsync<AmazonCloudWatchException>(() => hasty.DescribeAlarmsAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        await hasty.DescribeAlarmsAsync(Token);

        Assert.Equal("Throttling", exception.ErrorCode);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_asked_for_again()
    {
        _aws.CloudWatch.AddAlarm("one");
        _aws.Faults.CutAnswer("cloudwatch:DescribeAlarms", times: 2);

        Assert.Single((await _cloudWatch.DescribeAlarmsAsync(Token)).MetricAlarms);

        Assert.Equal([0, 0, 200], _aws.Calls.Select(call => call.Status));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task A_clock_that_is_off_is_corrected(int minutes)
    {
        _aws.Faults.ClockSkew = TimeSpan.FromMinutes(minutes);

        await _fis.ListExperimentsAsync(new(), Token);
        await _fis.ListExperimentsAsync(new(), Token);

        Assert.Equal([403, 200, 200], _aws.Calls.Select(call => call.Status));
        Assert.Equal("InvalidSignatureException", _aws.Calls[0].Error);
    }

    [Fact]
    public async Task Credentials_that_have_run_out_are_known_by_their_code()
    {
        _aws.Faults.CredentialsExpired = true;

        var fis = await Assert.ThrowsAsync<AmazonFISException>(() => _fis.ListExperimentsAsync(new(), Token));
        var cloudWatch = await Assert.ThrowsAsync<AmazonCloudWatchException>(() => _cloudWatch.ListMetricsAsync(Token));

        Assert.Equal("ExpiredTokenException", fis.ErrorCode);
        Assert.Equal("ExpiredToken", cloudWatch.ErrorCode);
    }

    [Fact]
    public async Task Values_that_no_model_knows_are_kept()
    {
        var id = _aws.Fis.StartElsewhere(_aws.Fis.AddTemplate());
        _aws.CloudWatch.AddAlarm("one");
        _aws.Faults.UnknownValues("*", "hibernating");

        var experiment = (await _fis.GetExperimentAsync(new() { Id = id }, Token)).Experiment;
        var alarm = (await _cloudWatch.DescribeAlarmsAsync(Token)).MetricAlarms[0];

        Assert.Equal("hibernating", experiment.State.Status.Value);
        Assert.Equal("hibernating", experiment.Actions["Strike"].State.Status.Value);
        Assert.Equal("hibernating", alarm.StateValue.Value);
        Assert.Equal("hibernating", alarm.ComparisonOperator.Value);
    }

    [Fact]
    public async Task Members_that_no_model_knows_are_passed_over()
    {
        var id = _aws.Fis.StartElsewhere(_aws.Fis.AddTemplate());
        _aws.Faults.Rewrite("fis:GetExperiment", answer =>
        {
            answer["experiment"]!["weather"] = new System.Text.Json.Nodes.JsonObject { ["wind"] = new System.Text.Json.Nodes.JsonArray(1, 2) };
            answer["experiment"]!["tags"] = null;
        });

        var experiment = (await _fis.GetExperimentAsync(new() { Id = id }, Token)).Experiment;

        Assert.Equal(id, experiment.Id);
        Assert.Null(experiment.Tags);
    }

    [Fact]
    public async Task A_call_can_be_given_up()
    {
        using var giveUp = new CancellationTokenSource();
        using var held = _aws.Faults.Hold("fis:ListExperiments");

        var call = _fis.ListExperimentsAsync(new(), giveUp.Token);
        await held.Arrived.WaitAsync(Token);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }
}
