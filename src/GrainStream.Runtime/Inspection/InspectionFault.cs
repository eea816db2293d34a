using System.Globalization;

namespace GrainStream.Runtime.Inspection;

/// <summary>Something wrong with a stored object.</summary>
/// <param name="ObjectName">The object.</param>
/// <param name="Position">Byte where it shows.</param>
/// <param name="Reason">In words.</param>
public readonly record struct InspectionFault(string ObjectName, long Position, string Reason)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ObjectName}, byte {Position}: {Reason}");
}
