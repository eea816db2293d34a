namespace GrainStream.TestKit.Objects;

/// <summary>The process that uses the store counts as dead from here on: nothing it still does has an effect on the store. Not a fault to be handled by the code under test.</summary>
public sealed class StoreCrashException(StoreCall call) : Exception($"The process has died at {call}.");
