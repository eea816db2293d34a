using BenchmarkDotNet.Running;
using GrainStream.Benchmarks;

if (args is [CompactionRun.Verb, ..])
{
    await CompactionRun.RunAsync(args[1..]);
    return;
}

// One file per subject; --help lists what can be chosen.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
