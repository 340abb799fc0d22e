using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>A request to Amazon CloudWatch.</summary>
public class AmazonCloudWatchRequest : AmazonWebServiceRequest;
