namespace GrainStream.Client.Producing;

/// <summary>What InitProducerId gave.</summary>
internal sealed record ProducerIdentity(long Id, short Epoch);
