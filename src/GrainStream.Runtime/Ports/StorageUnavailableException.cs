namespace GrainStream.Runtime.Ports;

/// <summary>Storage did not do what was asked, and may when asked again or when an operator has mended it.</summary>
public sealed class StorageUnavailableException(string message, Exception? innerException = null) : IOException(message, innerException);
