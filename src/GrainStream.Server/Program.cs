return await GrainStream.Server.ServerCommand.RunAsync(args);
