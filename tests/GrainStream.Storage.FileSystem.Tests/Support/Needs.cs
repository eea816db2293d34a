namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>What a test may need of the machine.</summary>
internal enum Needs
{
    Linux,
    Flock,
    Mounting,
}
