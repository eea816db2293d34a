namespace GrainStream.Core.Tests.Log;

internal static class Memory
{
    /// <summary>Bytes of live objects, after a full collection.</summary>
    public static long RetainedBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
