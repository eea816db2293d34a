using GrainStream.Protocol.Generator.Model;

namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>A message, unless its declaration is wrong.</summary>
internal sealed record ParseResult(MessageModel? Message, EquatableArray<DiagnosticInfo> Diagnostics);
