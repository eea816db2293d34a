namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>A directory of its own, gone when disposed.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("grainstream-journal-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
