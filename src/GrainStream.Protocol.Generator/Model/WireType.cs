namespace GrainStream.Protocol.Generator.Model;

/// <summary>Forms a value can take on the wire.</summary>
internal enum WireType
{
    Boolean,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    BorrowedBytes,
    Records,
    Struct,
}
