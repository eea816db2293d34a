namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// Something a broker does, in steps that are the same each time: the matrices repeat it with a power cut or a fault at each of them.
/// Must not assert anything about results: in a matrix any step may fail. A new scenario is a class of this and a line in <see cref="ScenarioList"/>.
/// </summary>
internal interface IScenario
{
    /// <summary>What there is before, made without faults.</summary>
    Task PrepareAsync(TieredNode node);

    /// <summary>What is done with faults.</summary>
    Task RunAsync(TieredNode node);
}
