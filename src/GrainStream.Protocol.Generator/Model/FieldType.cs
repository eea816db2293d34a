namespace GrainStream.Protocol.Generator.Model;

/// <summary>Type of a field, or of the elements if it is an array.</summary>
/// <param name="Wire">Form on the wire.</param>
/// <param name="Name">C# name, fully qualified, without a mark of nullability.</param>
/// <param name="IsEnum">Written as its underlying integer.</param>
/// <param name="IsArray">A run of such values after their number.</param>
/// <param name="IsNullable">Whether C# allows null for the field.</param>
internal sealed record FieldType(WireType Wire, string Name, bool IsEnum, bool IsArray, bool IsNullable)
{
    /// <summary>Least bytes an element (or the value, if not an array) takes; structures are not known here.</summary>
    public static int Size(WireType wire, bool flexible) => wire switch
    {
        WireType.Boolean or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 => 2,
        WireType.Int32 or WireType.UInt32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        WireType.String => flexible ? 1 : 2,
        _ => flexible ? 1 : 4,
    };
}
