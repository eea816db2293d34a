namespace GrainStream.TestKit.Objects;

/// <summary>One call of an object store.</summary>
/// <param name="Number">Counted from 1 over all calls of a <see cref="FaultyObjectStore"/>.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="Name">Of which object; of a listing, the prefix.</param>
public readonly record struct StoreCall(int Number, StoreOperation Operation, string Name)
{
    public override string ToString() => $"call {Number}: {Operation} {Name}";
}
