namespace GrainStream.Runtime.Ports;

/// <summary>Stored bytes are not what was written. The message names the file, the byte offset, and what the choices are.</summary>
public sealed class CorruptDataException(string message, Exception? innerException = null) : IOException(message, innerException);
