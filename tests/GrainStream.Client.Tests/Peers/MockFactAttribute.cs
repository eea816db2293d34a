namespace GrainStream.Client.Tests.Peers;

/// <summary>A test against librdkafka's mock cluster, skipped where the library is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MockFactAttribute : FactAttribute
{
    public MockFactAttribute()
    {
        if (!MockCluster.IsAvailable)
        {
            Skip = "Needs librdkafka: apt-get install librdkafka1.";
        }
    }
}
