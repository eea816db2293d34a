using GrainStream.Server;

SocketThreads.Choose();
return await ServerCommand.RunAsync(args);
