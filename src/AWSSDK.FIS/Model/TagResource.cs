using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Puts tags on a template or an experiment.</summary>
public class TagResourceRequest : AmazonFISRequest
{
    [InPath("resourceArn")]
    public string ResourceArn { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>The tags are there.</summary>
public class TagResourceResponse : AmazonWebServiceResponse;
