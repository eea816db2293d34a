using System.CommandLine;
using GrainStream.Cli;
using GrainStream.Cli.Output;

using StreamWriter output = StandardOutput.Open();
return await CommandTree.RunAsync(args, output, Console.Error);
