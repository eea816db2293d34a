namespace GrainStream.Runtime;

/// <summary>What a <see cref="MachineLoop{TInput}"/> runs.</summary>
public interface IMachineHost<in TInput>
{
    /// <summary>Handles one input to its end. Must not throw: a host deals with its machine's failure itself.</summary>
    void Handle(TInput input);
}
