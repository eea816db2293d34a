using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>What is left when the power has gone: disk, store, and what had been told by then.</summary>
internal sealed record Survivors(MemoryDisk Disk, MemoryObjectStore Store, History History);
