using Amazon.Runtime;

namespace Amazon.FIS.Model;

/// <summary>A request to AWS Fault Injection Service.</summary>
public class AmazonFISRequest : AmazonWebServiceRequest;
