namespace GrainStream.Protocol.Records;

/// <summary>Whether a record is to be kept.</summary>
public delegate bool RecordPredicate(in Record record);
