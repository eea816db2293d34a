namespace GrainStream.Runtime.Ports;

/// <summary>One version of an object, as its store names it (an ETag): opaque, compared for equality only, different after every put.</summary>
public readonly record struct ObjectVersion(string Value)
{
    public override string ToString() => Value;
}
