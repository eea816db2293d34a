using BenchmarkDotNet.Running;

// One file per subject; --help lists what can be chosen.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
