using Xunit;
using Xunit.Sdk;

namespace GrainStream.TestKit.Contracts;

/// <summary>A fact of an abstract class of contract tests. A class derived from it that carries a <see cref="SkipWhereMissingAttribute"/> has it skipped, with the reason, where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("GrainStream.TestKit.Contracts.ContractFactDiscoverer", "GrainStream.TestKit")]
public sealed class ContractFactAttribute : FactAttribute;
