using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>A transaction whose abort marker lies in a segment (KIP-98). In the format; written as soon as there are transactions.</summary>
/// <param name="Id">Its producer.</param>
/// <param name="FirstOffset">Offset of its first record, which may lie in an earlier segment.</param>
/// <param name="LastOffset">Offset of the marker.</param>
/// <param name="LastStableOffset">Last stable offset when the marker was written.</param>
public readonly record struct AbortedTransaction(ProducerId Id, Offset FirstOffset, Offset LastOffset, Offset LastStableOffset);
